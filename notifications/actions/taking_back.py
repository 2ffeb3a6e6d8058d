"""Taking back what was told."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Q

from notifications import policies
from notifications.models import Notification
from village.core.actor import Actor
from village.journal.models import Entry
from village.journal.notices import Notice


@transaction.atomic
def take_back_between(*, by: Actor, one: UUID, other: UUID) -> int:
    """
    Take back what two people were told of each other's doings; give the number.

    What was spoken for an office stays.

    :raises Forbidden: if the actor is not the system
    """
    policies.may_carry(by).enforce()
    neighbourly = [key for key, notice in Notice.declared.items() if not notice.is_official]
    of_one = Entry.objects.filter(principal_id=one).values("pk")
    of_other = Entry.objects.filter(principal_id=other).values("pk")
    told = Notification.objects.filter(
        Q(resident=one, entry_id__in=of_other) | Q(resident=other, entry_id__in=of_one),
        notice__in=neighbourly,
    )
    number = told.count()
    told.delete()
    return number
