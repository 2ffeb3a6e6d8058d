"""Whom the event board tells, and in which words."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from events import queries
from events.facts import AttendancePromoted, OccurrenceCancelled
from events.models import AttendanceStatus, Occurrence
from village.core.actor import Scope
from village.journal.notices import Importance, Notice, Words


def promoted_words(fact: AttendancePromoted) -> Words | None:
    """Tell somebody who waited that she has a place, as long as she still has it."""
    attendance = queries.attendance(fact.attendance_id)
    if attendance is None or attendance.status != AttendanceStatus.CONFIRMED:
        return None
    occurrence = attendance.occurrence
    if occurrence.is_cancelled:
        return None
    return Words(
        title=_("You have a place: %(title)s") % {"title": occurrence.event.title},
        body=_("%(when)s, %(place)s. If you cannot come, please withdraw.")
        % {"when": _when(occurrence), "place": occurrence.event.place_name},
        link=_link(occurrence),
    )


def cancelled_words(fact: OccurrenceCancelled) -> Words | None:
    """Tell those who wanted to come that it does not take place."""
    occurrence = queries.occurrence_with_event(fact.occurrence_id)
    if occurrence is None:
        return None
    return Words(
        title=_("Cancelled: %(title)s") % {"title": occurrence.event.title},
        body=_("It does not take place on %(when)s.") % {"when": _when(occurrence)},
        link=_link(occurrence),
    )


def _when(occurrence: Occurrence) -> str:
    """Say the beginning by the reader's clock and in her language."""
    return date_format(localtime(occurrence.begins_at), "DATETIME_FORMAT")


def _link(occurrence: Occurrence) -> str:
    return f"/events/{occurrence.event_id}"


def _thread(fact: AttendancePromoted | OccurrenceCancelled) -> str:
    return f"occurrences/{fact.occurrence_id}"


def _promoted_person(fact: AttendancePromoted) -> Iterable[UUID]:
    return [fact.resident_id]


def _those_who_wanted_to_come(fact: OccurrenceCancelled) -> Iterable[UUID]:
    return queries.attendees(fact.occurrence_id)


promoted = Notice(
    "events.promoted",
    of=AttendancePromoted,
    audience=_promoted_person,
    words=promoted_words,
    importance=Importance.PERSONAL,
    scope=Scope.EVENTS_JOIN,
    thread=_thread,
)
cancelled = Notice(
    "events.cancelled",
    of=OccurrenceCancelled,
    audience=_those_who_wanted_to_come,
    words=cancelled_words,
    importance=Importance.PERSONAL,
    scope=Scope.EVENTS_JOIN,
    thread=_thread,
)
