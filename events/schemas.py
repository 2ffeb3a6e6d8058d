"""How events, their dates and those who come look on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import ninja
from pydantic import ConfigDict

from events import queries
from events.models import Attendance, Event, Occurrence
from village.core.schemas import (
    HelpedOut,
    In,
    Line,
    Moment,
    Out,
    PageQuery,
    PersonOut,
    PlaceIn,
    PlaceOut,
    PositionOut,
    Text,
)
from village.residents.schemas import on_board

Places = Annotated[int, ninja.Field(strict=True, ge=1, le=100_000)]
PartySize = Annotated[int, ninja.Field(strict=True, ge=1, le=50)]


class EventIn(In):
    """What somebody announces; without a capacity there is room for everybody."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "title": "Coffee and cake",
                "text": "Bring your neighbour. The hall is warm.",
                "begins_at": "2026-12-06T15:00:00+01:00",
                "ends_at": "2026-12-06T17:00:00+01:00",
                "place": {"name": "Alte Schule", "lat": 50.015, "lng": 11.508},
                "capacity": 30,
                "publish": True,
            }
        },
    )

    title: Line
    text: Text
    begins_at: Moment
    ends_at: Moment
    place: PlaceIn
    capacity: Places | None = None
    publish: bool = True


class AttendanceIn(In):
    """With how many people somebody comes, herself included."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"party_size": 2, "needs_lift": False}},
    )

    party_size: PartySize = 1
    needs_lift: bool = False


class EventQuery(PageQuery):
    """How a client asks for a page of the board: what is to come, or what is over."""

    past: bool = False


class OrganiserOut(PersonOut):
    """Who organises an event."""


class OccurrenceOut(Out):
    """
    One date of an event.

    ``seats_left`` is null when there is room for everybody; ``waiting`` counts parties.
    """

    id: UUID
    village: str
    created_at: datetime
    event: UUID
    begins_at: datetime
    ends_at: datetime
    status: str
    capacity: int | None
    seats_taken: int
    seats_left: int | None
    waiting: int


class FollowedOccurrenceOut(OccurrenceOut):
    """One date, and where its stream stood before it was read."""

    position: PositionOut | None = None


class EventOut(HelpedOut):
    """An event with its dates."""

    id: UUID
    village: str
    created_at: datetime
    title: str
    text: str
    begins_at: datetime
    ends_at: datetime
    place: PlaceOut
    capacity: int | None
    status: str
    organiser: OrganiserOut
    occurrences: list[OccurrenceOut]


class AttendanceOut(HelpedOut):
    """Somebody's own attendance; ``position`` is her place on the waiting list, from 1."""

    id: UUID
    village: str
    created_at: datetime
    event: UUID
    occurrence: UUID
    party_size: int
    needs_lift: bool
    status: str
    position: int | None


def event_out(event: Event) -> EventOut:
    """Show an event, read with ``as_cards``."""
    return EventOut(
        id=event.pk,
        village=event.village_id,
        created_at=event.created_at,
        title=event.title,
        text=event.text,
        begins_at=event.begins_at,
        ends_at=event.ends_at,
        place=PlaceOut(name=event.place_name, lat=event.place_lat, lng=event.place_lng),
        capacity=event.capacity,
        status=event.status,
        organiser=on_board(OrganiserOut, event.organiser),
        via_helper=event.via_helper,
        occurrences=[occurrence_out(each) for each in event.occurrences.all()],
    )


def occurrence_out(occurrence: Occurrence) -> OccurrenceOut:
    """Show a date."""
    return OccurrenceOut(
        id=occurrence.pk,
        village=occurrence.village_id,
        created_at=occurrence.created_at,
        event=occurrence.event_id,
        begins_at=occurrence.begins_at,
        ends_at=occurrence.ends_at,
        status=occurrence.status,
        capacity=occurrence.capacity,
        seats_taken=occurrence.seats_taken,
        seats_left=occurrence.seats_left,
        waiting=occurrence.waiting,
    )


def attendance_out(attendance: Attendance) -> AttendanceOut:
    """Show an attendance to whom it belongs."""
    return AttendanceOut(
        id=attendance.pk,
        village=attendance.village_id,
        created_at=attendance.created_at,
        event=attendance.occurrence.event_id,
        occurrence=attendance.occurrence_id,
        party_size=attendance.party_size,
        needs_lift=attendance.needs_lift,
        status=attendance.status,
        position=queries.position_of(attendance),
        via_helper=attendance.via_helper,
    )
