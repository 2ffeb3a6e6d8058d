"""
Which rides can take a rider along, and where in their way she fits best.

Every ride is tried, every pair of legs, every pair of spots. For each the conditions are bounds
on one number, by how much the ride leaves later; it fits when the largest lower bound is not above
the smallest upper one. The detour comes from tables: from the calls to the spots and back
(R. Geisberger et al., "Fast Detour Computation for Ride Sharing", ATMOS 2010).

All legs of all rides are looked at together. A leg on which one end alone is already too late, or
too far together with the nearest leg for the other end, is left out before pairs are made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import numpy as np

from carpool.matching.fleet import Fleet, fleet_of
from carpool.matching.legs import Pairs, Ways, joined, legs_of, tried, ways_of
from carpool.matching.rides import DWELL, Match, Ride, Wish
from carpool.routing.port import Roads, Whole


def fitting(wish: Wish, rides: Sequence[Ride], roads: Roads, *, at: int) -> list[Match]:
    """
    Give for each ride that can take the rider along after ``at`` the best way to do so.

    :raises RoadsUnavailable: nobody knows how long a drive takes
    """
    return fitting_in(wish, fleet_of(rides), roads, at=at)


def fitting_in(wish: Wish, fleet: Fleet, roads: Roads, *, at: int) -> list[Match]:
    """
    Give what :func:`fitting` gives, of rides that are laid out already.

    :raises RoadsUnavailable: nobody knows how long a drive takes
    """
    if not len(fleet.counts):
        return []
    legs = legs_of(wish, fleet, at)
    if not len(legs.calls):
        return []
    ways = ways_of(wish, fleet, roads)
    pairs = joined(
        [
            each
            for pickup in range(len(wish.pickups))
            for dropoff in range(len(wish.dropoffs))
            for each in tried(wish, legs, ways, pickup, dropoff)
        ]
    )
    return _best(wish, fleet, ways, pairs, at) if len(pairs) else []


def _best(wish: Wish, fleet: Fleet, ways: Ways, pairs: Pairs, at: int) -> list[Match]:
    """Look at all calls that each pair would move; give the best pair of each ride that fits."""
    sizes = fleet.counts[pairs.rides]
    begins = np.cumsum(sizes) - sizes
    rows = np.arange(sizes.sum()) + np.repeat(fleet.first[pairs.rides] - begins, sizes)
    before = rows <= np.repeat(pairs.boards, sizes)
    after = rows > np.repeat(pairs.leaves, sizes)
    # How much later each call is reached, before any shift.
    later = np.where(after, np.repeat(pairs.extra + 2 * DWELL, sizes), 0)
    later = np.where(before | after, later, np.repeat(pairs.between, sizes))
    reached = fleet.arrives[rows] + later
    aboard = np.where(after | (rows < np.repeat(pairs.boards, sizes)), 0, fleet.taken[rows])

    walks = np.array([spot.walk for spot in wish.pickups], dtype=np.int64)[pairs.pickup]
    walks_on = np.array([spot.walk for spot in wish.dropoffs], dtype=np.int64)[pairs.dropoff]
    leaves = fleet.arrives[fleet.first] + fleet.dwell[fleet.first]
    not_less = np.maximum.reduceat(fleet.earliest[rows] - reached, begins)
    not_less = np.maximum(not_less, wish.earliest + walks - pairs.pickup_at)
    not_less = np.maximum(not_less, np.maximum(0, at - leaves[pairs.rides]))
    not_more = np.minimum.reduceat(fleet.latest[rows] - reached, begins)
    not_more = np.minimum(not_more, wish.latest - pairs.pickup_at)
    not_more = np.minimum(not_more, wish.arrives_by - walks_on - pairs.dropoff_at)
    fits = not_less <= not_more
    fits &= np.maximum.reduceat(aboard, begins) + wish.seats <= fleet.seats[pairs.rides]
    fits &= pairs.dropoff_at - pairs.pickup_at - DWELL <= wish.longest
    fits[_unbearable(fleet, rows, reached, sizes, begins)] = False

    cost = pairs.extra + walks + walks_on
    (kept,) = np.nonzero(fits)
    # Of equally good ones, the first spots and the first legs.
    by = (pairs.leaves, pairs.boards, pairs.dropoff, pairs.pickup, cost, pairs.rides)
    kept = kept[np.lexsort([column[kept] for column in by])]
    is_first = np.ones(len(kept), dtype=bool)
    is_first[1:] = pairs.rides[kept[1:]] != pairs.rides[kept[:-1]]
    kept = kept[is_first]
    best = Pairs(*(getattr(pairs, field.name)[kept] for field in fields(Pairs)))
    return _matches(wish, fleet, ways, best, not_less[kept], not_more[kept])


def _unbearable(fleet: Fleet, rows: Whole, reached: Whole, sizes: Whole, begins: Whole) -> Whole:
    """Give the pairs that would keep somebody aboard for longer than she agreed to."""
    (boards,) = np.nonzero(fleet.until[rows] >= 0)
    pair = np.repeat(np.arange(len(sizes)), sizes)[boards]
    here = rows[boards]
    leaves = reached[begins[pair] + fleet.until[here]]
    aboard = leaves - reached[boards] - fleet.dwell[here]
    too_long: Whole = pair[aboard > fleet.longest_aboard[here]]
    return too_long


def _matches(
    wish: Wish, fleet: Fleet, ways: Ways, best: Pairs, shift: Whole, most: Whole
) -> list[Match]:
    i, j, p, q = best.boards, best.leaves, best.pickup, best.dropoff + len(wish.pickups)
    there, back = ways.there.metres, ways.back.metres
    on_one_leg = ways.carried.metres[best.pickup, best.dropoff]
    on_two = back[i + 1, p] + there[j, q] - fleet.metres[j + 1]
    metres = there[i, p] + back[j + 1, q] - fleet.metres[i + 1]
    metres = metres + np.where(i == j, on_one_leg, on_two)
    first = fleet.first[best.rides]
    columns = (
        best.rides,
        i - first,
        j - first,
        best.pickup,
        best.dropoff,
        best.extra,
        metres,
        shift,
        most - shift,
        best.pickup_at + shift,
        best.dropoff_at + shift,
    )
    return [
        Match(
            fleet.names[ride],
            pickup_leg,
            dropoff_leg,
            wish.pickups[pickup],
            wish.dropoffs[dropoff],
            *rest,
        )
        for ride, pickup_leg, dropoff_leg, pickup, dropoff, *rest in zip(
            *(column.tolist() for column in columns), strict=True
        )
    ]
