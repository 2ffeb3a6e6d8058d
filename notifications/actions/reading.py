"""Having read what one was told, on whichever device."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from notifications import policies, queries
from notifications.facts import InboxRead, NotificationRead
from notifications.models import Notification
from village.core.actor import Actor
from village.core.errors import NotFound
from village.journal.actions import record


@transaction.atomic
def mark_read(*, by: Actor, notification_id: UUID, at: datetime) -> Notification:
    """
    Have read a notification; a second call changes nothing.

    :raises NotFound: if there is no such notification in the actor's inbox
    :raises OutOfScope: in assisted mode
    """
    policies.may_read(by).enforce()
    found = queries.inbox(by).select_for_update().filter(pk=notification_id).first()
    if found is None:
        raise NotFound
    if found.read_at is None:
        found.read_at = at
        found.save(update_fields=["read_at"])
        record(
            NotificationRead(
                village=found.village_id,
                notification_id=found.pk,
                resident_id=found.resident_id,
            ),
            by=by,
            at=at,
        )
    return found


@transaction.atomic
def mark_all_read(*, by: Actor, at: datetime) -> int:
    """
    Have read everything in the inbox; give how many notifications were unread.

    :raises OutOfScope: in assisted mode
    """
    policies.may_read(by).enforce()
    unread = queries.inbox(by).unread()
    villages = sorted(set(unread.values_list("village", flat=True)))
    read = 0
    for village in villages:
        read += unread.filter(village=village).update(read_at=at)
        record(InboxRead(village=village, resident_id=by.principal_id), by=by, at=at)
    return read
