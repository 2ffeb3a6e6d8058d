"""The event board over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Query, Status

from events import actions, queries
from events.schemas import (
    AttendanceIn,
    AttendanceOut,
    EventIn,
    EventOut,
    EventQuery,
    FollowedOccurrenceOut,
    OccurrenceOut,
    attendance_out,
    event_out,
    occurrence_out,
)
from village.core.actor import Scope
from village.core.errors import NotFound
from village.core.geo import Point
from village.core.http import ActorRequest
from village.core.permissions import MEMBERS, Standing, may
from village.core.router import Router
from village.core.schemas import PageOut, PageQuery, PositionOut
from village.journal.listing import listing
from village.journal.queries import top

router = Router()
# A draft is private: members see it only once it is on the board.
SEES = may(Standing.MEMBER, Standing.OWNER)
READS = may(Standing.MEMBER, Standing.OWNER, Standing.NEIGHBOUR)
BOARD = may(Standing.MEMBER, Standing.NEIGHBOUR)


@router.get(
    "/villages/{slug:v}/events",
    response=PageOut[EventOut],
    scope=Scope.EVENTS_JOIN,
    who=BOARD,
)
def list_events(request: ActorRequest, v: str, query: Query[EventQuery]) -> dict[str, Any]:
    """List what is to come in a village, soonest first; or what is over, newest first."""
    now = timezone.now()
    return listing(
        lambda: queries.board_to_read(request.actor, v, past=query.past, at=now),
        lambda events: [event_out(event) for event in events],
        query=query,
        order=("-begins_at", "-id") if query.past else ("begins_at", "id"),
        address=f"villages/{v}/events",
    )


@router.post(
    "/villages/{slug:v}/events", response={201: EventOut}, scope=Scope.BOARD_POST, who=MEMBERS
)
def announce_event(request: ActorRequest, v: str, payload: EventIn) -> Status[EventOut]:
    """Announce an event, as a draft or at once on the board."""
    event = actions.announce_event(
        by=request.actor,
        village=v,
        title=payload.title,
        text=payload.text,
        begins_at=payload.begins_at,
        ends_at=payload.ends_at,
        place=actions.Place(payload.place.name, Point(payload.place.lat, payload.place.lng)),
        capacity=payload.capacity,
        publish=payload.publish,
        at=timezone.now(),
    )
    return Status(201, event_out(queries.event_or_404(request.actor, event.pk)))


@router.get("/events/{uuid:event_id}", response=EventOut, scope=Scope.EVENTS_JOIN, who=READS)
def show_event(request: ActorRequest, event_id: UUID) -> EventOut:
    """Show an event with its dates."""
    return event_out(queries.event_to_read(request.actor, event_id))


@router.post(
    "/events/{uuid:event_id}/publish",
    response=EventOut,
    scope=Scope.BOARD_POST,
    who=may(Standing.OWNER, seen_by=[Standing.MEMBER]),
)
def publish_event(request: ActorRequest, event_id: UUID) -> EventOut:
    """Put a draft onto the board."""
    actions.publish_event(by=request.actor, event_id=event_id, at=timezone.now())
    return event_out(queries.event_or_404(request.actor, event_id))


@router.get(
    "/events/{uuid:event_id}/occurrences",
    response=PageOut[OccurrenceOut],
    scope=Scope.EVENTS_JOIN,
    who=SEES,
)
def list_occurrences(
    request: ActorRequest, event_id: UUID, query: Query[PageQuery]
) -> dict[str, Any]:
    """List the dates of an event, soonest first."""
    event = queries.event_or_404(request.actor, event_id)
    return listing(
        lambda: queries.occurrences_visible_to(request.actor).filter(event=event),
        lambda dates: [occurrence_out(date) for date in dates],
        query=query,
        order=("begins_at", "id"),
        address=f"villages/{event.village_id}/events",
    )


@router.get(
    "/occurrences/{uuid:occurrence_id}",
    response=FollowedOccurrenceOut,
    scope=Scope.EVENTS_JOIN,
    who=SEES,
)
def show_occurrence(
    request: ActorRequest, occurrence_id: UUID, position: bool = False
) -> FollowedOccurrenceOut:
    """Show one date, with the position of its stream when the client asks for it."""
    stands = top(f"occurrences/{occurrence_id}") if position else None
    shown = occurrence_out(queries.occurrence_or_404(request.actor, occurrence_id))
    return FollowedOccurrenceOut(
        **shown.model_dump(),
        position=None if stands is None else PositionOut(epoch=stands.epoch, seq=stands.seq),
    )


@router.get(
    "/occurrences/{uuid:occurrence_id}/attendance",
    response=AttendanceOut,
    scope=Scope.EVENTS_JOIN,
    who=SEES,
)
def show_attendance(request: ActorRequest, occurrence_id: UUID) -> AttendanceOut:
    """Show whether one comes."""
    occurrence = queries.occurrence_or_404(request.actor, occurrence_id)
    found = queries.attendance_of(request.actor.principal_id, occurrence.pk)
    if found is None:
        raise NotFound
    return attendance_out(found)


@router.put(
    "/occurrences/{uuid:occurrence_id}/attendance",
    response=AttendanceOut,
    scope=Scope.EVENTS_JOIN,
    who=SEES,
)
def sign_up(request: ActorRequest, occurrence_id: UUID, payload: AttendanceIn) -> AttendanceOut:
    """Sign up for a date, or change with how many people one comes."""
    return attendance_out(
        actions.sign_up(
            by=request.actor,
            occurrence_id=occurrence_id,
            party_size=payload.party_size,
            needs_lift=payload.needs_lift,
            at=timezone.now(),
        )
    )


@router.delete(
    "/occurrences/{uuid:occurrence_id}/attendance",
    response=AttendanceOut,
    scope=Scope.EVENTS_JOIN,
    who=SEES,
)
def withdraw(request: ActorRequest, occurrence_id: UUID) -> AttendanceOut:
    """Withdraw from a date; the places go to the first who wait and fit."""
    return attendance_out(
        actions.withdraw(by=request.actor, occurrence_id=occurrence_id, at=timezone.now())
    )


@router.post(
    "/occurrences/{uuid:occurrence_id}/cancel",
    response=OccurrenceOut,
    scope=Scope.BOARD_POST,
    who=may(Standing.OWNER, Standing.MODERATOR, Standing.STEWARD, seen_by=[Standing.MEMBER]),
)
def cancel_occurrence(request: ActorRequest, occurrence_id: UUID) -> OccurrenceOut:
    """Call a date off."""
    actions.cancel_occurrence(by=request.actor, occurrence_id=occurrence_id, at=timezone.now())
    return occurrence_out(queries.occurrence_or_404(request.actor, occurrence_id))
