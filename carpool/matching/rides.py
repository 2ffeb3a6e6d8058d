"""
What matching speaks of: a ride as a timed sequence of calls, a wish, and how the two fit.

Times are whole seconds of Unix time, spans whole seconds, ways whole metres. A ride is timed as if
its driver left as early as she may; she may leave later by one *shift*, which moves all calls
alike. She never waits on the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import accumulate, pairwise
from uuid import UUID

from village.core.geo import Point

# How long the driver stands where somebody boards or leaves.
DWELL = 60
# More than any car, and than any minibus of a village.
MAX_SEATS = 60
# Start, goal, ways by, and two for each rider: far more than a car calls at.
MAX_CALLS = 64
# Places that somebody would walk to, at either end.
MAX_SPOTS = 16
# From the year 1 to 9999; a window without an end ends there.
EARLIEST, LATEST = -62_135_596_800, 253_402_300_799
# Longer than any ride: no limit.
EVER = 10**9


@dataclass(frozen=True, slots=True)
class Call:
    """
    Hold where a ride calls: it arrives at ``arrives`` and leaves ``dwell`` later.

    The arrival, shifted, must lie from ``earliest`` to ``latest``. ``metres`` were driven since
    the call before. ``boards`` seats are taken from here on, or given back where it is negative;
    ``rider`` names the booking whose pick-up or drop-off it is, and a pick-up's ``longest`` says
    how long she may sit in the car.

    :raises ValueError: a time that is none, a window without room, a negative span
    """

    point: Point
    arrives: int
    metres: int = 0
    dwell: int = 0
    earliest: int = EARLIEST
    latest: int = LATEST
    boards: int = 0
    rider: UUID | None = None
    longest: int = EVER

    def __post_init__(self) -> None:
        for moment in (self.arrives, self.earliest, self.latest):
            if not EARLIEST <= moment <= LATEST:
                raise ValueError(f"a time must lie in the years 1 to 9999, not {moment!r}")
        if self.earliest > self.latest:
            raise ValueError("a window ends before it begins")
        if min(self.metres, self.dwell, self.longest) < 0:
            raise ValueError("ways and spans are not negative")
        if self.boards and self.rider is None:
            raise ValueError("somebody must board or leave")


@dataclass(frozen=True, slots=True)
class Ride:
    """
    Hold what a driver offers, with the riders she takes along already.

    She drives at most ``longest`` seconds in all: the direct way without any rider, and the
    detour she allows. Standing is not driving.

    :raises ValueError: fewer than two calls or too many, calls out of order, seats that no car
        has, more riders than seats
    """

    id: UUID
    calls: tuple[Call, ...]
    seats: int
    longest: int

    def __post_init__(self) -> None:
        if not 2 <= len(self.calls) <= MAX_CALLS:
            raise ValueError(f"a ride calls at 2 to {MAX_CALLS} places, not {len(self.calls)}")
        if not 1 <= self.seats <= MAX_SEATS:
            raise ValueError(f"a ride has 1 to {MAX_SEATS} seats, not {self.seats!r}")
        if not 0 <= self.longest <= EVER:
            raise ValueError(f"a drive lasts 0 to {EVER} seconds, not {self.longest!r}")
        if any(b.arrives < a.arrives + a.dwell for a, b in pairwise(self.calls)):
            raise ValueError("a ride arrives before it has left")
        loads = list(accumulate(call.boards for call in self.calls))
        if min(loads) < 0 or max(loads) > self.seats or loads[-1]:
            raise ValueError("a ride takes as many along as it has seats, and everybody leaves")

    @property
    def driving(self) -> int:
        """Give the seconds that the driver drives."""
        first, last = self.calls[0], self.calls[-1]
        return last.arrives - first.arrives - sum(call.dwell for call in self.calls[:-1])

    @property
    def shifts(self) -> tuple[int, int]:
        """Give by how much the whole ride may leave later, at least and at most."""
        return (
            max(0, *(call.earliest - call.arrives for call in self.calls)),
            min(call.latest - call.arrives for call in self.calls),
        )


@dataclass(frozen=True, slots=True)
class Spot:
    """Hold a place where a rider may board or leave, ``walk`` seconds on foot from hers."""

    point: Point
    walk: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.walk <= EVER:
            raise ValueError(f"a walk lasts 0 to {EVER} seconds, not {self.walk!r}")


@dataclass(frozen=True, slots=True)
class Wish:
    """
    Hold what a rider looks for.

    She starts (on foot, where she walks) not before ``earliest``, is picked up until ``latest``,
    is where she wants to be by ``arrives_by``, and sits in the car for at most ``longest``.

    :raises ValueError: no place or too many, times out of order, seats that no car has
    """

    pickups: tuple[Spot, ...]
    dropoffs: tuple[Spot, ...]
    earliest: int
    latest: int
    arrives_by: int
    seats: int = 1
    longest: int = EVER

    def __post_init__(self) -> None:
        for spots in (self.pickups, self.dropoffs):
            if not 1 <= len(spots) <= MAX_SPOTS:
                raise ValueError(f"a wish knows 1 to {MAX_SPOTS} places, not {len(spots)}")
        if not EARLIEST <= self.earliest <= self.latest <= self.arrives_by <= LATEST:
            raise ValueError("a rider starts before she is picked up, and then arrives")
        if not 1 <= self.seats <= MAX_SEATS:
            raise ValueError(f"a wish is for 1 to {MAX_SEATS} seats, not {self.seats!r}")
        if not 0 <= self.longest <= EVER:
            raise ValueError(f"a ride lasts 0 to {EVER} seconds, not {self.longest!r}")


@dataclass(frozen=True, slots=True)
class Match:
    """
    Say how a ride takes somebody along.

    She boards after the call ``pickup_leg`` and leaves after the call ``dropoff_leg``; both count
    the calls of the ride as it was. The driver drives ``extra_seconds`` and ``extra_metres`` more
    than before, and leaves later by ``shift``; ``slack`` seconds are to spare before anything
    agreed would no longer hold. ``pickup_at`` and ``arrives_at`` are at the spots, not at her
    door.
    """

    ride_id: UUID
    pickup_leg: int
    dropoff_leg: int
    pickup: Spot
    dropoff: Spot
    extra_seconds: int
    extra_metres: int
    shift: int
    slack: int
    pickup_at: int
    arrives_at: int

    @property
    def walk(self) -> int:
        """Give the seconds that she walks, at both ends."""
        return self.pickup.walk + self.dropoff.walk


class Because(StrEnum):
    """Name why a ride fits, or what it asks of somebody."""

    ON_THE_WAY = "on_the_way"
    DETOUR_MINUTES = "detour_minutes"
    WALK_MINUTES = "walk_minutes"
    EARLY_MINUTES = "early_minutes"
    JUST_IN_TIME = "just_in_time"
    LEAVES_LATER_MINUTES = "leaves_later_minutes"
    RIDES_TOGETHER = "rides_together"


@dataclass(frozen=True, slots=True)
class Reason:
    """Hold one reason; ``count`` is of what its name says, 0 where nothing is counted."""

    because: Because
    count: int = 0


def seconds_of(moment: datetime) -> int:
    """Give the whole second in which an aware moment lies."""
    return int(moment.timestamp() // 1)
