"""The verbs of the PIN by which a person says at the desk that she is there."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from village.assist import facts, policies, queries
from village.assist.actions.cards import digest_of_pin
from village.assist.models import Pin
from village.core.actor import Actor
from village.core.errors import Invalid, NotFound
from village.journal.actions import record

DIGITS: Final = 6
# Up and down the keys: what a stranger tries first.
_ROWS = "01234567890", "09876543210"


@transaction.atomic
def set_pin(
    *,
    by: Actor,
    pin: str,
    centre_id: UUID | None = None,
    person_id: UUID | None = None,
    at: datetime,
) -> None:
    """
    Give a person another PIN: she herself, or a coordinator before whom she types it in.

    :raises NotFound: in somebody else's name, or if the centre serves nobody of this id
    :raises Forbidden: if the actor is no coordinator of the centre
    :raises Invalid: if it has not six digits, or is one that everybody tries first
    """
    resident_id = _whose(by, centre_id, person_id, at)
    if len(pin) != DIGITS or not (pin.isascii() and pin.isdigit()):
        raise Invalid(_("A PIN has six digits."), field="pin")
    if len(set(pin)) == 1 or any(pin in row for row in _ROWS):
        raise Invalid(_("This one is easy to guess. Please take another one."), field="pin")
    Pin.objects.update_or_create(
        person_id=resident_id,
        defaults={"digest": digest_of_pin(pin, resident_id), "set_at": at},
    )
    _record(by, resident_id, at)


@transaction.atomic
def drop_pin(
    *, by: Actor, centre_id: UUID | None = None, person_id: UUID | None = None, at: datetime
) -> None:
    """
    Let a person have no PIN any more; without one nothing changes.

    :raises NotFound: in somebody else's name, or if the centre serves nobody of this id
    :raises Forbidden: if the actor is no coordinator of the centre
    """
    resident_id = _whose(by, centre_id, person_id, at)
    if Pin.objects.filter(person=resident_id).delete()[0]:
        _record(by, resident_id, at)


def _whose(by: Actor, centre_id: UUID | None, person_id: UUID | None, at: datetime) -> UUID:
    if by.is_assisted:
        raise NotFound
    if centre_id is None or person_id is None:
        return by.principal_id
    centre = queries.desk_or_404(by, centre_id, at=at)
    policies.may_look_after(by, centre, person_id).enforce()
    if queries.home_served_by(centre, person_id) is None:
        raise NotFound
    return person_id


def _record(by: Actor, resident_id: UUID, at: datetime) -> None:
    homes = sorted(queries.villages_of_person(resident_id))
    if homes:
        record(facts.PinChanged(village=homes[0], person=resident_id), by=by, at=at)
