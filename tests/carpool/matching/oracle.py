"""
What a match is, written from the definition: slowly, without an index, without columns.

A ride calls at places; a rider is picked up on one leg and let out on the same or a later one. For
every such pair the new way is driven in the mind, second by second from call to call, for every
moment of leaving that could be the first or the last one good enough: as early as she may, or when
somebody is picked up or arrives on the very edge of a window. Nothing else is known here of how
the village finds matches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple
from uuid import UUID

from carpool.matching import Call, Ride, Spot, Wish
from village.core.geo import Point, distance_m

Drive = Callable[[Point, Point], int]
STANDING = 60


class Visit(NamedTuple):
    """One stop of the way that is tried: where, how long she stands, and from when to when."""

    point: Point
    stands: int
    not_before: int
    not_after: int
    boards: int
    rider: object
    aboard_at_most: int


class Found(NamedTuple):
    """What is best: how much longer she drives, where the rider fits in, and when."""

    extra: int
    walk: int
    pickup_leg: int
    dropoff_leg: int
    pickup: Spot
    dropoff: Spot
    shift: int
    slack: int
    pickup_at: int
    arrives_at: int


class Clock(NamedTuple):
    """When a way arrives at each of its visits if it leaves at a moment."""

    arrivals: tuple[int, ...]
    visits: tuple[Visit, ...]

    def holds(self) -> bool:
        """Tell whether nobody is too early, too late, or too long in the car."""
        boarded: dict[object, tuple[int, int]] = {}
        for arrival, visit in zip(self.arrivals, self.visits, strict=True):
            if not visit.not_before <= arrival <= visit.not_after:
                return False
            if visit.boards > 0:
                boarded[visit.rider] = arrival + visit.stands, visit.aboard_at_most
            elif visit.boards < 0:
                left, at_most = boarded.pop(visit.rider)
                if arrival - left > at_most:
                    return False
        return True


@dataclass
class Oracle:
    """
    Know a match by trying everything.

    ``drive`` says how long a drive takes, ``detours`` how much longer each driver would drive than
    if she were alone.
    """

    drive: Drive
    detours: Mapping[UUID, int]

    def match(self, wish: Wish, ride: Ride, at: int) -> Found | None:
        """Give the best way to take the rider along: the shortest drive and walk, first tried."""
        best: Found | None = None
        for pickup in wish.pickups:
            for dropoff in wish.dropoffs:
                for i in range(len(ride.calls) - 1):
                    for j in range(i, len(ride.calls) - 1):
                        found = self._try(wish, ride, at, pickup, dropoff, i, j)
                        if found and (
                            best is None or found.extra + found.walk < best.extra + best.walk
                        ):
                            best = found
        return best

    def _try(
        self, wish: Wish, ride: Ride, at: int, pickup: Spot, dropoff: Spot, i: int, j: int
    ) -> Found | None:
        boards = Visit(
            pickup.point,
            STANDING,
            wish.earliest + pickup.walk,
            wish.latest,
            wish.seats,
            "new",
            wish.longest,
        )
        leaves = Visit(
            dropoff.point,
            STANDING,
            -(10**12),
            wish.arrives_by - dropoff.walk,
            -wish.seats,
            "new",
            0,
        )
        way = [visit_of(call) for call in ride.calls]
        way = [*way[: i + 1], boards, *way[i + 1 : j + 1], leaves, *way[j + 1 :]]
        taken = 0
        for visit in way:
            taken += visit.boards
            if taken > ride.seats:
                return None
        driven = self._driven(visit.point for visit in way)
        alone = self._driven(call.point for call in ride.calls if call.rider is None)
        if driven > alone + self.detours[ride.id]:
            return None
        good = [
            leave for leave in sorted(set(self._edges(way, ride, at))) if self._good(way, leave, at)
        ]
        if not good:
            return None
        arrivals = self._clock(way, good[0]).arrivals
        return Found(
            extra=driven - self._driven(call.point for call in ride.calls),
            walk=pickup.walk + dropoff.walk,
            pickup_leg=i,
            dropoff_leg=j,
            pickup=pickup,
            dropoff=dropoff,
            shift=good[0] - ride.calls[0].arrives,
            slack=good[-1] - good[0],
            pickup_at=arrivals[i + 1],
            arrives_at=arrivals[j + 2],
        )

    def _driven(self, points: Iterable[Point]) -> int:
        return sum(self.drive(here, there) for here, there in pairwise(points))

    def _edges(self, way: list[Visit], ride: Ride, at: int) -> Iterator[int]:
        """Give every moment of leaving that could be the first or the last good one."""
        start = ride.calls[0].arrives
        yield start
        yield at
        for after, visit in zip(self._clock(way, 0).arrivals, way, strict=True):
            yield visit.not_before - after
            yield visit.not_after - after

    def _good(self, way: list[Visit], leave: int, at: int) -> bool:
        return leave >= at and self._clock(way, leave).holds()

    def _clock(self, way: list[Visit], leave: int) -> Clock:
        now, arrivals = leave, [leave]
        for here, there in pairwise(way):
            now += here.stands + self.drive(here.point, there.point)
            arrivals.append(now)
        return Clock(tuple(arrivals), tuple(way))


def visit_of(call: Call) -> Visit:
    """Give a call of a ride as a stop of the way that is tried."""
    return Visit(
        call.point,
        call.dwell,
        call.earliest,
        call.latest,
        call.boards,
        call.rider,
        call.longest,
    )


def through_the_air(point: Point, other: Point) -> int:
    """Give how long the drive takes by the estimate: 1.3 times the line, at 50 km/h."""
    return round(distance_m(point, other) * 1.3 / (50 / 3.6))


def remembered(drive: Drive) -> Drive:
    """Ask only once for each pair of places."""
    known: dict[tuple[Point, Point], int] = {}

    def ask(point: Point, other: Point) -> int:
        if (point, other) not in known:
            known[point, other] = drive(point, other)
        return known[point, other]

    return ask
