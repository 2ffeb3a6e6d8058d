"""The verbs of public stops, and of what a village lets drivers share."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from carpool import facts, policies
from carpool.actions.journeys import check_place
from carpool.models import RideRules, Stop, StopKind
from carpool.places import Place
from village.core.actor import Actor
from village.core.errors import DomainError, Invalid, NotFound
from village.journal.actions import record
from village.residents.queries import is_member
from village.stewardship.actions import end_key
from village.stewardship.models import ApiKey


class StopExists(DomainError):
    """The village has a stop of this name."""

    code = "carpool.stop_exists"

    def __init__(self) -> None:
        super().__init__(_("There is a stop of this name already."))


@transaction.atomic
def open_stop(
    *,
    by: Actor,
    village: str,
    place: Place,
    kind: StopKind,
    account: UUID | None = None,
    at: datetime,
) -> Stop:
    """
    Make a place public, for people to get in and out.

    :raises NotFound: if the actor does not belong to the village
    :raises Forbidden: if she is not its steward
    :raises StopExists: if it has a stop of this name
    :raises Invalid: if nobody drives there, or the account of the bench is nobody of the village
    """
    policies.may_care_for_stops(by, village).enforce()
    check_place(place, field="place")
    if Stop.objects.in_use().filter(village=village, name=place.name).exists():
        raise StopExists
    if account is not None and not is_member(Actor(account), village):
        raise Invalid(_("This account does not belong to the village."), field="account")
    stop = Stop.objects.create(
        village_id=village,
        name=place.name,
        kind=kind,
        lat=place.point.lat,
        lng=place.point.lng,
        account_id=account,
        created_at=at,
    )
    record(facts.StopOpened(village=village, stop_id=stop.pk), by=by, at=at)
    return stop


@transaction.atomic
def close_stop(*, by: Actor, stop_id: UUID, at: datetime) -> Stop:
    """
    Use a stop no longer; rides that call there still do. A second call changes nothing.

    The key of a bench's device ends with it.

    :raises NotFound: if there is none of this id that the actor may see
    :raises Forbidden: if she is not the steward
    """
    stop = Stop.objects.select_for_update(no_key=True).filter(pk=stop_id).first()
    if stop is None:
        raise NotFound
    policies.may_care_for_stops(by, stop.village_id).enforce()
    if stop.closed_at is None:
        stop.closed_at = at
        stop.save(update_fields=["closed_at"])
        for key in ApiKey.objects.filter(of=stop.pk, machine=stop.account_id, ended_at=None):
            end_key(by=by, key_id=key.pk, at=at)
        record(facts.StopClosed(village=stop.village_id, stop_id=stop.pk), by=by, at=at)
    return stop


@transaction.atomic
def set_rules(*, by: Actor, village: str, cents_per_km: int, at: datetime) -> RideRules:
    """
    Cap what drivers and riders share for each kilometre; rides offered before keep theirs.

    :raises NotFound: if the actor does not belong to the village
    :raises Forbidden: if she is not its steward
    """
    policies.may_care_for_stops(by, village).enforce()
    rules, _is_new = RideRules.objects.update_or_create(
        pk=village, defaults={"cents_per_km": cents_per_km}
    )
    record(facts.RulesSet(village=village, cents_per_km=cents_per_km), by=by, at=at)
    return rules
