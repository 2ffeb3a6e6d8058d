"""
Where and when a ride may come by: a lossless cover of hours and cells, and what a wish asks of it.

A leg may be left for a rider only where the way by her place is not too long: in an ellipse around
its two ends. A ride is posted under each hour and cell that the ellipses of its legs touch, with
the first and the last second at which it may be there; a wish is looked up under the cells of its
places, and must be picked up long enough before she leaves. Whatever fits is found; what is found
need not fit.

The cells have five sizes, from 4.9 km up, each four times the one before. A long leg is posted in
large cells, so that no ride has very many; a wish is looked up in all sizes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from carpool.matching.rides import DWELL, Ride, Spot, Wish
from carpool.routing.estimate import through_the_air
from carpool.routing.port import Coordinates, Whole, coordinates
from village.core.geo import METRES_PER_DEGREE, Point, bounding_box, distance_m

HOUR = 3600
# How many rows of cells the Earth has in each size, from pole to pole.
ROWS = (4096, 1024, 256, 64, 16)
# A leg takes the smallest size in which no more cells than this have to be looked at.
MOST_LOOKED_AT = 1024
# No point of a cell is farther from its middle than this times the cell's height: half the
# diagonal, and a little for the bend of the Earth.
_RADIUS = 0.72
# Each drive is rounded to whole seconds, and an insertion takes the sum of a few.
_ROUNDING = 3
_COLUMN_BITS, _ROW_BITS, _SIZE_BITS = 13, 12, 3

Floats = NDArray[np.float64]
# A key, and the first and last second at which a ride may be there.
Posting = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """
    Hold what a wish asks of the index.

    She is picked up in a cell of ``pickups`` within ``boards``, and leaves in one of ``dropoffs``
    within ``leaves``, both from and until a second, and at least ``carried`` seconds apart.
    """

    pickups: list[int]
    dropoffs: list[int]
    boards: tuple[int, int]
    leaves: tuple[int, int]
    carried: int


def cells_of(ride: Ride, fastest: float) -> list[Posting]:
    """
    Give every hour and cell where the ride may pick somebody up or let her out, and from when on.

    ``fastest`` is what no drive exceeds through the air, in metres a second.
    """
    taken = list(accumulate(call.boards for call in ride.calls))
    spare = ride.longest - ride.driving
    found = [
        _postings_of_leg(ride, leg, spare, fastest)
        for leg in range(len(ride.calls) - 1)
        if taken[leg] < ride.seats
    ]
    if not sum(len(keys) for keys, _, _ in found):
        return []
    keys, first, last = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    begins = np.flatnonzero(np.diff(keys, prepend=keys[0] - 1))
    first = np.minimum.reduceat(first[order], begins)
    last = np.maximum.reduceat(last[order], begins)
    return list(zip(keys[begins].tolist(), first.tolist(), last.tolist(), strict=True))


def asked_of(wish: Wish, fastest: float) -> Asked:
    """Give under which keys to look a wish up, and when."""
    shortest = min(
        int(distance_m(pickup.point, dropoff.point) / fastest)
        for pickup in wish.pickups
        for dropoff in wish.dropoffs
    )
    carried = max(0, shortest - _ROUNDING) + DWELL
    walk = min(spot.walk for spot in wish.pickups)
    walk_on = min(spot.walk for spot in wish.dropoffs)
    boards = wish.earliest + walk, min(wish.latest, wish.arrives_by - walk_on - carried)
    leaves = wish.earliest + walk + carried, wish.arrives_by - walk_on
    return Asked(
        _keys_at(wish.pickups, *boards), _keys_at(wish.dropoffs, *leaves), boards, leaves, carried
    )


def may_fit(posted: Mapping[int, tuple[int, int]], asked: Asked) -> bool:
    """Tell whether a ride may fit, by when it may be where, under each key; see the index."""
    boards = [
        first
        for first, last in (posted[key] for key in asked.pickups if key in posted)
        if first <= asked.boards[1] and last >= asked.boards[0]
    ]
    leaves = [
        last
        for first, last in (posted[key] for key in asked.dropoffs if key in posted)
        if first <= asked.leaves[1] and last >= asked.leaves[0]
    ]
    return bool(boards and leaves) and min(boards) + asked.carried <= max(leaves)


def _keys_at(spots: Iterable[Spot], first: int, last: int) -> list[int]:
    places = {_place_of(size, spot.point) for spot in spots for size in range(len(ROWS))}
    hours = range(first // HOUR, last // HOUR + 1)
    return sorted(_key(hour, place) for hour in hours for place in places)


def _key(hour: int, place: int) -> int:
    return (hour << (_SIZE_BITS + _ROW_BITS + _COLUMN_BITS)) | place


def _place(size: int, row: int, column: int) -> int:
    return (((size << _ROW_BITS) | row) << _COLUMN_BITS) | column


def _place_of(size: int, point: Point) -> int:
    rows = ROWS[size]
    row = min(rows - 1, int((point.lat + 90) / 180 * rows))
    columns = _columns(size, row)
    return _place(size, row, int((point.lng + 180) / 360 * columns) % columns)


def _columns(size: int, row: int) -> int:
    """Give how many cells a row has: none is wider than high, where the row is widest."""
    height = 180 / ROWS[size]
    south = row * height - 90
    widest = 0.0 if south < 0 < south + height else min(abs(south), abs(south + height))
    return max(1, math.ceil(2 * ROWS[size] * math.cos(math.radians(widest))))


def _postings_of_leg(
    ride: Ride, leg: int, spare: int, fastest: float
) -> tuple[Whole, Whole, Whole]:
    """Give the postings of one leg: every cell of its ellipse, when the ride may be there."""
    here, there = ride.calls[leg], ride.calls[leg + 1]
    leaves = here.arrives + here.dwell
    soonest = max(0, *(call.earliest - call.arrives for call in ride.calls[: leg + 1]))
    latest = min(call.latest - call.arrives for call in ride.calls[: leg + 1])
    until = there.arrives + min(call.latest - call.arrives for call in ride.calls[leg + 1 :])
    # What is left of the time and of the driver's patience for the way by a place.
    longest = min(there.arrives - leaves + spare, until - leaves - soonest - DWELL) + _ROUNDING
    size, places, middles = _around(here.point, there.point, longest * fastest)
    radius = _RADIUS * 180 / ROWS[size] * METRES_PER_DEGREE
    ends = coordinates([here.point, there.point])
    seconds = np.maximum(through_the_air(middles, ends) - radius, 0) / fastest
    touched = seconds.sum(axis=1) <= longest
    places, seconds = places[touched], np.floor(seconds[touched]).astype(np.int64)
    first = leaves + soonest + seconds[:, 0] - _ROUNDING
    # Where she leaves, the driver has gone out of her way for her already, and stood: but all in
    # all she is no later at the next call than by what she may drive more.
    there_by = min(there.arrives + latest + spare + DWELL, until - DWELL)
    return _spread(places, first, there_by - seconds[:, 1] + _ROUNDING)


def _around(here: Point, there: Point, metres: float) -> tuple[int, Whole, Coordinates]:
    """
    Give a size, and the cells of it that hold all points near enough to both ends.

    Whoever is at most ``metres`` from both together is within half of what they and the ends are
    apart of either.
    """
    if metres < 0:
        return 0, np.empty(0, dtype=np.int64), np.empty((0, 2))
    reach = (metres + distance_m(here, there)) / 2
    boxes = [bounding_box(point, reach) for point in (here, there)]
    south = max(box.south for box in boxes)
    north = min(box.north for box in boxes)
    box = min(boxes, key=lambda box: (box.east - box.west) % 360 or 360)
    wide = 360.0 if box.east - box.west == 360 else (box.east - box.west) % 360
    for size, rows in enumerate(ROWS):
        bottom = max(0, int((south + 90) / 180 * rows) - 1)
        top = min(rows - 1, int((north + 90) / 180 * rows) + 1)
        found = [(row, *_span(size, row, box.west, wide)) for row in range(bottom, top + 1)]
        if size == len(ROWS) - 1 or sum(count for *_, count in found) <= MOST_LOOKED_AT:
            break
    return size, *_laid_out(size, found)


def _span(size: int, row: int, west: float, wide: float) -> tuple[int, int]:
    """Give the first column of a row that a box touches, and how many it does."""
    columns = _columns(size, row)
    first = math.floor((west + 180) / 360 * columns) - 1
    count = min(columns, math.ceil(wide / 360 * columns) + 3)
    return first, count


def _laid_out(size: int, spans: Sequence[tuple[int, int, int]]) -> tuple[Whole, Coordinates]:
    height = 180 / ROWS[size]
    places, lats, lngs = [], [], []
    for row, first, count in spans:
        columns = _columns(size, row)
        column = np.arange(first, first + count) % columns
        places.append(_place(size, row, 0) + column)
        lats.append(np.full(count, (row + 0.5) * height - 90))
        lngs.append((column + 0.5) / columns * 360 - 180)
    middles = np.stack([np.concatenate(lats), np.concatenate(lngs)], axis=1)
    return np.concatenate(places).astype(np.int64), middles


def _spread(places: Whole, first: Whole, last: Whole) -> tuple[Whole, Whole, Whole]:
    """Give a posting of each place for each hour from its first second to its last."""
    counts = np.maximum(last // HOUR - first // HOUR + 1, 0)
    begins = np.cumsum(counts) - counts
    hours = np.arange(counts.sum()) - np.repeat(begins - first // HOUR, counts)
    shift = _SIZE_BITS + _ROW_BITS + _COLUMN_BITS
    keys: Whole = (hours << shift) | np.repeat(places, counts)
    return keys, np.repeat(first, counts), np.repeat(last, counts)
