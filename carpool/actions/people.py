"""The verbs of what somebody says of herself for rides."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from carpool import facts, policies
from carpool.actions.journeys import check_place
from carpool.models import Acquaintance, RideProfile
from carpool.places import Place
from village.core.actor import Actor
from village.core.errors import Forbidden, NotFound
from village.journal.actions import record
from village.residents.queries import is_member, member_of


@transaction.atomic
def say_profile(
    *, by: Actor, village: str, is_woman: bool, home: Place | None, at: datetime
) -> RideProfile:
    """
    Say of the actor's principal what rides need to know: it is shown to nobody else.

    :raises NotFound: if she does not belong to the village
    :raises OutOfScope: if the mandate does not cover rides
    :raises Invalid: if nobody drives to her home
    """
    member_of(by, village)
    policies.may_say_of_herself(by).enforce()
    if home is not None:
        check_place(home, field="home")
    profile, _is_new = RideProfile.objects.update_or_create(
        resident_id=by.principal_id,
        defaults={
            "is_woman": is_woman,
            "home_stop_id": home.stop_id if home else None,
            "home_name": home.name if home else "",
            "home_lat": home.point.lat if home else None,
            "home_lng": home.point.lng if home else None,
        },
    )
    record(facts.ProfileSaid(village=village, resident_id=by.principal_id), by=by, at=at)
    return profile


@transaction.atomic
def know_person(*, by: Actor, village: str, resident_id: UUID, knows: bool, at: datetime) -> None:
    """
    Say that the actor's principal knows somebody, or no longer; twice changes nothing.

    The other one is not told: it only opens rides among acquaintances to her.

    :raises NotFound: if one of both does not belong to the village
    :raises Forbidden: if both are one
    :raises OutOfScope: if the mandate does not cover rides
    """
    member_of(by, village)
    policies.may_say_of_herself(by).enforce()
    if not is_member(Actor(resident_id), village):
        raise NotFound
    if resident_id == by.principal_id:
        raise Forbidden(_("Everybody knows herself."))
    pair = Acquaintance.objects.filter(owner=by.principal_id, known=resident_id)
    if pair.exists() == knows:
        return
    if knows:
        Acquaintance.objects.create(owner_id=by.principal_id, known_id=resident_id, created_at=at)
    else:
        pair.delete()
    fact = facts.PersonKnown(
        village=village, resident_id=by.principal_id, known_id=resident_id, knows=knows
    )
    record(fact, by=by, at=at)
