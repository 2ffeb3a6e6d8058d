"""A ride before it is timed, and how it comes to be timed: by the roads, call after call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from carpool.matching.rides import DWELL, EVER, MAX_CALLS, Call, Match, Ride, Wish
from carpool.routing.port import Roads, along
from village.core.geo import Point


def planned(
    ride_id: UUID,
    points: Sequence[Point],
    *,
    departs: int,
    departs_until: int,
    detour: int,
    seats: int,
    roads: Roads,
    dwell: int = 0,
) -> Ride:
    """
    Plan a ride without riders by its start, the places on its way, and its goal.

    It stands for ``dwell`` seconds at each place on its way, and may drive ``detour`` seconds
    longer than it does now.

    :raises ValueError: fewer than two places or too many, or times and seats that make no sense
    :raises RoadsUnavailable: nobody knows how long a drive takes
    """
    if not 2 <= len(points) <= MAX_CALLS:
        raise ValueError(f"a ride calls at 2 to {MAX_CALLS} places, not {len(points)}")
    first = Call(points[0], departs, earliest=departs, latest=departs_until)
    rest = [Call(point, departs, dwell=dwell) for point in points[1:-1]]
    calls = timed([first, *rest, Call(points[-1], departs)], roads)
    driving = calls[-1].arrives - departs - dwell * len(rest)
    return Ride(ride_id, calls, seats, driving + detour)


def timed(calls: Sequence[Call], roads: Roads) -> tuple[Call, ...]:
    """
    Time calls anew from the first one on, and measure the ways between them.

    :raises ValueError: a time past the year 9999
    :raises RoadsUnavailable: nobody knows how long a drive takes
    """
    seconds, metres = along(roads, (call.point for call in calls))
    done = [replace(calls[0], metres=0)]
    for call, driving, way in zip(calls[1:], seconds, metres, strict=True):
        arrives = done[-1].arrives + done[-1].dwell + driving
        done.append(replace(call, arrives=arrives, metres=way))
    return tuple(done)


def with_rider(
    ride: Ride, match: Match, wish: Wish, rider: UUID, roads: Roads, *, promise: int = EVER
) -> Ride:
    """
    Give the ride with somebody aboard, as the match says.

    What she was promised holds: later riders move her pick-up by at most ``promise`` seconds
    either way, never before she starts, and she still arrives in time.

    :raises ValueError: the ride would call at too many places
    :raises RoadsUnavailable: nobody knows how long a drive takes
    """
    pickup = Call(
        match.pickup.point,
        match.pickup_at,
        dwell=DWELL,
        earliest=max(wish.earliest + match.pickup.walk, match.pickup_at - promise),
        latest=min(wish.latest, match.pickup_at + promise),
        boards=wish.seats,
        rider=rider,
        longest=wish.longest,
    )
    dropoff = Call(
        match.dropoff.point,
        match.arrives_at,
        dwell=DWELL,
        latest=wish.arrives_by - match.dropoff.walk,
        boards=-wish.seats,
        rider=rider,
    )
    until, then = match.pickup_leg + 1, match.dropoff_leg + 1
    calls = (*ride.calls[:until], pickup, *ride.calls[until:then], dropoff, *ride.calls[then:])
    return replace(ride, calls=timed(calls, roads))


def without_riders(ride: Ride, riders: Iterable[UUID], roads: Roads) -> Ride:
    """
    Give the ride without somebody, as if she had never been aboard.

    :raises RoadsUnavailable: nobody knows how long a drive takes
    """
    gone = set(riders)
    calls = [call for call in ride.calls if call.rider is None or call.rider not in gone]
    return replace(ride, calls=timed(calls, roads))
