"""A region of villages and a day of rides between them: drawn, and written in bulk."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from random import Random
from uuid import UUID

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from carpool.matching import Ride, Spot, Wish, fitting, packed, planned, with_rider
from carpool.matching.cells import cells_of
from carpool.models import Booking, IndexedRide, RideCall, RideCell, RideOffer, RideRequest
from carpool.plans import calls_of
from carpool.roads import roads
from carpool.routing.port import Whole
from village.core.geo import METRES_PER_DEGREE, Point
from village.residents.models import Membership, Resident, Village

# A square of so many metres around its middle, with so many villages in it.
SIDE_M, VILLAGES = 100_000, 250
MIDDLE = Point(49.98, 11.55)
# So far apart live who ride together every day, in metres.
NEAR_M, FAR_M = 3_000, 40_000
# The peaks of a day, in hours, and how many of all travel at another time.
PEAKS, AT_ANY_TIME = (7.5, 17.0), 0.3
WITH_RIDERS = 0.3
AT_ONCE = 2_000
CELLS_AT_ONCE = 100_000
# A number as PostgreSQL reads it: its length in bytes, and itself.
_NUMBER = (("length", ">i4"), ("value", ">i8"))


class Region:
    """Draw rides and wishes of one day, some days ahead."""

    def __init__(self, seed: int = 1) -> None:
        self.chance = Random(seed)
        now = timezone.now()
        self.midnight = (int(now.timestamp()) // 86400 + 3) * 86400
        self.village, _ = Village.objects.get_or_create(
            slug="region",
            defaults={"name": "Region", "lat": MIDDLE.lat, "lng": MIDDLE.lng, "created_at": now},
        )
        self.driver, self.rider = self._person("Driver"), self._person("Rider")
        self.places = [self._around(MIDDLE, SIDE_M / 2) for _ in range(VILLAGES)]

    def rides(self, number: int, *, with_riders: float = WITH_RIDERS) -> Iterator[Ride]:
        """Draw rides; so large a part of them has riders aboard."""
        for _ in range(number):
            start, goal = self._ends()
            departs = self._moment()
            ride = planned(
                UUID(int=self.chance.getrandbits(128)),
                [start, goal],
                departs=departs,
                departs_until=departs + 60 * self.chance.choice([0, 10, 20, 30]),
                detour=60 * self.chance.choice([5, 10, 15, 20]),
                seats=self.chance.choice([1, 2, 3, 4]),
                roads=roads(),
            )
            if self.chance.random() < with_riders:
                for _ in range(self.chance.choice([1, 2, 3])):
                    ride = self._boarded(ride)
            yield ride

    def wish(self) -> RideRequest:
        """Draw somebody who looks for a ride, within the villages' public stops."""
        start, goal = self._ends()
        earliest = self._moment()
        return RideRequest(
            village=self.village,
            person=self.rider,
            from_name="from",
            from_lat=start.lat,
            from_lng=start.lng,
            to_name="to",
            to_lat=goal.lat,
            to_lng=goal.lng,
            earliest=_moment(earliest),
            latest_arrival=_moment(earliest + 60 * self.chance.choice([90, 120, 150])),
            seats=1,
            created_at=timezone.now(),
        )

    def _person(self, name: str) -> Resident:
        person = Resident.objects.create(display_name=name, password="!")
        Membership.objects.create(village=self.village, resident=person, created_at=timezone.now())
        return person

    def _around(self, point: Point, metres: float) -> Point:
        lat = point.lat + self.chance.uniform(-metres, metres) / METRES_PER_DEGREE
        wide = METRES_PER_DEGREE * math.cos(math.radians(point.lat))
        return Point(lat, point.lng + self.chance.uniform(-metres, metres) / wide)

    def _ends(self) -> tuple[Point, Point]:
        while True:
            here, there = self.chance.sample(self.places, 2)
            north = (here.lat - there.lat) * METRES_PER_DEGREE
            east = (here.lng - there.lng) * METRES_PER_DEGREE * 0.64
            if NEAR_M <= math.hypot(north, east) <= FAR_M:
                return self._around(here, 1_000), self._around(there, 1_000)

    def _moment(self) -> int:
        if self.chance.random() < AT_ANY_TIME:
            hour = self.chance.uniform(5, 22)
        else:
            hour = min(22.0, max(5.0, self.chance.gauss(self.chance.choice(PEAKS), 0.75)))
        return self.midnight + int(hour * 3600)

    def _boarded(self, ride: Ride) -> Ride:
        ends = ride.calls[0], ride.calls[-1]
        spots = [Spot(self._around(call.point, 2_000)) for call in ends]
        wish = Wish(
            (spots[0],),
            (spots[1],),
            ends[0].arrives - 1800,
            ends[1].arrives + 3600,
            ends[1].arrives + 3600,
        )
        found = fitting(wish, [ride], roads(), at=0)
        if not found:
            return ride
        name = UUID(int=self.chance.getrandbits(128))
        return with_rider(ride, found[0], wish, name, roads(), promise=900)


