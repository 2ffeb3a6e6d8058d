"""Rides and wishes drawn by chance in a small region, so densely that many fit."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from uuid import UUID

from carpool.matching import Ride, Spot, Wish, fitting, planned, with_rider
from carpool.routing import Roads
from village.core.geo import Point

# Monday, 2026-11-23, midnight UTC.
MIDNIGHT = 1_795_392_000
MORNING = MIDNIGHT + 7 * 3600
MIDDLE = Point(49.98, 11.55)


@dataclass
class Traffic:
    """Draw what happens on one morning, within some ``degrees`` around a middle."""

    chance: Random
    roads: Roads
    middle: Point = MIDDLE
    degrees: float = 0.12
    # Drivers who go out of their way, and riders who mind no time in the car.
    is_easy: bool = False
    detours: dict[UUID, int] = field(default_factory=dict)

    def point(self) -> Point:
        """Draw a place."""
        lng = self.middle.lng + self.chance.uniform(-self.degrees, self.degrees) * 1.5
        lat = self.middle.lat + self.chance.uniform(-self.degrees, self.degrees)
        return Point(
            min(90.0, max(-90.0, lat)),
            (lng + 180) % 360 - 180,
        )

    def uuid(self) -> UUID:
        """Draw a name."""
        return UUID(int=self.chance.getrandbits(128))

    def ride(self, riders: int = 0) -> Ride:
        """Draw a ride, and let ``riders`` board who fit."""
        departs = MORNING + self.chance.randrange(0, 5400)
        ways = self.chance.choice([0, 0, 1])
        detour = self.chance.choice([600, 1200, 1800] if self.is_easy else [0, 300, 900, 1800])
        ride = planned(
            self.uuid(),
            [self.point() for _ in range(2 + ways)],
            departs=departs,
            departs_until=departs + self.chance.choice([0, 600, 1800, 3600]),
            detour=detour,
            seats=self.chance.choice([1, 2, 3, 4]),
            roads=self.roads,
            dwell=self.chance.choice([0, 120]),
        )
        self.detours[ride.id] = detour
        for _ in range(12):
            if sum(call.boards > 0 for call in ride.calls) == riders:
                break
            ride = self.boarded(ride)
        return ride

    def boarded(self, ride: Ride) -> Ride:
        """Let somebody board whose way begins and ends near the ride's, if she fits."""
        wish = self.wish_along(ride)
        found = fitting(wish, [ride], self.roads, at=0)
        if not found:
            return ride
        promise = self.chance.choice([300, 600, 10**6])
        return with_rider(ride, found[0], wish, self.uuid(), self.roads, promise=promise)

    def wish_along(self, ride: Ride) -> Wish:
        """Draw the wish of somebody whom a ride may suit: near two of its calls, about in time."""
        first, last = sorted(self.chance.sample(range(len(ride.calls)), 2))
        begins, ends = ride.calls[first], ride.calls[last]
        earliest = begins.arrives - self.chance.randrange(0, 1800)
        late = self.chance.choice([600, 1800, 5400])
        return self._wished(
            self.near(begins.point), self.near(ends.point), earliest, ends.arrives + late
        )

    def near(self, point: Point) -> Point:
        """Draw a place within a kilometre or two of another."""
        lat = point.lat + self.chance.uniform(-0.015, 0.015)
        return Point(
            min(90.0, max(-90.0, lat)),
            (point.lng + self.chance.uniform(-0.02, 0.02) + 180) % 360 - 180,
        )

    def wish(self) -> Wish:
        """Draw a wish."""
        earliest = MORNING + self.chance.randrange(0, 5400)
        arrives_by = earliest + self.chance.choice([2400, 3600, 7200, 10800])
        return self._wished(self.point(), self.point(), earliest, arrives_by)

    def _wished(self, start: Point, goal: Point, earliest: int, arrives_by: int) -> Wish:
        return Wish(
            pickups=self.spots(start),
            dropoffs=self.spots(goal),
            earliest=earliest,
            latest=self.chance.choice([arrives_by, min(arrives_by, earliest + 1200)]),
            arrives_by=arrives_by,
            seats=self.chance.choice([1, 1, 1, 2]),
            longest=10**9 if self.is_easy else self.chance.choice([10**9, 2400]),
        )

    def spots(self, point: Point) -> tuple[Spot, ...]:
        """Draw where somebody would board: at her door, and sometimes at another place as well."""
        more = [Spot(self.near(point), self.chance.randrange(60, 900))]
        return (Spot(point), *(more if self.chance.random() < 0.4 else []))
