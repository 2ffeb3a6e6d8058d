"""The index of hours and cells: whatever fits is found in it, and little else."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from uuid import UUID

import pytest

from carpool.matching import Ride, Spot, Wish, fitting, planned
from carpool.matching.cells import HOUR, ROWS, asked_of, cells_of, may_fit
from carpool.routing import Estimate
from tests.carpool.matching.traffic import MIDDLE, MORNING, Traffic
from village.core.geo import Point

pytestmark = pytest.mark.once
ROADS = Estimate()
FAST = Estimate(factor=1.3, metres_a_second=30)


def at_keys(ride: Ride, fastest: float) -> dict[int, tuple[int, int]]:
    """Post a ride as the database does."""
    return {key: (first, last) for key, first, last in cells_of(ride, fastest)}


def lost_and_found(traffic: Traffic, *, rides: int = 60, wishes: int = 25) -> tuple[int, int, int]:
    """Count what fits, what of it the index does not know, and what it says may fit."""
    fastest = traffic.roads.fastest
    offered = [traffic.ride(riders=number % 4) for number in range(rides)]
    posted = {ride.id: at_keys(ride, fastest) for ride in offered}
    fits = lost = known = 0
    for number in range(wishes):
        wish = traffic.wish_along(offered[number]) if number % 2 else traffic.wish()
        found = {match.ride_id for match in fitting(wish, offered, traffic.roads, at=0)}
        asked = asked_of(wish, fastest)
        may = {name for name, cells in posted.items() if may_fit(cells, asked)}
        fits, lost, known = fits + len(found), lost + len(found - may), known + len(may)
    return fits, lost, known


class TestCellsOf:
    @pytest.mark.parametrize(
        ("middle", "degrees"),
        [
            (MIDDLE, 0.12),
            (MIDDLE, 0.6),
            (MIDDLE, 4.0),
            (Point(0, 179.99), 0.12),
            (Point(89.7, 10), 0.3),
            (Point(-89.9, -170), 0.2),
        ],
        ids=["village", "county", "country", "date line", "north pole", "south pole"],
    )
    def test_lose_nothing_that_fits(self, middle: Point, degrees: float) -> None:
        fits, lost, known = lost_and_found(Traffic(Random(5), ROADS, middle, degrees))

        assert fits >= 3
        assert lost == 0
        assert known < 60 * 25 / 2, "an index that leaves nothing out is none"

    def test_lose_nothing_where_roads_are_fast(self) -> None:
        _, lost, _ = lost_and_found(Traffic(Random(6), FAST, degrees=0.5))

        assert lost == 0

    def test_of_a_ride_around_the_world_are_few(self) -> None:
        ride = planned(
            UUID(int=1),
            [Point(60, -170), Point(-50, 20), Point(80, 100)],
            departs=MORNING,
            departs_until=MORNING + 4 * HOUR,
            detour=7200,
            seats=4,
            roads=ROADS,
        )

        assert len(cells_of(ride, ROADS.fastest)) < 20_000

    def test_of_a_full_leg_are_none(self) -> None:
        traffic = Traffic(Random(8), ROADS)
        full = replace(traffic.ride(), seats=1)
        while not any(call.boards for call in full.calls):
            full = traffic.boarded(full)

        more = replace(full, seats=2)

        assert len(cells_of(full, ROADS.fastest)) < len(cells_of(more, ROADS.fastest))

    def test_leave_out_who_drives_the_other_way(self) -> None:
        """At the same hours, through the same cells."""
        here, there = MIDDLE, Point(MIDDLE.lat + 0.2, MIDDLE.lng)
        how = {"departs": MORNING, "departs_until": MORNING + 600, "detour": 300, "seats": 3}
        along, against = (
            planned(UUID(int=1), ends, roads=ROADS, **how)
            for ends in ([here, there], [there, here])
        )
        spots = (Spot(here),), (Spot(there),)
        asked = asked_of(Wish(*spots, MORNING, MORNING + 7200, MORNING + 7200), ROADS.fastest)

        assert may_fit(at_keys(along, ROADS.fastest), asked)
        assert not may_fit(at_keys(against, ROADS.fastest), asked)


class TestAskedOf:
    def test_are_of_the_hours_in_which_she_could_be_there(self) -> None:
        """Ten kilometres away nobody arrives in the minute in which she starts."""
        wish = Wish(
            pickups=(Spot(MIDDLE),),
            dropoffs=(Spot(Point(MIDDLE.lat + 0.09, MIDDLE.lng)),),
            earliest=MORNING + 3000,
            latest=MORNING + 5400,
            arrives_by=MORNING + 5400,
        )

        asked = asked_of(wish, ROADS.fastest)

        assert len(asked.pickups) == 2 * len(ROWS)
        assert len(asked.dropoffs) == len(ROWS)
