"""What is urgent and lies unread goes the next way, and in the end to somebody who calls."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from notifications import handing, policies, queries
from notifications.models import Delivery, Device, Notification, Way
from village.core.actor import Actor
from village.journal.notices import Importance, Notice

# An emergency that nobody acknowledges: another way, and then a voice.
EMERGENCY_NEXT_WAY = timedelta(seconds=60)
EMERGENCY_CALL = timedelta(minutes=5)
# The order of somebody who has never said one: what is read soonest comes first.
ORDER = (Way.PUSH, Way.SMS, Way.EMAIL)
BATCH = 200


def first_step_after(notice: Notice) -> timedelta | None:
    """Give after how long a notice that lies unread goes on; nothing for most."""
    if notice.importance is Importance.EMERGENCY:
        return EMERGENCY_NEXT_WAY
    return notice.escalates_after


@transaction.atomic
def escalate(*, by: Actor, at: datetime) -> int:
    """
    Take the next step for a batch of what is urgent and unread; give its size.

    The ways follow the person's own order. The last is a call by somebody of her centre; an
    emergency is called for after five minutes, whatever ways there were.

    :raises Forbidden: if the actor is not the system
    """
    policies.may_carry(by).enforce()
    rows = list(
        Notification.objects.filter(next_step_at__lte=at)
        .select_related("resident")
        # On SQLite there is one writer at a time, and no such lock.
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("next_step_at", "pk")[:BATCH]
    )
    people = {told.resident_id for told in rows}
    steps = _Steps(rows, people, at)
    made = [delivery for told in rows for delivery in steps.next(told)]
    Delivery.objects.bulk_create(made)
    Notification.objects.bulk_update(rows, ["next_step_at"])
    return len(rows)


class _Steps:
    """Know what comes next for each of a batch."""

    def __init__(self, rows: Collection[Notification], people: set[UUID], at: datetime) -> None:
        self._at = at
        self._orders = handing.orders_of(people)
        self._called_by_a_centre = handing.with_a_centre(people, at=at)
        self._devices: dict[UUID, list[Device]] = {}
        for device in Device.objects.in_use(at).filter(resident__in=people).order_by("pk"):
            self._devices.setdefault(device.resident_id, []).append(device)
        self._used: dict[UUID, set[str]] = {}
        gone = Delivery.objects.filter(notification__in=[told.pk for told in rows])
        for told, way in gone.values_list("notification", "way"):
            self._used.setdefault(told, set()).add(way)

    def next(self, told: Notification) -> list[Delivery]:
        """Give the deliveries of the next step, and say on the notification when another is due."""
        is_over = told.expires_at is not None and told.expires_at <= self._at
        notice = Notice.declared.get(told.notice)
        told.next_step_at = None
        if told.read_at is not None or is_over or notice is None:
            return []
        is_emergency = notice.importance is Importance.EMERGENCY
        call_at = told.created_at + EMERGENCY_CALL
        way = self._next_way(told)
        if is_emergency and self._at < call_at:
            told.next_step_at = call_at
        elif is_emergency or way is None:
            way = Way.VOICE
            can_be_called = is_emergency or told.resident_id in self._called_by_a_centre
            if not can_be_called or Way.VOICE in self._used.get(told.pk, ()):
                return []
        elif notice.escalates_after is not None:
            told.next_step_at = self._at + notice.escalates_after
        if way is None:
            return []
        devices = self._devices.get(told.resident_id, []) if way is Way.PUSH else [None]
        return [
            Delivery(
                notification=told,
                way=way,
                device=device,
                is_emergency=is_emergency,
                due_at=self._at,
            )
            for device in devices
        ]

    def _next_way(self, told: Notification) -> Way | None:
        used = self._used.get(told.pk, set())
        here = queries.ways_here()
        for way in self._orders.get(told.resident_id, ORDER):
            leads_nowhere = queries.lacks_address(told.resident, way) or (
                way is Way.PUSH and told.resident_id not in self._devices
            )
            if way in here and way not in used and way is not Way.VOICE and not leads_nowhere:
                return way
        return None
