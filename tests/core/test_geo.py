from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from village.core.geo import (
    EARTH_RADIUS_M,
    MAX_GRID_M,
    METRES_PER_DEGREE,
    Box,
    Point,
    bounding_box,
    distance_m,
    fuzz,
    within,
)

pytestmark = pytest.mark.once
LINDENTAL = Point(50.03, 11.57)
NORTH_POLE = Point(90, 0)
SALT = b"one salt for ever"
# What haversine loses between opposite ends of the Earth, in metres.
ROUNDING_M = 1.0

latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)
points = st.builds(Point, latitudes, longitudes)
grids = st.floats(1, MAX_GRID_M)
salts = st.binary(min_size=1, max_size=40)


def moved(start: Point, metres: float, bearing: float) -> Point:
    """Walk along a great circle (Snyder, Map Projections, USGS 1395, eq. 5-5 and 5-6)."""
    lat, angle = math.radians(start.lat), metres / EARTH_RADIUS_M
    sine = math.sin(lat) * math.cos(angle) + math.cos(lat) * math.sin(angle) * math.cos(bearing)
    east = math.sin(bearing) * math.sin(angle)
    north = math.cos(lat) * math.cos(angle) - math.sin(lat) * math.sin(angle) * math.cos(bearing)
    lng = start.lng + math.degrees(math.atan2(east, north))
    return Point(math.degrees(math.asin(max(-1, min(1, sine)))), (lng + 180) % 360 - 180)


class TestPoint:
    @pytest.mark.parametrize("lat", [math.nan, math.inf, -math.inf, 90.0001, -91])
    def test_refuses_a_latitude_that_is_none(self, lat: float) -> None:
        with pytest.raises(ValueError, match="latitude"):
            Point(lat, 0)

    @pytest.mark.parametrize("lng", [math.nan, math.inf, -math.inf, 180.0001, -360])
    def test_refuses_a_longitude_that_is_none(self, lng: float) -> None:
        with pytest.raises(ValueError, match="longitude"):
            Point(0, lng)

    def test_takes_the_edges_of_the_world(self) -> None:
        assert Point(-90, -180) != Point(90, 180)


class TestDistance:
    def test_uses_the_mean_radius_of_the_reference_ellipsoid(self) -> None:
        # GRS 80: a = 6 378 137 m, b = 6 356 752.3141 m.
        assert pytest.approx((2 * 6_378_137 + 6_356_752.3141) / 3, abs=0.05) == EARTH_RADIUS_M

    @pytest.mark.parametrize(
        ("a", "b", "metres"),
        [
            (Point(0, 0), Point(0, 1), METRES_PER_DEGREE),
            (Point(0, 0), NORTH_POLE, 90 * METRES_PER_DEGREE),
            (Point(-90, 12), NORTH_POLE, 180 * METRES_PER_DEGREE),
            (Point(60, 0), Point(60, 1), 55_597.5),
            (Point(0, 179.5), Point(0, -179.5), METRES_PER_DEGREE),
            (Point(12, 180), Point(12, -180), 0),
            (Point(90, 10), Point(90, -170), 0),
            (Point(50.03, 11.57), Point(50.03, 11.57001), 0.7143),
        ],
    )
    def test_knows_some_distances(self, a: Point, b: Point, metres: float) -> None:
        assert distance_m(a, b) == pytest.approx(metres, rel=1e-4, abs=1e-6)

    @given(points, points)
    def test_is_the_same_there_and_back(self, a: Point, b: Point) -> None:
        assert distance_m(a, b) == distance_m(b, a)

    @given(points)
    def test_is_nothing_to_where_one_stands(self, a: Point) -> None:
        assert distance_m(a, a) == 0

    @given(points, points, points)
    def test_is_never_longer_than_a_detour(self, a: Point, b: Point, c: Point) -> None:
        assert distance_m(a, c) <= distance_m(a, b) + distance_m(b, c) + ROUNDING_M

    @given(points, points)
    def test_is_never_longer_than_half_around_the_earth(self, a: Point, b: Point) -> None:
        assert 0 <= distance_m(a, b) <= math.pi * EARTH_RADIUS_M + ROUNDING_M

    @given(points, st.floats(0, 1_000_000), st.floats(0, math.tau))
    def test_measures_what_was_walked(self, start: Point, metres: float, bearing: float) -> None:
        arrived = moved(start, metres, bearing)
        assert distance_m(start, arrived) == pytest.approx(metres, abs=ROUNDING_M)


