"""The way from door to door: each once, not far about, and the same every day."""

from __future__ import annotations

from itertools import pairwise, permutations
from random import Random

from notifications.walking import MOST_DOORS, walk
from village.core.geo import Point, distance_m

START = Point(50.0, 11.5)


def somewhere(seed: int, number: int) -> list[Point]:
    draw = Random(seed)
    return [Point(50 + draw.random() / 100, 11.5 + draw.random() / 100) for _ in range(number)]


def metres(doors: list[Point], order: list[int]) -> float:
    way = [START, *(doors[each] for each in order)]
    return sum(distance_m(one, other) for one, other in pairwise(way))


class TestAWalk:
    def test_goes_along_a_street_from_its_near_end(self) -> None:
        street = [Point(50.0, 11.5 + number / 1000) for number in (4, 2, 1, 3)]
        assert walk(START, street) == [2, 1, 3, 0]

    def test_passes_every_door_once(self) -> None:
        for number in (0, 1, 2, 40, MOST_DOORS + 1):
            doors = somewhere(number, number)
            assert sorted(walk(START, doors)) == list(range(number))

    def test_does_not_cross_its_own_way(self) -> None:
        corners = [(0.001, 0.0), (0.001, 0.002), (0.0, 0.001), (0.0, 0.003)]
        doors = [Point(50 + lat, 11.5 + lng) for lat, lng in corners]
        shortest = min(metres(doors, list(order)) for order in permutations(range(4)))
        assert metres(doors, walk(START, doors)) <= shortest * 1.001

    def test_is_near_the_shortest_there_is(self) -> None:
        for seed in range(8):
            doors = somewhere(seed, 7)
            shortest = min(metres(doors, list(order)) for order in permutations(range(7)))
            assert metres(doors, walk(START, doors)) <= shortest * 1.1

    def test_of_many_is_cut_into_walks_that_each_go_one_way(self) -> None:
        doors = somewhere(5, 2 * MOST_DOORS)
        order = walk(START, doors)
        shuffled = list(range(len(doors)))
        Random(1).shuffle(shuffled)
        assert metres(doors, order) < metres(doors, shuffled) / 4

    def test_goes_over_the_antimeridian_by_the_short_way(self) -> None:
        doors = [Point(0.0, -179.99), Point(0.0, 179.99), Point(0.0, 179.995)]
        assert walk(Point(0.0, 179.98), doors) == [1, 2, 0]

    def test_is_the_same_every_time(self) -> None:
        doors = somewhere(3, 60)
        twins = [*doors, *doors]
        assert walk(START, twins) == walk(START, twins)
