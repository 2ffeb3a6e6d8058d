"""Lifts to an event and back, for whoever said at the sign-up that she needs one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from carpool import policies, queries
from carpool.actions import requests
from carpool.models import Leg, RequestStatus, RideRequest, columns
from carpool.places import Place
from carpool.terms import Terms
from events.models import Attendance
from events.queries import attendance as find_attendance
from village.assist.queries import MandateEnded, hold
from village.core.actor import SYSTEM, Actor, Scope
from village.core.geo import Point, distance_m
from village.journal.actions import record_all
from village.journal.facts import Fact

# How long before an event begins a lift may leave, and how long after its end it may arrive.
AROUND = timedelta(hours=2)
SEATS_MAX = 8
# Whoever lives nearer than this does not need to be driven.
NEARBY_M = 50.0


@transaction.atomic
def arrange_lifts(
    *, by: Actor, attendance_id: UUID, at: datetime, helper: Actor | None = None
) -> int:
    """
    Look for a lift there and back when an attendance needs one, and no longer when it does not.

    It begins where the person said that her lifts begin, or else at a stop of the village. What
    is booked already stays. The number of requests that it wrote, changed or ended is given; a
    second call changes nothing. ``helper`` is who signed her up: once the mandate has ended,
    nothing new is looked for in its name.

    :raises Forbidden: if anybody but the village itself asks for it
    """
    policies.may_end_rides(by).enforce()
    attendance = find_attendance(attendance_id)
    if attendance is None:
        return 0
    told: list[Fact] = []
    acts = helper or Actor(attendance.resident_id)
    may_begin = helper is None or _still_helps(helper)
    for leg in Leg:
        told += _arrange(attendance, leg, acts if may_begin else None, at)
    record_all(told, by=acts if may_begin else SYSTEM, at=at)
    return len(told)


def _still_helps(helper: Actor) -> bool:
    """Hold the mandate under which somebody was signed up; her session may be over by now."""
    try:
        hold(replace(helper, scopes=frozenset({Scope.EVENTS_JOIN})))
    except MandateEnded:
        return False
    return True


def _arrange(attendance: Attendance, leg: Leg, by: Actor | None, at: datetime) -> list[Fact]:
    """Arrange one way, as somebody; nobody only ends what is not needed any more."""
    date = attendance.occurrence
    own = RideRequest.objects.select_for_update(no_key=True)
    found = own.filter(person=attendance.resident_id, occurrence=date, leg=leg).first()
    earliest, latest = (
        (max(at, date.begins_at - AROUND), date.begins_at)
        if leg == Leg.THERE
        else (date.ends_at, date.ends_at + AROUND)
    )
    home = _home(attendance)
    hall = Place(date.event.place_name, Point(date.event.place_lat, date.event.place_lng))
    needed = (
        attendance.is_active
        and attendance.needs_lift
        and not date.is_cancelled
        and latest > max(at, earliest)
        and distance_m(home.point, hall.point) > NEARBY_M
    )
    if not needed:
        if found is None or found.status != RequestStatus.OPEN:
            return []
        return [requests.end_request(found)]
    if by is None:
        return []
    seats = min(attendance.party_size, SEATS_MAX)
    if found is not None and found.status == RequestStatus.MATCHED:
        return []
    if found is not None and found.status == RequestStatus.OPEN:
        if found.seats == seats and found.latest_arrival == latest:
            return []
        found.matches.all().delete()
    start, goal = (home, hall) if leg == Leg.THERE else (hall, home)
    request = found or RideRequest(
        village_id=attendance.village_id,
        person_id=attendance.resident_id,
        occurrence=date,
        leg=leg,
        created_at=at,
        via_helper=by.is_assisted,
    )
    request.status, request.seats = RequestStatus.OPEN, seats
    request.earliest, request.latest_arrival = earliest, latest
    for name, value in columns(start, goal, Terms(smoking=False)).items():
        setattr(request, name, value)
    return requests.put_up(request, at=at, is_new=found is None)


def _home(attendance: Attendance) -> Place:
    return queries.profile_of(attendance.resident_id).home or queries.usual_stop(
        attendance.village_id
    )
