"""What is on the event board, and who comes."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from events.models import (
    Attendance,
    AttendanceStatus,
    Event,
    EventQuerySet,
    Occurrence,
    OccurrenceStatus,
)
from village.core.actor import Actor, Scope
from village.core.errors import NotFound
from village.federation.models import Shared
from village.federation.queries import read_or_404, sources_for
from village.residents.models import Role
from village.residents.queries import blocked_with, holds, is_member, villages_of

# How long a calendar still shows what is over, and how much it holds at most.
CALENDAR_LOOKS_BACK = timedelta(days=31)
CALENDAR_MAX = 500


def events_visible_to(by: Actor) -> EventQuerySet:
    """
    Give the events of the actor's villages: those on the board, and her own drafts.

    None of whom she is kept apart, except where she keeps order.
    """
    visible = Q(published_at__isnull=False)
    # A draft is seen by whoever may announce it.
    if by.may(Scope.BOARD_POST):
        visible |= Q(organiser=by.principal_id)
    found = Event.objects.filter(visible, village__in=villages_of(by))
    if apart := blocked_with(by.principal_id):
        kept = [place for place in villages_of(by) if keeps_order(by, place.pk)]
        found = found.exclude(~Q(village__in=kept), organiser__in=apart)
    return found


def keeps_order(by: Actor, village: str) -> bool:
    """Tell whether the actor is a moderator or the steward of a village."""
    return holds(by, village, Role.MODERATOR, Role.STEWARD)


def board(by: Actor, village: str, *, past: bool, at: datetime) -> EventQuerySet:
    """Give a village's events as the actor sees them: what is to come, or what is over."""
    events = events_visible_to(by).filter(village=village)
    return (events.over(at) if past else events.not_over(at)).as_cards()


def events_shown_to(by: Actor) -> EventQuerySet:
    """Give the events that neighbours show the actor's village, but of nobody she is apart from."""
    shown = Event.objects.filter(
        published_at__isnull=False, village__in=sources_for(by, Shared.EVENTS)
    )
    return shown.exclude(organiser__in=blocked_with(by.principal_id))


def board_to_read(by: Actor, village: str, *, past: bool, at: datetime) -> EventQuerySet:
    """
    Give a village's events as the actor reads them, who may live in a neighbouring one.

    :raises NotFound: if she neither belongs to it nor is shown its events
    """
    if is_member(by, village):
        return board(by, village, past=past, at=at)
    events = events_shown_to(by).filter(village=read_or_404(by, village, Shared.EVENTS))
    return (events.over(at) if past else events.not_over(at)).as_cards()


def event_to_read(by: Actor, event_id: UUID) -> Event:
    """
    Find an event with what its card shows, also one that a neighbouring village shows.

    :raises NotFound: if there is none that the actor may read
    """
    for events in (events_visible_to(by), events_shown_to(by)):
        if (found := events.filter(pk=event_id).as_cards().first()) is not None:
            return found
    raise NotFound


def event_or_404(by: Actor, event_id: UUID) -> Event:
    """
    Find an event, with what its card shows.

    :raises NotFound: if there is none that the actor may see
    """
    found = events_visible_to(by).filter(pk=event_id).as_cards().first()
    if found is None:
        raise NotFound
    return found


def occurrences_visible_to(by: Actor) -> QuerySet[Occurrence]:
    """Give the dates of the events that the actor may see."""
    return Occurrence.objects.filter(event__in=events_visible_to(by))


def occurrence_or_404(by: Actor, occurrence_id: UUID) -> Occurrence:
    """
    Find a date.

    :raises NotFound: if there is none that the actor may see
    """
    found = occurrences_visible_to(by).filter(pk=occurrence_id).first()
    if found is None:
        raise NotFound
    return found


def card(event_id: UUID) -> Event | None:
    """Find an event of the board for a frame that everybody sees alike."""
    return Event.objects.announced().as_cards().filter(pk=event_id).first()


def occurrence_with_event(occurrence_id: UUID) -> Occurrence | None:
    """Find a date together with its event."""
    return Occurrence.objects.select_related("event").filter(pk=occurrence_id).first()


def attendance(attendance_id: UUID) -> Attendance | None:
    """Find an attendance, with its date and event."""
    found = Attendance.objects.select_related("occurrence__event")
    return found.filter(pk=attendance_id).first()


def attendance_of(resident_id: UUID, occurrence_id: UUID) -> Attendance | None:
    """Find somebody's attendance at a date, a withdrawn one too."""
    found = Attendance.objects.filter(resident=resident_id, occurrence=occurrence_id)
    return found.select_related("occurrence__event").first()


def attendances_of(resident_id: UUID, *, at: datetime) -> QuerySet[Attendance]:
    """Give the dates still to come that somebody comes to or waits for."""
    active = Attendance.objects.active().filter(resident=resident_id, occurrence__ends_at__gt=at)
    return active.select_related("occurrence__event")


def position_of(attendance: Attendance) -> int | None:
    """Give somebody's place on the waiting list, from 1; ``None`` when she does not wait."""
    if attendance.status != AttendanceStatus.WAITLISTED:
        return None
    ahead = Attendance.objects.waiting().filter(
        occurrence=attendance.occurrence_id, turn__lt=attendance.turn
    )
    return ahead.count() + 1


def attendees(occurrence_id: UUID) -> list[UUID]:
    """Give those who come to a date or wait for it."""
    active = Attendance.objects.active().filter(occurrence=occurrence_id)
    return list(active.values_list("resident", flat=True))


def dates_between(village: str, begins: datetime, ends: datetime) -> QuerySet[Occurrence]:
    """Give the dates that everybody may know of and that begin between two moments."""
    dates = Occurrence.objects.filter(
        village=village,
        event__published_at__isnull=False,
        status=OccurrenceStatus.SCHEDULED,
        begins_at__gte=begins,
        begins_at__lt=ends,
    )
    return dates.select_related("event").order_by("begins_at", "pk")


def calendar(village: str, *, at: datetime) -> QuerySet[Occurrence]:
    """Give the dates that a village's public calendar shows, in their order."""
    dates = Occurrence.objects.filter(
        village=village,
        event__published_at__isnull=False,
        ends_at__gt=at - CALENDAR_LOOKS_BACK,
    )
    return dates.select_related("event").order_by("begins_at", "pk")[:CALENDAR_MAX]
