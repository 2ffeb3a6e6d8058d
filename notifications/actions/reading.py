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
from village.journal.actions import record, record_all
from village.journal.facts import Fact


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


@transaction.atomic
def settle_thread(*, by: Actor, village: str, resident_id: UUID, thread: str, at: datetime) -> None:
    """
    Count as read what somebody was told of a matter: it is settled, and nobody need call her.

    :raises Forbidden: if the actor is not the system
    """
    policies.may_carry(by).enforce()
    told = Notification.objects.filter(
        village=village, resident=resident_id, thread=thread, read_at=None
    )
    rows = list(told.select_for_update().order_by("pk"))
    if not rows:
        return
    told.filter(pk__in=[row.pk for row in rows]).update(read_at=at, next_step_at=None)
    facts: list[Fact] = [
        NotificationRead(village=village, notification_id=row.pk, resident_id=resident_id)
        for row in rows
        if row.in_inbox
    ]
    if facts:
        record_all(facts, by=by, at=at)
