"""Which rides fit: against a slow oracle that tries every second the driver could leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carpool.matching import (
    ROAD_FACTOR,
    SPEED_KMH,
    Match,
    Ride,
    Wish,
    driving_time,
    match_of,
    matches,
)
from carpool.places import rough
from village.core.geo import Point, distance_m

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LINDE, TOWN = Point(50.01493, 11.50661), Point(49.95182, 11.57934)
# Within some ten kilometres around the linden tree, where rides do match.
near = st.builds(Point, st.floats(49.95, 50.08), st.floats(11.42, 11.6))


def up_to(most: timedelta) -> st.SearchStrategy[timedelta]:
    """Draw whole seconds."""
    return st.integers(0, int(most.total_seconds())).map(lambda n: timedelta(seconds=n))


rides = st.builds(
    lambda start, goal, leaves, flexible, detour, seats, number: Ride(
        UUID(int=number), start, goal, NOON + leaves, NOON + leaves + flexible, detour, seats
    ),
    near,
    near,
    up_to(timedelta(minutes=10)),
    up_to(timedelta(minutes=20)),
    up_to(timedelta(minutes=90)),
    st.integers(1, 4),
    st.integers(1, 2**64),
)
wishes = st.builds(
    lambda start, goal, earliest, window, seats: Wish(
        start, goal, NOON + earliest, NOON + earliest + window, seats
    ),
    near,
    near,
    up_to(timedelta(minutes=20)),
    up_to(timedelta(hours=2)),
    st.integers(1, 2),
)


@pytest.fixture
def ride() -> Ride:
    """Give a ride from the linden tree to the town at noon, or a quarter of an hour later."""
    return Ride(
        UUID(int=1),
        LINDE,
        TOWN,
        NOON,
        NOON + timedelta(minutes=15),
        detour=timedelta(minutes=10),
        seats_left=3,
    )


@pytest.fixture
def wish() -> Wish:
    """Give a wish that the ride fulfils."""
    return Wish(LINDE, TOWN, NOON, NOON + timedelta(hours=1), seats=1)


def slowly(wish: Wish, ride: Ride, at: datetime) -> tuple[datetime, datetime] | None:
    """Find the first second at which leaving works; give when the rider is picked up, and there."""

    def drive(start: Point, goal: Point) -> int:
        metres = distance_m(rough(start), rough(goal)) * ROAD_FACTOR
        return round(metres / (SPEED_KMH * 1000 / 3600))

    to_rider, with_rider = drive(ride.start, wish.start), drive(wish.start, wish.goal)
    longer = to_rider + with_rider + drive(wish.goal, ride.goal) - drive(ride.start, ride.goal)
    if ride.seats_left < wish.seats or longer > ride.detour.total_seconds():
        return None
    for second in range(int((ride.departs_until - ride.departs_at).total_seconds()) + 1):
        leaves = ride.departs_at + timedelta(seconds=second)
        picked_up = leaves + timedelta(seconds=to_rider)
        there = picked_up + timedelta(seconds=with_rider)
        if leaves >= at and picked_up >= wish.earliest and there <= wish.latest_arrival:
            return picked_up, there
    return None


class TestMatchOf:
    @settings(max_examples=300)
    @given(wish=wishes, ride=rides, wait=up_to(timedelta(minutes=15)))
    def test_finds_what_the_oracle_finds(self, wish: Wish, ride: Ride, wait: timedelta) -> None:
        at = NOON + wait
        match = match_of(wish, ride, at=at)

        shown = None if match is None else (match.pickup_at, match.arrives_at)
        assert shown == slowly(wish, ride, at)

    @given(wish=wishes, ride=rides)
    def test_of_who_has_all_day_is_found_as_soon_as_the_detour_is_allowed(
        self, wish: Wish, ride: Ride
    ) -> None:
        all_day = replace(wish, latest_arrival=NOON + timedelta(days=1), seats=1)
        patient = replace(
            ride,
            departs_until=NOON + timedelta(hours=2),
            detour=timedelta(hours=3),
            seats_left=1,
        )
        match = match_of(all_day, patient, at=NOON)

        assert match is not None
        assert match_of(all_day, replace(patient, detour=match.detour), at=NOON) == match
        less = match.detour - timedelta(seconds=1)
        assert match_of(all_day, replace(patient, detour=less), at=NOON) is None

    @given(wish=wishes, ride=rides, point=near)
    def test_tells_no_more_of_a_home_than_everybody_may_know(
        self, wish: Wish, ride: Ride, point: Point
    ) -> None:
        """Two homes that look alike on the board give the same answer to every question."""
        elsewhere = replace(ride, start=point, goal=rough(ride.goal))
        blurred = replace(elsewhere, start=rough(point))

        assert match_of(wish, elsewhere, at=NOON) == match_of(wish, blurred, at=NOON)

    def test_the_same_way_is_no_detour(self, wish: Wish, ride: Ride) -> None:
        match = match_of(wish, replace(ride, detour=timedelta(0)), at=NOON)

        assert match is not None
        assert (match.detour, match.waits, match.pickup_at) == (timedelta(0), timedelta(0), NOON)

    def test_the_driver_waits_until_the_rider_is_ready(self, wish: Wish, ride: Ride) -> None:
        ready = NOON + timedelta(minutes=15)
        match = match_of(replace(wish, earliest=ready), ride, at=NOON)

        assert match is not None
        assert (match.waits, match.pickup_at) == (timedelta(minutes=15), ready)

    @pytest.mark.parametrize(
        "changes",
        [
            {"earliest": NOON + timedelta(minutes=15, seconds=1)},
            {"latest_arrival": NOON + timedelta(minutes=5)},
            {"seats": 4},
            {"goal": Point(50.5, 12.5)},
        ],
        ids=["too late", "too early", "too many", "too far"],
    )
    def test_what_does_not_fit_is_no_match(
        self, wish: Wish, ride: Ride, changes: dict[str, object]
    ) -> None:
        assert match_of(replace(wish, **changes), ride, at=NOON) is None  # type: ignore[arg-type]

    def test_a_ride_that_has_left_takes_nobody(self, wish: Wish, ride: Ride) -> None:
        assert match_of(wish, ride, at=NOON + timedelta(minutes=16)) is None

    def test_the_other_direction_is_a_long_detour(self, wish: Wish, ride: Ride) -> None:
        back = replace(ride, start=TOWN, goal=LINDE, detour=timedelta(hours=1))
        match = match_of(wish, back, at=NOON)

        assert match is not None
        assert match.detour == 2 * driving_time(rough(LINDE), rough(TOWN))


class TestMatches:
    @given(wish=wishes, offered=st.lists(rides, max_size=8, unique_by=lambda ride: ride.id))
    def test_come_with_the_smallest_detour_first(self, wish: Wish, offered: list[Ride]) -> None:
        found = matches(wish, offered, at=NOON)

        def key(match: Match) -> tuple[timedelta, datetime, UUID]:
            return match.detour, match.pickup_at, match.ride_id

        assert found == sorted(found, key=key)
        assert {match.ride_id for match in found} == {
            ride.id for ride in offered if slowly(wish, ride, NOON) is not None
        }


class TestDrivingTime:
    @given(near, near)
    def test_is_the_same_both_ways(self, start: Point, goal: Point) -> None:
        assert driving_time(start, goal) == driving_time(goal, start)

    def test_is_the_line_made_longer_at_one_speed(self) -> None:
        # 8.75 km through the air, so 11.4 km of road, so a good 13 minutes.
        assert round(driving_time(LINDE, TOWN).total_seconds() / 60) == 14
