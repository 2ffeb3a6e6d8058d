"""Which rides fit: against an oracle that tries everything."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from uuid import UUID

import pytest

from carpool.matching import Match, Ride, Spot, Wish, fitting, planned, with_rider, without_riders
from carpool.routing import Estimate
from tests.carpool.matching.oracle import Found, Oracle, remembered, through_the_air
from tests.carpool.matching.traffic import MORNING, Traffic
from village.core.geo import Point

pytestmark = pytest.mark.once
LINDE, TOWN = Point(50.01493, 11.50661), Point(49.95182, 11.57934)
HALFWAY = Point(49.983, 11.543)
ROADS = Estimate()


def shown(match: Match) -> Found:
    """Say of a match what the oracle says."""
    return Found(
        match.extra_seconds,
        match.walk,
        match.pickup_leg,
        match.dropoff_leg,
        match.pickup,
        match.dropoff,
        match.shift,
        match.slack,
        match.pickup_at,
        match.arrives_at,
    )


def to_town(**changes: object) -> Ride:
    """Plan a ride from the linden tree to the town, in the morning or a little later."""
    how: dict[str, object] = {
        "departs": MORNING,
        "departs_until": MORNING + 900,
        "detour": 600,
        "seats": 3,
        "roads": ROADS,
    }
    return planned(UUID(int=1), [LINDE, TOWN], **(how | changes))  # type: ignore[arg-type]


def wish(**changes: object) -> Wish:
    """Wish for a ride from the linden tree to the town within an hour."""
    what: dict[str, object] = {
        "pickups": (Spot(LINDE),),
        "dropoffs": (Spot(TOWN),),
        "earliest": MORNING,
        "latest": MORNING + 3600,
        "arrives_by": MORNING + 3600,
    }
    return Wish(**(what | changes))  # type: ignore[arg-type]


def only(found: list[Match]) -> Match:
    """Give the one match."""
    (match,) = found
    return match


class TestFitting:
    @pytest.mark.parametrize("seed", range(6))
    def test_finds_what_the_oracle_finds(self, seed: int) -> None:
        traffic = Traffic(Random(seed), ROADS)
        oracle = Oracle(remembered(through_the_air), traffic.detours)
        rides = [traffic.ride(riders=number % 4) for number in range(24)]
        at = MORNING + 1200

        for _ in range(12):
            looked_for = traffic.wish()
            found = {
                match.ride_id: shown(match) for match in fitting(looked_for, rides, ROADS, at=at)
            }
            expected = {ride.id: oracle.match(looked_for, ride, at) for ride in rides}
            assert found == {name: match for name, match in expected.items() if match}

    def test_nobody_drives_where_nobody_offers(self) -> None:
        assert fitting(wish(), [], ROADS, at=0) == []

    def test_the_same_way_is_no_detour(self) -> None:
        match = only(fitting(wish(), [to_town(detour=0)], ROADS, at=0))

        assert (match.extra_seconds, match.extra_metres, match.shift) == (0, 0, 0)
        assert match.pickup_at == MORNING

    def test_the_driver_leaves_later_for_a_rider_who_is_ready_later(self) -> None:
        match = only(fitting(wish(earliest=MORNING + 900), [to_town()], ROADS, at=0))

        assert (match.shift, match.slack, match.pickup_at) == (900, 0, MORNING + 900)

    @pytest.mark.parametrize(
        "changes",
        [
            {"earliest": MORNING + 901},
            {"latest": MORNING + 300, "arrives_by": MORNING + 300},
            {"seats": 4},
            {"dropoffs": (Spot(Point(50.5, 12.5)),)},
            {"longest": 600},
        ],
        ids=["too late", "too early", "too many", "too far", "too long"],
    )
    def test_what_does_not_fit_is_no_match(self, changes: dict[str, object]) -> None:
        assert fitting(wish(**changes), [to_town()], ROADS, at=0) == []

    def test_a_ride_that_has_left_takes_nobody(self) -> None:
        assert fitting(wish(), [to_town()], ROADS, at=MORNING + 901) == []

    def test_a_car_never_picks_up_before_it_can_leave(self) -> None:
        match = only(fitting(wish(), [to_town()], ROADS, at=MORNING + 600))

        assert match.pickup_at == MORNING + 600

    def test_riders_do_not_lengthen_what_the_driver_allows(self) -> None:
        """The detour she allows is measured from the way without riders, however many there are."""
        aside = Point(50.0, 11.47)
        looked_for = wish(pickups=(Spot(aside),))
        ride = to_town(departs_until=MORNING + 7200)
        first = only(fitting(looked_for, [ride], ROADS, at=0))
        ride = to_town(departs_until=MORNING + 7200, detour=first.extra_seconds + 60)
        taken = with_rider(ride, first, looked_for, UUID(int=7), ROADS)
        other_side = wish(pickups=(Spot(Point(50.02, 11.56)),))

        assert fitting(other_side, [ride], ROADS, at=0)
        assert not fitting(other_side, [taken], ROADS, at=0)

    def test_one_seat_serves_two_riders_one_after_the_other(self) -> None:
        early, late = wish(dropoffs=(Spot(HALFWAY),)), wish(pickups=(Spot(HALFWAY),))
        ride = to_town(seats=1)
        taken = with_rider(
            ride, only(fitting(early, [ride], ROADS, at=0)), early, UUID(int=7), ROADS
        )

        match = only(fitting(late, [taken], ROADS, at=0))

        assert (match.pickup_leg, match.dropoff_leg) == (2, 2)
        assert fitting(wish(), [taken], ROADS, at=0) == []

    def test_a_short_walk_saves_a_long_detour(self) -> None:
        away = Spot(Point(50.02, 11.45))
        match = only(fitting(wish(pickups=(away, Spot(LINDE, 120))), [to_town()], ROADS, at=0))

        assert match.pickup == Spot(LINDE, 120)
        assert match.walk == 120
        assert match.pickup_at == MORNING + 120


class TestWithRider:
    @pytest.mark.parametrize("seed", range(8))
    def test_takes_as_long_as_the_match_says(self, seed: int) -> None:
        traffic = Traffic(Random(seed), ROADS)
        for _ in range(30):
            ride, looked_for = traffic.ride(riders=seed % 3), traffic.wish()
            for match in fitting(looked_for, [ride], ROADS, at=0):
                name = traffic.uuid()
                taken = with_rider(ride, match, looked_for, name, ROADS, promise=0)

                assert taken.driving == ride.driving + match.extra_seconds
                assert taken.shifts == (match.shift, match.shift)
                assert without_riders(taken, [name], ROADS) == ride

    def test_keeps_what_was_promised(self) -> None:
        ride = to_town(departs_until=MORNING + 3600)
        match = only(fitting(wish(), [ride], ROADS, at=0))

        taken = with_rider(ride, match, wish(), UUID(int=7), ROADS, promise=300)

        assert taken.shifts == (0, 300)


class TestPlanned:
    @pytest.mark.parametrize("seats", [0, 500, -1])
    def test_refuses_seats_that_no_car_has(self, seats: int) -> None:
        with pytest.raises(ValueError, match="seats"):
            to_town(seats=seats)

    @pytest.mark.parametrize(
        "points", [[], [LINDE], [LINDE] * 10**6], ids=["none", "one", "a million"]
    )
    def test_refuses_a_way_by_too_few_places_or_too_many(self, points: list[Point]) -> None:
        with pytest.raises(ValueError, match="calls at"):
            planned(UUID(int=1), points, departs=0, departs_until=0, detour=0, seats=1, roads=ROADS)

    @pytest.mark.parametrize(
        "changes",
        [
            {"departs": 10**15},
            {"departs_until": MORNING - 1},
            {"detour": -(10**6)},
            {"detour": 10**12},
        ],
    )
    def test_refuses_times_that_are_none(self, changes: dict[str, object]) -> None:
        with pytest.raises(ValueError, match=r"time|window|drive"):
            to_town(**changes)

    @pytest.mark.parametrize(
        ("start", "goal"),
        [
            (Point(90, 0), Point(-90, 0)),
            (Point(0, 179.9), Point(0, -179.9)),
            (Point(89.9, 10), Point(89.9, -170)),
            (LINDE, LINDE),
        ],
        ids=["pole to pole", "over the date line", "over the pole", "nowhere"],
    )
    def test_drives_anywhere_on_earth(self, start: Point, goal: Point) -> None:
        ride = planned(
            UUID(int=1),
            [start, goal],
            departs=MORNING,
            departs_until=MORNING,
            detour=0,
            seats=1,
            roads=ROADS,
        )
        looked_for = wish(
            pickups=(Spot(start),),
            dropoffs=(Spot(goal),),
            latest=MORNING + 10**8,
            arrives_by=MORNING + 10**8,
        )

        assert ride.driving == through_the_air(start, goal)
        assert only(fitting(looked_for, [ride], ROADS, at=0)).extra_seconds == 0


class TestWish:
    @pytest.mark.parametrize(
        "changes",
        [
            {"seats": 0},
            {"seats": 500},
            {"pickups": ()},
            {"dropoffs": tuple(Spot(HALFWAY, walk) for walk in range(17))},
            {"arrives_by": MORNING - 1},
            {"earliest": -(10**12)},
            {"longest": -1},
        ],
    )
    def test_that_makes_no_sense_is_refused(self, changes: dict[str, object]) -> None:
        with pytest.raises(ValueError, match=r"\d|before"):
            replace(wish(), **changes)  # type: ignore[arg-type]