class TestBoundingBox:
    @given(points, st.floats(0, 20_000_000), st.floats(0, math.tau), st.floats(0, 1))
    @example(Point(0, 179.9), 50_000.0, math.pi / 2, 1.0)
    @example(Point(89.9, 10), 50_000.0, 0.1, 1.0)
    @example(Point(-90, 0), 1.0, 1.0, 1.0)
    def test_holds_everything_within_reach(
        self, centre: Point, metres: float, bearing: float, part: float
    ) -> None:
        neighbour = moved(centre, metres * part, bearing)
        if distance_m(centre, neighbour) <= metres:
            assert within(bounding_box(centre, metres), neighbour)

    @given(points, points, st.floats(0, 20_000_000))
    def test_leaves_out_only_what_is_farther(self, a: Point, b: Point, metres: float) -> None:
        if not within(bounding_box(a, metres), b):
            assert distance_m(a, b) > metres

    def test_is_tight_around_a_village(self) -> None:
        box = bounding_box(LINDENTAL, 1000)
        assert distance_m(Point(box.south, LINDENTAL.lng), LINDENTAL) == pytest.approx(1000, abs=1)
        assert distance_m(Point(LINDENTAL.lat, box.east), LINDENTAL) == pytest.approx(1000, abs=1)
        assert not within(box, Point(50.04, 11.57))

    def test_reaches_over_the_antimeridian(self) -> None:
        box = bounding_box(Point(-17, 179.99), 10_000)
        assert box.crosses_antimeridian
        assert within(box, Point(-17, -179.95))
        assert within(box, Point(-17, 180))
        assert within(box, Point(-17, -180))
        assert not within(box, Point(-17, 0))

    def test_takes_every_longitude_around_a_pole(self) -> None:
        box = bounding_box(Point(89.95, 20), 10_000)
        assert (box.west, box.north, box.east) == (-180, 90, 180)
        assert within(box, Point(89.98, -160))

    def test_knows_the_antimeridian_by_both_names(self) -> None:
        box = Box(0, 170, 1, 180)
        assert within(box, Point(0.5, -180))
        assert not within(box, Point(0.5, -179))

    @pytest.mark.parametrize("metres", [-1, math.nan, math.inf])
    def test_refuses_a_distance_that_is_none(self, metres: float) -> None:
        with pytest.raises(ValueError, match="distance"):
            bounding_box(LINDENTAL, metres)


class TestFuzz:
    @given(points, grids, salts)
    def test_stays_the_same_however_often_it_is_asked(
        self, home: Point, grid_m: float, salt: bytes
    ) -> None:
        assert len({fuzz(home, grid_m, salt) for _ in range(3)}) == 1

    @given(points, grids, salts)
    def test_tells_nothing_new_about_its_own_answer(
        self, home: Point, grid_m: float, salt: bytes
    ) -> None:
        about = fuzz(home, grid_m, salt)
        assert fuzz(about, grid_m, salt) == about

    @given(points, grids, salts)
    @example(NORTH_POLE, 300.0, SALT)
    @example(Point(-89.9999, 77), 300.0, SALT)
    @example(Point(89.2, 180), MAX_GRID_M, SALT)
    def test_stays_within_a_cell(self, home: Point, grid_m: float, salt: bytes) -> None:
        # A height of 1.4142 cells is exact for squares; 1e-6 m is for rounding.
        assert distance_m(home, fuzz(home, grid_m, salt)) <= grid_m * math.sqrt(2) + 1e-6

    @given(latitudes, grids, salts)
    def test_gives_the_antimeridian_one_answer_for_both_names(
        self, lat: float, grid_m: float, salt: bytes
    ) -> None:
        assert fuzz(Point(lat, 180), grid_m, salt) == fuzz(Point(lat, -180), grid_m, salt)

    @given(salts)
    def test_cuts_no_cell_where_the_longitudes_meet(self, salt: bytes) -> None:
        walk = [fuzz(Point(50, lng), 300, salt) for lng in (179.9999, 180, -180, -179.9999)]
        assert len(set(walk)) <= 2

    def test_gives_a_street_few_answers_and_they_lie_a_grid_apart(self) -> None:
        street = [Point(50.03, 11.57 + step / 100_000) for step in range(2000)]
        answers = sorted({fuzz(house, 300, SALT) for house in street}, key=lambda at: at.lng)
        assert 5 <= len(answers) <= 6
        for left, right in pairwise(answers):
            assert 300 <= distance_m(left, right) < 300.1

    def test_cannot_be_averaged_away(self) -> None:
        home = Point(50.031234, 11.571234)
        seen = [fuzz(home, 300, SALT) for _ in range(1000)]
        average = Point(
            math.fsum(at.lat for at in seen) / 1000, math.fsum(at.lng for at in seen) / 1000
        )
        assert distance_m(average, seen[0]) < 1e-3

    def test_hides_where_cells_end_from_whoever_lacks_the_salt(self) -> None:
        lattices = {fuzz(LINDENTAL, 300, b"salt %d" % number) for number in range(50)}
        assert len(lattices) == 50

    def test_shifts_each_row_by_itself(self) -> None:
        column = [Point(50 + row * 300 / METRES_PER_DEGREE, 11.57) for row in range(20)]
        assert len({fuzz(at, 300, SALT).lng for at in column}) == 20

    @pytest.mark.parametrize("grid_m", [0, -300, math.nan, math.inf, MAX_GRID_M * 1.01])
    def test_refuses_a_grid_that_is_none(self, grid_m: float) -> None:
        with pytest.raises(ValueError, match="grid"):
            fuzz(LINDENTAL, grid_m, SALT)

    def test_refuses_an_empty_salt(self) -> None:
        with pytest.raises(ValueError, match="salt"):
            fuzz(LINDENTAL, 300, b"")
