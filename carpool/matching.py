"""
Which rides could take somebody along; this module is pure.

Everything here is an estimate: roads are taken to be longer than the line through the air by
one factor, and driven at one speed. Places are known to about a kilometre, on both sides, so
that no question asked of it tells more about a driver's home than the board does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from carpool.places import rough
from village.core.geo import Point, distance_m

# Assumed, not measured: how much longer the road is, and how fast it is driven.
ROAD_FACTOR = 1.3
SPEED_KMH = 50


@dataclass(frozen=True, slots=True)
class Ride:
    """
    Hold what a driver offers.

    She leaves between ``departs_at`` and ``departs_until``, both included, and drives at most
    ``detour`` more than without a rider.
    """

    id: UUID
    start: Point
    goal: Point
    departs_at: datetime
    departs_until: datetime
    detour: timedelta
    seats_left: int


@dataclass(frozen=True, slots=True)
class Wish:
    """Hold what a rider looks for: to be picked up at ``earliest``, there by ``latest_arrival``."""

    start: Point
    goal: Point
    earliest: datetime
    latest_arrival: datetime
    seats: int


@dataclass(frozen=True, slots=True)
class Match:
    """Say how a ride could take somebody along; ``waits`` is how much later the driver leaves."""

    ride_id: UUID
    detour: timedelta
    waits: timedelta
    pickup_at: datetime
    arrives_at: datetime


def driving_time(start: Point, goal: Point) -> timedelta:
    """Estimate how long a drive takes, in whole seconds."""
    metres = distance_m(start, goal) * ROAD_FACTOR
    return timedelta(seconds=round(metres / (SPEED_KMH / 3.6)))


def matches(wish: Wish, rides: Iterable[Ride], *, at: datetime) -> list[Match]:
    """Give the rides that could take somebody along after ``at``, the smallest detour first."""
    found = [match for ride in rides if (match := match_of(wish, ride, at=at)) is not None]
    return sorted(found, key=lambda match: (match.detour, match.pickup_at, match.ride_id))


def match_of(wish: Wish, ride: Ride, *, at: datetime) -> Match | None:
    """
    Say how one ride could take somebody along; ``None`` when it could not.

    The detour is the way by the pick-up and the drop-off less the direct one; other riders of
    the ride are not counted. The driver leaves as soon as she would not have to wait.
    """
    start, goal, pickup, dropoff = map(rough, (ride.start, ride.goal, wish.start, wish.goal))
    approach, carried = driving_time(start, pickup), driving_time(pickup, dropoff)
    # Whole seconds may miss the triangle inequality by one.
    detour = max(
        timedelta(0), approach + carried + driving_time(dropoff, goal) - driving_time(start, goal)
    )
    leaves_at = max(ride.departs_at, wish.earliest - approach, at)
    pickup_at = leaves_at + approach
    arrives_at = pickup_at + carried
    if (
        ride.seats_left < wish.seats
        or detour > ride.detour
        or leaves_at > ride.departs_until
        or arrives_at > wish.latest_arrival
    ):
        return None
    return Match(ride.id, detour, leaves_at - ride.departs_at, pickup_at, arrives_at)
