"""A short way from door to door on foot, as the crow flies: a good one, and always the same."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from village.core.geo import METRES_PER_DEGREE, Point

# Nobody carries more in one walk; what is more is several walks, one after the other.
MOST_DOORS = 150
# Each round takes crossings out; after a few there are none left worth the time.
ROUNDS = 10
# So many of the doors around the middle are tried as the first one.
BEGINNINGS = 6
# Shorter than that is rounding.
_A_STEP_M = 0.01

# Metres east and north of where the walk begins.
_Spot = tuple[float, float]
_START: _Spot = (0.0, 0.0)


def walk(start: Point, doors: Sequence[Point]) -> list[int]:
    """
    Give the places of the doors in the order of a short walk that begins at ``start``.

    From each of the doors around, the nearest one comes next, and then stretches are turned round
    for as long as that shortens the walk; the shortest of these walks is taken (nearest neighbour
    and 2-opt: Croes, "A Method for Solving Traveling-Salesman Problems", Operations Research 6,
    1958). It ends at its last door. Many doors are cut into walks of ``MOST_DOORS`` like a cake
    (Gillett and Miller, Operations Research 22, 1974).
    """
    spots = [_spot(start, door) for door in doors]
    places = list(range(len(spots)))
    if len(places) > MOST_DOORS:
        places.sort(key=lambda place: (math.atan2(spots[place][1], spots[place][0]), place))
    slices = [places[first : first + MOST_DOORS] for first in range(0, len(places), MOST_DOORS)]
    return [place for some in slices for place in _walk(spots, some)]


def _spot(start: Point, door: Point) -> _Spot:
    # A village is flat enough for that; over the antimeridian it is the shorter way round.
    east = (door.lng - start.lng + 180) % 360 - 180
    flat = math.cos(math.radians(start.lat))
    return east * flat * METRES_PER_DEGREE, (door.lat - start.lat) * METRES_PER_DEGREE


def _walk(spots: Sequence[_Spot], places: Sequence[int]) -> list[int]:
    around = sorted(places, key=lambda place: (math.dist(_START, spots[place]), place))
    tries = [_shortened(spots, _nearest_next(spots, places, one)) for one in around[:BEGINNINGS]]
    return min(tries, key=lambda order: (_metres(spots, order), order))


def _metres(spots: Sequence[_Spot], order: Sequence[int]) -> float:
    way = [_START, *(spots[place] for place in order)]
    return sum(math.dist(one, other) for one, other in pairwise(way))


def _nearest_next(spots: Sequence[_Spot], places: Sequence[int], first: int) -> list[int]:
    left, order, here = [place for place in places if place != first], [first], spots[first]
    while left:
        nearest = min(left, key=lambda place: (math.dist(here, spots[place]), place))
        left.remove(nearest)
        order.append(nearest)
        here = spots[nearest]
    return order


def _shortened(spots: Sequence[_Spot], order: list[int]) -> list[int]:
    for _ in range(ROUNDS):
        is_shorter = False
        for first in range(len(order) - 1):
            for last in range(first + 1, len(order)):
                if _gain(spots, order, first, last) > _A_STEP_M:
                    order[first : last + 1] = reversed(order[first : last + 1])
                    is_shorter = True
        if not is_shorter:
            break
    return order


def _gain(spots: Sequence[_Spot], order: Sequence[int], first: int, last: int) -> float:
    """Give by how many metres the walk is shorter when a stretch of it is walked backwards."""
    before = spots[order[first - 1]] if first else _START
    one, other = spots[order[first]], spots[order[last]]
    gain = math.dist(before, one) - math.dist(before, other)
    if last + 1 < len(order):
        after = spots[order[last + 1]]
        gain += math.dist(other, after) - math.dist(one, after)
    return gain
