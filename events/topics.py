"""What a screen can follow of the event board."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from events import facts, queries
from events.schemas import (
    AttendanceOut,
    EventOut,
    OccurrenceOut,
    attendance_out,
    event_out,
    occurrence_out,
)
from village.core.actor import Actor, Scope
from village.core.permissions import Standing, may
from village.core.schemas import GoneOut
from village.federation.models import Shared
from village.federation.queries import readers_among, reads
from village.journal.topics import Topic, uuid_or_none
from village.residents.topics import residents_me

Attended = (
    facts.AttendanceConfirmed
    | facts.AttendanceWaitlisted
    | facts.AttendanceChanged
    | facts.AttendanceWithdrawn
    | facts.AttendancePromoted
)
ATTENDED = (
    facts.AttendanceConfirmed,
    facts.AttendanceWaitlisted,
    facts.AttendanceChanged,
    facts.AttendanceWithdrawn,
    facts.AttendancePromoted,
)


def event_card(
    fact: facts.EventPublished | facts.OccurrenceCancelled | Attended,
) -> EventOut | None:
    """Show the whole event with the places that are left; a draft is not on the board."""
    event = queries.card(fact.event_id)
    return None if event is None else event_out(event)


def date_card(fact: facts.OccurrenceCancelled | Attended) -> OccurrenceOut | None:
    """Show a date with the places that are left."""
    occurrence = queries.occurrence_with_event(fact.occurrence_id)
    return None if occurrence is None else occurrence_out(occurrence)


def own_attendance(fact: Attended) -> AttendanceOut | None:
    """Show somebody her own attendance."""
    attendance = queries.attendance(fact.attendance_id)
    return None if attendance is None else attendance_out(attendance)


def gone(fact: facts.EventErased) -> GoneOut:
    """Take away an event that went with whoever organised it."""
    return GoneOut(id=fact.event_id)


def may_follow(by: Actor, *, village: str) -> bool:
    """Admit who belongs to the village, or to one that shows its events."""
    return reads(by, village, Shared.EVENTS)


def all_who_may(actors: Collection[Actor], village: str) -> set[Actor]:
    """Admit the same among many."""
    return readers_among(actors, village, Shared.EVENTS)


def sees_occurrence(by: Actor, *, occurrence_id: str) -> bool:
    """Admit whoever may see the event of a date."""
    key = uuid_or_none(occurrence_id)
    return key is not None and queries.occurrences_visible_to(by).filter(pk=key).exists()


def _board_of(fact: facts.OccurrenceCancelled) -> Iterable[Mapping[str, Any]]:
    # Nobody hears of a draft that was never on the board.
    return [{"village": fact.village}] if fact.published else []


def _to_whom_it_belongs(fact: Attended) -> Iterable[Mapping[str, Any]]:
    return [{"resident": fact.resident_id}]


board = Topic(
    "villages/{village}/events",
    admits=may_follow,
    admits_all=all_who_may,
    scope=Scope.EVENTS_JOIN,
    who=may(Standing.MEMBER, Standing.NEIGHBOUR),
    snapshot="/api/v1/villages/{village}/events?position=1",
    carries={facts.EventPublished: event_card, **dict.fromkeys(ATTENDED, event_card)},
    hot=True,
)
board.carry(facts.OccurrenceCancelled, event_card, to=_board_of)
board.carry(facts.EventErased, gone, erases=True)

occurrence = Topic(
    "occurrences/{occurrence_id}",
    admits=sees_occurrence,
    scope=Scope.EVENTS_JOIN,
    who=may(Standing.MEMBER, Standing.OWNER),
    snapshot="/api/v1/occurrences/{occurrence_id}?position=1",
    carries=dict.fromkeys((*ATTENDED, facts.OccurrenceCancelled), date_card),
)

for attended in ATTENDED:
    residents_me.carry(attended, own_attendance, to=_to_whom_it_belongs, scope=Scope.EVENTS_JOIN)
