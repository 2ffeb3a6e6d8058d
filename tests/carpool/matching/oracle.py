"""
What a match is, written from the definition: slowly, without an index, without columns.

A ride calls at places; a rider is picked up on one leg and let out on the same or a later one. For
every such pair the new way is driven in the mind, second by second from call to call, for every
moment of leaving that could be the first or the last one good enough: as early as she may, or when
somebody is picked up or arrives on the very edge of a window. Nothing else is known here of how
the village finds matches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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


def holds(way: list[Visit], offsets: list[int], leave: int) -> bool:
    """Tell whether nobody is too early or too late when the way begins at a moment."""
    return all(
        visit.not_before <= leave + offset <= visit.not_after
        for visit, offset in zip(way, offsets, strict=True)
    )


def bearable(way: list[Visit], offsets: list[int]) -> bool:
    """Tell whether nobody is in the car for longer than she agreed to."""
    boarded: dict[object, tuple[int, int]] = {}
    for visit, offset in zip(way, offsets, strict=True):
        if visit.boards > 0:
            boarded[visit.rider] = offset + visit.stands, visit.aboard_at_most
        elif visit.boards < 0:
            left, at_most = boarded.pop(visit.rider)
            if offset - left > at_most:
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
        calls = [visit_of(call) for call in ride.calls]
        alone = self._driven(call.point for call in ride.calls if call.rider is None)
        most, before = alone + self.detours[ride.id], self._driven(call.point for call in calls)
        for pickup in wish.pickups:
            for dropoff in wish.dropoffs:
                for i in range(len(ride.calls) - 1):
                    for j in range(i, len(ride.calls) - 1):
                        found = self._try(wish, calls, ride.seats, most, at, pickup, dropoff, i, j)
                        if found and (
                            best is None or found.extra + found.walk < best.extra + best.walk
                        ):
                            best = found
        return best and best._replace(extra=best.extra - before)

    def _try(
        self,
        wish: Wish,
        calls: list[Visit],
        seats: int,
        most: int,
        at: int,
        pickup: Spot,
        dropoff: Spot,
        i: int,
        j: int,
    ) -> Found | None:
        """Try one pair of legs; ``extra`` is still all that she drives."""
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
        way = [*calls[: i + 1], boards, *calls[i + 1 : j + 1], leaves, *calls[j + 1 :]]
        taken = 0
        for visit in way:
            taken += visit.boards
            if taken > seats:
                return None
        driven = self._driven(visit.point for visit in way)
        if driven > most:
            return None
        # When each stop is reached, counted from when she leaves.
        offsets = [0]
        for here, there in pairwise(way):
            offsets.append(offsets[-1] + here.stands + self.drive(here.point, there.point))
        if not bearable(way, offsets):
            return None
        edges = {calls[0].not_before, at}
        for offset, visit in zip(offsets, way, strict=True):
            edges |= {visit.not_before - offset, visit.not_after - offset}
        good = [leave for leave in sorted(edges) if leave >= at and holds(way, offsets, leave)]
        if not good:
            return None
        return Found(
            extra=driven,
            walk=pickup.walk + dropoff.walk,
            pickup_leg=i,
            dropoff_leg=j,
            pickup=pickup,
            dropoff=dropoff,
            shift=good[0] - calls[0].not_before,
            slack=good[-1] - good[0],
            pickup_at=good[0] + offsets[i + 1],
            arrives_at=good[0] + offsets[j + 2],
        )

    def _driven(self, points: Iterable[Point]) -> int:
        return sum(self.drive(here, there) for here, there in pairwise(points))


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
