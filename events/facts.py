"""What happens on the event board."""

from __future__ import annotations

from uuid import UUID

from village.journal.facts import Fact


class EventAnnounced(Fact, kind="events.event_announced"):
    """Somebody wrote an event down as a draft: nobody else sees it yet."""

    event_id: UUID


class EventPublished(Fact, kind="events.event_published"):
    """An event came onto the board."""

    event_id: UUID


class AttendanceConfirmed(Fact, kind="events.attendance_confirmed"):
    """Somebody signed up and has a place."""

    event_id: UUID
    occurrence_id: UUID
    attendance_id: UUID
    resident_id: UUID


class AttendanceWaitlisted(Fact, kind="events.attendance_waitlisted"):
    """Somebody signed up and waits for a place."""

    event_id: UUID
    occurrence_id: UUID
    attendance_id: UUID
    resident_id: UUID


class AttendanceChanged(Fact, kind="events.attendance_changed"):
    """Somebody comes with more or fewer people, or needs a lift now; the place stays."""

    event_id: UUID
    occurrence_id: UUID
    attendance_id: UUID
    resident_id: UUID


class AttendanceWithdrawn(Fact, kind="events.attendance_withdrawn"):
    """Somebody no longer comes."""

    event_id: UUID
    occurrence_id: UUID
    attendance_id: UUID
    resident_id: UUID


class AttendancePromoted(Fact, kind="events.attendance_promoted"):
    """Somebody who waited has a place now."""

    event_id: UUID
    occurrence_id: UUID
    attendance_id: UUID
    resident_id: UUID


class OccurrenceCancelled(Fact, kind="events.occurrence_cancelled"):
    """A date will not take place; ``published`` tells whether anybody could know of it."""

    event_id: UUID
    occurrence_id: UUID
    published: bool


class EventErased(Fact, kind="events.event_erased"):
    """An event is gone together with whoever organised it."""

    event_id: UUID