def write(region: Region, rides: Sequence[Ride]) -> None:
    """Write rides with their riders, plans and places in the index, as the village keeps them."""
    cells = []
    for first in range(0, len(rides), AT_ONCE):
        some = rides[first : first + AT_ONCE]
        rows = [offer_of(region, ride) for ride in some]
        RideOffer.objects.bulk_create(rows)
        Booking.objects.bulk_create(
            Booking(
                pk=call.rider,
                village=region.village,
                offer_id=ride.id,
                rider=region.driver,
                seats=call.boards,
                status="completed",
                created_at=row.created_at,
            )
            for row, ride in zip(rows, some, strict=True)
            for call in ride.calls
            if call.boards > 0
        )
        RideCall.objects.bulk_create(
            each for row, ride in zip(rows, some, strict=True) for each in calls_of(row, ride)
        )
        cells.append(_index(region, some))
    _copy(np.concatenate(cells))


def _index(region: Region, rides: Sequence[Ride]) -> Whole:
    """Give rides their short numbers; give the rows under which they are posted."""
    fastest = roads().fastest
    posted = IndexedRide.objects.bulk_create(
        IndexedRide(
            village=region.village, offer_id=ride.id, version=1, fastest=fastest, plan=packed(ride)
        )
        for ride in rides
    )
    rows = [
        (key, row.pk, first, last)
        for row, ride in zip(posted, rides, strict=True)
        for key, first, last in cells_of(ride, fastest)
    ]
    return np.array(rows, dtype=np.int64)


def _copy(cells: Whole) -> None:
    """
    Hand rows of the index over in bulk, in the order of their key.

    They are four numbers each, in the binary form of PostgreSQL's COPY: a count, and before each
    number its length, https://www.postgresql.org/docs/15/sql-copy.html.
    """
    fields = [(f"{name}{number}", kind) for number in range(4) for name, kind in _NUMBER]
    rows = np.empty(len(cells), dtype=[("count", ">i2"), *fields])
    rows["count"] = 4
    cells = cells[np.lexsort((cells[:, 1], cells[:, 0]))]
    for number in range(4):
        rows[f"length{number}"], rows[f"value{number}"] = 8, cells[:, number]
    table = RideCell._meta.db_table
    with transaction.atomic(), connection.cursor() as cursor:
        # Their rides are there: no need to look each up. And it takes as long as it takes.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL statement_timeout = 0")
        columns = "key, ride_id, first, last"
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT BINARY)") as to:
            to.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
            for first in range(0, len(rows), CELLS_AT_ONCE):
                to.write(rows[first : first + CELLS_AT_ONCE].tobytes())
            to.write(b"\xff\xff")


def analyze() -> None:
    """Let the database see what there is now, as it does by itself after a while."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("RESET statement_timeout")


def offer_of(region: Region, ride: Ride) -> RideOffer:
    """Give a ride as an offer, not yet written."""
    first, last = ride.calls[0], ride.calls[-1]
    return RideOffer(
        pk=ride.id,
        village=region.village,
        driver=region.driver,
        from_name="from",
        from_lat=first.point.lat,
        from_lng=first.point.lng,
        to_name="to",
        to_lat=last.point.lat,
        to_lng=last.point.lng,
        departs_at=_moment(first.earliest),
        departs_until=_moment(first.latest),
        arrives_at=_moment(last.arrives + first.latest - first.earliest),
        detour_minutes=0,
        longest_seconds=ride.longest,
        seats=ride.seats,
        seats_left=ride.seats,
        created_at=timezone.now(),
    )


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
