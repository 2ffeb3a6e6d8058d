"""What people carry themselves: calls, and letters on paper."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from notifications import handing
from notifications.facts import CallMade, LettersCarried, NotificationRead
from notifications.models import Delivery, DeliveryState, Way
from village.assist.queries import coordinated_or_404
from village.core import walls
from village.core.actor import Actor
from village.core.errors import NotFound
from village.journal.actions import record


class CallOutcome(StrEnum):
    """Say how a call ended."""

    REACHED = "reached"
    NOT_REACHED = "not_reached"
    CALL_BACK = "call_back"


# Somebody who does not answer is tried again soon, and whoever asks for it a little later.
AGAIN_AFTER = {
    CallOutcome.NOT_REACHED: timedelta(minutes=10),
    CallOutcome.CALL_BACK: timedelta(minutes=30),
}


@walls.lifted()
@transaction.atomic
def note_call(
    *, by: Actor, centre_id: UUID, notification_id: UUID, outcome: CallOutcome, at: datetime
) -> Delivery:
    """
    Note how a call ended; whoever was reached has been told, and everybody else is called again.

    :raises NotFound: if this centre has no such call to make
    :raises Forbidden: if the actor is no coordinator of the centre
    """
    centre = coordinated_or_404(by, centre_id, at=at)
    calls = handing.by_hand(centre, Way.VOICE, at=at).filter(notification=notification_id)
    row = (
        Delivery.objects.select_related("notification")
        .select_for_update(of=("self",))
        .filter(pk__in=calls.values("pk"), state=DeliveryState.WAITING)
        .first()
    )
    if row is None:
        raise NotFound
    row.tries += 1
    if outcome is CallOutcome.REACHED:
        row.state, row.sent_at, row.provider_id, row.error_code = (
            DeliveryState.SENT,
            at,
            outcome.value,
            "",
        )
        _has_heard(row, by, at)
    else:
        row.error_code, row.due_at = outcome.value.upper(), at + AGAIN_AFTER[outcome]
    row.save()
    told = row.notification
    fact = CallMade(
        village=told.village_id,
        notification_id=told.pk,
        centre_id=centre.pk,
        outcome=outcome.value,
    )
    record(fact, by=by, at=at)
    return row


@walls.lifted()
@transaction.atomic
def note_carried(
    *, by: Actor, centre_id: UUID, notification_ids: Collection[UUID], at: datetime
) -> int:
    """
    Note which letters on paper were put into their boxes; give their number.

    :raises NotFound: if the actor has nothing to do with such a centre
    :raises Forbidden: if the actor is no coordinator of it
    """
    centre = coordinated_or_404(by, centre_id, at=at)
    letters = handing.by_hand(centre, Way.PRINT, at=at)
    chosen = list(letters.filter(notification__in=notification_ids).values_list("pk", flat=True))
    waiting = Delivery.objects.filter(pk__in=chosen, state=DeliveryState.WAITING)
    number = waiting.update(state=DeliveryState.SENT, sent_at=at, provider_id="carried")
    if number:
        fact = LettersCarried(village=centre.village_id, centre_id=centre.pk, number=number)
        record(fact, by=by, at=at)
    return number


def _has_heard(row: Delivery, by: Actor, at: datetime) -> None:
    told = row.notification
    if told.read_at is None:
        told.read_at, told.next_step_at = at, None
        told.save(update_fields=["read_at", "next_step_at"])
        if told.in_inbox:
            fact = NotificationRead(
                village=told.village_id, notification_id=told.pk, resident_id=told.resident_id
            )
            record(fact, by=by, at=at)
