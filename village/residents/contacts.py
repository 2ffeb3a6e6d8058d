"""Where the town hall finds somebody: she keeps it up to date herself, or lets two helpers."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from village.core.actor import Actor
from village.core.errors import Invalid
from village.core.phone import read
from village.journal.actions import record_all
from village.journal.facts import Fact
from village.residents import facts, policies, queries
from village.residents.models import ContactDetails, Resident

ADDRESS_MAX: Final = 300
PHONE_MAX: Final = 40


def contact_of(resident_id: UUID) -> ContactDetails:
    """Give where the town hall finds somebody; it is empty where she has left nothing."""
    found = ContactDetails.objects.filter(resident=resident_id).first()
    return found or ContactDetails(resident_id=resident_id)


@transaction.atomic
def keep_contact(*, by: Actor, address: str, phone: str, at: datetime) -> ContactDetails:
    """
    Leave the principal's address and number with the town hall; the same again changes nothing.

    ``phone`` is written as one dials it here. Where she is told of things, and how she signs in,
    stays as it is.

    :raises OutOfScope: if the mandate does not cover it
    :raises NeedsTwo: if one helper alone asks for it
    :raises Invalid: if there is no such number
    """
    policies.may_keep_contact(by).enforce()
    number = read(phone, region=settings.PHONE_REGION) if phone.strip() else ""
    if number is None:
        raise Invalid(_("This is no phone number that can be dialled."), field="phone")
    lines = [line.strip() for line in address.splitlines()]
    wanted = "\n".join(line for line in lines if line)
    # Two who write at once write one after the other.
    Resident.objects.select_for_update(no_key=True).get(pk=by.principal_id)
    contact = contact_of(by.principal_id)
    if (contact.address, contact.phone) == (wanted, number):
        return contact
    contact.address, contact.phone = wanted, number
    contact.via_helper, contact.changed_at = by.is_assisted, at
    contact.save()
    told: list[Fact] = [
        facts.ContactChanged(village=village, resident_id=by.principal_id)
        for village in queries.villages_of(by).order_by("pk").values_list("pk", flat=True)
    ]
    if told:
        record_all(told, by=by, at=at)
    return contact
