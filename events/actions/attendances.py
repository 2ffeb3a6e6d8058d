"""The verbs of coming to a date, and of waiting for a place."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from events import facts, policies
from events.actions.occurrences import Cancelled, Over, locked
from events.models import Attendance, AttendanceQuerySet, AttendanceStatus, EventStatus, Occurrence
from village.core.actor import Actor
from village.core.errors import DomainError, NotFound
from village.journal.actions import record_all
from village.journal.facts import Fact


class NotPublished(DomainError):
    """A draft is no invitation yet."""

    code = "events.not_published"

    def __init__(self) -> None:
        super().__init__(_("This is still a draft. Publish it first."))


class NoSeats(DomainError):
    """A confirmed party cannot grow: it keeps the places it has."""

    code = "events.full"

    def __init__(self, left: int) -> None:
        words = _("Only %(left)d more places are left. You keep the ones you have.")
        super().__init__(words % {"left": left})


@transaction.atomic
def sign_up(
    *, by: Actor, occurrence_id: UUID, party_size: int, needs_lift: bool, at: datetime
) -> Attendance:
    """
    Sign the actor's principal up for a date, or change how she comes.

    A party that fits has its places at once; one that does not waits for its turn. Whoever
    waits keeps the turn when the party changes. The same call twice changes nothing.

    :raises NotFound: if there is no such date that the actor may see
    :raises NoSeats: if a confirmed party grows beyond the places left
    :raises NotPublished: if the event is a draft
    :raises Cancelled: if the date will not take place
    :raises Over: if it is past
    """
    occurrence = locked(occurrence_id)
    policies.may_attend(by, occurrence.event).enforce()
    if occurrence.event.status == EventStatus.DRAFT:
        raise NotPublished
    if occurrence.is_cancelled:
        raise Cancelled
    if occurrence.ends_at <= at:
        raise Over
    attendance = _own(occurrence, by) or Attendance(
        village_id=occurrence.village_id,
        occurrence=occurrence,
        resident_id=by.principal_id,
        status=AttendanceStatus.WITHDRAWN,
        created_at=at,
    )
    wanted = (party_size, needs_lift)
    if attendance.is_active and (attendance.party_size, attendance.needs_lift) == wanted:
        return attendance
    before, held = attendance.status, attendance.seats_held
    attendance.party_size, attendance.needs_lift = wanted
    if not attendance.is_active:
        attendance.via_helper = by.is_assisted
    if _fits(occurrence, party_size - held):
        _seat(occurrence, attendance, freed=held)
    elif held:
        raise NoSeats(occurrence.seats_left or 0)
    else:
        attendance.status = AttendanceStatus.WAITLISTED
        attendance.turn = attendance.turn or _next_turn(occurrence)
    attendance.save()
    promoted = _promote(occurrence)
    _count(occurrence)
    changed = facts.AttendanceChanged if attendance.status == before else _SIGNED[attendance.status]
    _tell([(changed, attendance), *promoted], by=by, at=at)
    return attendance


@transaction.atomic
def withdraw(*, by: Actor, occurrence_id: UUID, at: datetime) -> Attendance:
    """
    Take the principal off a date, and give the places to the first who wait and fit.

    A second call changes nothing.

    :raises NotFound: if there is no such date, or she never signed up for it
    :raises Over: if it is past
    """
    occurrence = locked(occurrence_id)
    policies.may_attend(by, occurrence.event).enforce()
    attendance = _own(occurrence, by)
    if attendance is None:
        raise NotFound
    if occurrence.ends_at <= at:
        raise Over
    if attendance.is_active:
        _tell(_withdraw(occurrence, attendance), by=by, at=at)
    return attendance


@transaction.atomic
def free_places(*, by: Actor, village: str, resident_id: UUID, at: datetime) -> int:
    """
    Withdraw somebody who has left the village from all that is to come; give the number.

    :raises Forbidden: if anybody but the village itself asks for it
    """
    policies.may_free_places(by).enforce()
    coming = Attendance.objects.active().filter(village=village, resident=resident_id)
    return _free(coming.filter(occurrence__ends_at__gt=at), by=by, at=at)


@transaction.atomic
def free_places_between(*, by: Actor, one: UUID, other: UUID, at: datetime) -> int:
    """
    Withdraw two whom a block keeps apart from each other's dates to come; give the number.

    :raises Forbidden: if anybody but the village itself asks for it
    """
    policies.may_free_places(by).enforce()
    coming = Attendance.objects.active().filter(
        Q(resident=one, occurrence__event__organiser=other)
        | Q(resident=other, occurrence__event__organiser=one)
    )
    return _free(coming.filter(occurrence__ends_at__gt=at), by=by, at=at)


def _free(coming: AttendanceQuerySet, *, by: Actor, at: datetime) -> int:
    # All dates are locked before any is told of, and in one order: whoever else locks some of
    # them waits, and is never waited for.
    dates = coming.order_by("occurrence").values_list("occurrence", flat=True)
    occurrences = [locked(occurrence_id) for occurrence_id in list(dates)]
    told: list[_Told] = []
    freed = 0
    for occurrence in occurrences:
        attendance = coming.filter(occurrence=occurrence).first()
        if attendance is not None:
            told += _withdraw(occurrence, attendance)
            freed += 1
    _tell(told, by=by, at=at)
    return freed


_Attended = (
    facts.AttendanceConfirmed
    | facts.AttendanceWaitlisted
    | facts.AttendanceChanged
    | facts.AttendanceWithdrawn
    | facts.AttendancePromoted
)
_Told = tuple[type[_Attended], Attendance]
_SIGNED: dict[str, type[_Attended]] = {
    AttendanceStatus.CONFIRMED: facts.AttendanceConfirmed,
    AttendanceStatus.WAITLISTED: facts.AttendanceWaitlisted,
}


def _own(occurrence: Occurrence, by: Actor) -> Attendance | None:
    return occurrence.attendances.filter(resident=by.principal_id).first()


def _fits(occurrence: Occurrence, more: int) -> bool:
    return occurrence.seats_left is None or more <= occurrence.seats_left


def _seat(occurrence: Occurrence, attendance: Attendance, *, freed: int = 0) -> None:
    attendance.status, attendance.turn = AttendanceStatus.CONFIRMED, None
    occurrence.seats_taken += attendance.party_size - freed


def _next_turn(occurrence: Occurrence) -> int:
    last = occurrence.attendances.waiting().aggregate(last=Max("turn"))["last"]
    return (last or 0) + 1


def _promote(occurrence: Occurrence) -> list[_Told]:
    """Give free places to those who wait: in their order, passing over whoever does not fit."""
    promoted: list[_Told] = []
    while occurrence.seats_left and not occurrence.is_cancelled:
        waiting = occurrence.attendances.waiting().filter(party_size__lte=occurrence.seats_left)
        first = waiting.first()
        if first is None:
            break
        _seat(occurrence, first)
        first.save(update_fields=["status", "turn"])
        promoted.append((facts.AttendancePromoted, first))
    return promoted


def _withdraw(occurrence: Occurrence, attendance: Attendance) -> list[_Told]:
    occurrence.seats_taken -= attendance.seats_held
    attendance.status, attendance.turn = AttendanceStatus.WITHDRAWN, None
    attendance.save(update_fields=["status", "turn"])
    promoted = _promote(occurrence)
    _count(occurrence)
    return [(facts.AttendanceWithdrawn, attendance), *promoted]


def _count(occurrence: Occurrence) -> None:
    occurrence.waiting = occurrence.attendances.waiting().count()
    occurrence.save(update_fields=["seats_taken", "waiting"])


def _tell(told: list[_Told], *, by: Actor, at: datetime) -> None:
    happened: list[Fact] = [
        fact(
            village=attendance.village_id,
            event_id=attendance.occurrence.event_id,
            occurrence_id=attendance.occurrence_id,
            attendance_id=attendance.pk,
            resident_id=attendance.resident_id,
        )
        for fact, attendance in told
    ]
    record_all(happened, by=by, at=at)
