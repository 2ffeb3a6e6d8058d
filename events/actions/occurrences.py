"""The verbs of a date."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from events import facts, policies
from events.models import Event, EventStatus, Occurrence, OccurrenceStatus
from village.core.actor import Actor
from village.core.errors import DomainError, NotFound
from village.journal.actions import record, record_all


class Over(DomainError):
    """The date is past."""

    code = "events.over"

    def __init__(self) -> None:
        super().__init__(_("This is already over."))


class Cancelled(DomainError):
    """The date will not take place."""

    code = "events.cancelled"

    def __init__(self) -> None:
        super().__init__(_("This has been cancelled."))


@transaction.atomic
def cancel_occurrence(*, by: Actor, occurrence_id: UUID, at: datetime) -> Occurrence:
    """
    Call a date off; with its last date an event is cancelled. A second call changes nothing.

    :raises NotFound: if there is no such date that the actor may see
    :raises Forbidden: if the actor neither organises it nor looks after the village
    :raises Over: if it is past
    """
    occurrence = locked(occurrence_id)
    event = occurrence.event
    policies.may_cancel(by, event).enforce()
    if occurrence.is_cancelled:
        return occurrence
    if occurrence.ends_at <= at:
        raise Over
    record(_call_off(occurrence, at), by=by, at=at)
    return occurrence


@transaction.atomic
def call_off_all(*, by: Actor, organiser: UUID, at: datetime) -> int:
    """
    Call off every date to come of somebody who is no longer there; give the number.

    :raises Forbidden: if anybody but the village itself asks for it
    """
    policies.may_free_places(by).enforce()
    coming = Occurrence.objects.filter(
        event__organiser=organiser,
        event__published_at__isnull=False,
        status=OccurrenceStatus.SCHEDULED,
        ends_at__gt=at,
    )
    # All are locked before any is told of, and in one order.
    dates = [locked(pk) for pk in coming.order_by("pk").values_list("pk", flat=True)]
    called_off = [_call_off(date, at) for date in dates if not date.is_cancelled]
    record_all(called_off, by=by, at=at)
    return len(called_off)


def _call_off(occurrence: Occurrence, at: datetime) -> facts.OccurrenceCancelled:
    """Cancel a date that is locked, and say so."""
    event = occurrence.event
    occurrence.status = OccurrenceStatus.CANCELLED
    occurrence.revision += 1
    occurrence.changed_at = at
    occurrence.save(update_fields=["status", "revision", "changed_at"])
    # Locked so that two last dates, cancelled at once, see each other.
    Event.objects.select_for_update(no_key=True).get(pk=event.pk)
    if not event.occurrences.filter(status=OccurrenceStatus.SCHEDULED).exists():
        Event.objects.filter(pk=event.pk).update(status=EventStatus.CANCELLED)
    return facts.OccurrenceCancelled(
        village=event.village_id,
        event_id=event.pk,
        occurrence_id=occurrence.pk,
        published=event.published_at is not None,
    )


def locked(occurrence_id: UUID) -> Occurrence:
    """
    Lock a date until the transaction ends: whoever counts its places counts alone.

    :raises NotFound: if there is none of this id
    """
    occurrence = (
        Occurrence.objects.select_for_update(of=("self",), no_key=True)
        .select_related("event")
        .filter(pk=occurrence_id)
        .first()
    )
    if occurrence is None:
        raise NotFound
    found: Occurrence = occurrence
    return found
