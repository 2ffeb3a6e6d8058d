"""When somebody is not to be disturbed, and about what."""

from __future__ import annotations

from datetime import datetime, time
from uuid import UUID
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext as _

from notifications import policies, presence
from notifications.models import Habits, Mute
from village.core.actor import Actor
from village.core.errors import Invalid, NotFound
from village.residents.queries import villages_of

# More matters than anybody quarrels with.
MUTES_MAX = 200


@transaction.atomic
def set_habits(
    *,
    by: Actor,
    quiet_from: time | None,
    quiet_until: time | None,
    zone: str,
    at: datetime,
) -> Habits:
    """
    Keep the nights quiet; an empty ``zone`` means that of whichever village tells.

    :raises Invalid: if only one end is given, or there is no such zone
    :raises OutOfScope: in assisted mode
    """
    policies.may_keep_devices(by).enforce()
    if (quiet_from is None) != (quiet_until is None):
        raise Invalid(_("Quiet hours need a beginning and an end."), field="quiet_from")
    if zone and zone not in available_timezones():
        raise Invalid(_("There is no such time zone, such as Europe/Berlin."), field="zone")
    values = {"quiet_from": quiet_from, "quiet_until": quiet_until, "zone": zone}
    habits, _is_new = Habits.objects.update_or_create(resident_id=by.principal_id, defaults=values)
    return habits


@transaction.atomic
def mute(*, by: Actor, village: str, thread: str, at: datetime) -> Mute:
    """
    Hear nothing more of a matter, or with no ``thread`` of a village; twice is once.

    What concerns her still lies in her inbox, and emergencies are told all the same.

    :raises NotFound: if she does not live in the village
    :raises Invalid: if she has muted more than anybody can keep in mind
    :raises OutOfScope: in assisted mode
    """
    policies.may_keep_devices(by).enforce()
    if not villages_of(by).filter(pk=village).exists():
        raise NotFound
    if Mute.objects.filter(resident=by.principal_id).count() >= MUTES_MAX:
        raise Invalid(_("You have muted very much already. Please lift something first."))
    found, _is_new = Mute.objects.get_or_create(
        resident_id=by.principal_id, village_id=village, thread=thread, defaults={"created_at": at}
    )
    return found


@transaction.atomic
def lift_mute(*, by: Actor, mute_id: UUID) -> None:
    """
    Hear of something again.

    :raises NotFound: if she has no such mute
    :raises OutOfScope: in assisted mode
    """
    policies.may_keep_devices(by).enforce()
    gone, _each = Mute.objects.filter(pk=mute_id, resident=by.principal_id).delete()
    if not gone:
        raise NotFound


def note_presence(*, by: Actor) -> None:
    """
    Remember for a moment that the actor looks at the village, and needs no push.

    :raises OutOfScope: in assisted mode
    """
    policies.may_keep_devices(by).enforce()
    presence.note(by.principal_id)
