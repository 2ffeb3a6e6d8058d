"""Where in which rides somebody could board and leave, before anything but the way is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np

from carpool.matching.fleet import Fleet
from carpool.matching.rides import DWELL, Wish
from carpool.routing.port import Roads, Table, Whole, coordinates


@dataclass(frozen=True, slots=True)
class Ways:
    """
    Hold the drives from the calls of a fleet (rows) to the spots of a wish (columns), and back.

    First come the spots where she may board, then those where she may leave; ``carried`` is
    between the two.
    """

    there: Table
    back: Table
    carried: Table


@dataclass(frozen=True, slots=True)
class Legs:
    """
    Hold the legs on which there is a seat, ride by ride.

    ``calls`` are the rows of their first calls in the fleet. ``begins`` has the first leg of each
    ride, ``group`` which of them is that of a leg, ``until`` the number behind its last one. Its
    driver may drive ``spare`` seconds more, and leaves by ``soonest`` to ``latest`` seconds later.
    """

    calls: Whole
    rides: Whole
    group: Whole
    begins: Whole
    until: Whole
    leaves: Whole
    seconds: Whole
    spare: Whole
    soonest: Whole
    latest: Whole


@dataclass(frozen=True, slots=True)
class Pairs:
    """
    Hold where a rider could board and leave: after which calls, at which spots, at what cost.

    ``between`` is by how much the calls between both come later.
    """

    rides: Whole
    boards: Whole
    leaves: Whole
    pickup: Whole
    dropoff: Whole
    extra: Whole
    between: Whole
    pickup_at: Whole
    dropoff_at: Whole

    def __len__(self) -> int:
        return len(self.rides)


def ways_of(wish: Wish, fleet: Fleet, roads: Roads) -> Ways:
    """
    Ask for the drives between all calls of a fleet and all spots of a wish.

    :raises RoadsUnavailable: nobody knows how long a drive takes
    """
    pickups = coordinates(spot.point for spot in wish.pickups)
    dropoffs = coordinates(spot.point for spot in wish.dropoffs)
    spots = np.concatenate([pickups, dropoffs])
    back = roads.table(spots, fleet.points)
    return Ways(
        roads.table(fleet.points, spots),
        Table(back.seconds.T, back.metres.T),
        roads.table(pickups, dropoffs),
    )


def legs_of(wish: Wish, fleet: Fleet, at: int) -> Legs:
    """Give the legs of rides that may still leave, and have seats enough on them."""
    first = fleet.first
    last = first + fleet.counts - 1
    leaves = fleet.arrives + fleet.dwell
    standing = np.add.reduceat(fleet.dwell, first) - fleet.dwell[last]
    driving = fleet.arrives[last] - fleet.arrives[first] - standing
    soonest = np.maximum(0, at - leaves[first])
    latest = fleet.latest[first] - fleet.arrives[first]
    is_leg = fleet.taken + wish.seats <= np.repeat(fleet.seats, fleet.counts)
    is_leg &= np.repeat(soonest <= latest, fleet.counts)
    is_leg[last] = False
    calls = np.flatnonzero(is_leg)
    rides = fleet.rides[calls]
    is_new = np.ones(len(rides), dtype=bool)
    is_new[1:] = rides[1:] != rides[:-1]
    begins = np.flatnonzero(is_new)
    sizes = np.diff(begins, append=len(rides))
    return Legs(
        calls=calls,
        rides=rides,
        group=np.repeat(np.arange(len(begins)), sizes),
        begins=begins,
        until=np.repeat(begins + sizes, sizes),
        leaves=leaves[calls],
        seconds=fleet.arrives[calls + 1] - leaves[calls],
        spare=(fleet.longest - driving)[rides],
        soonest=soonest[rides],
        latest=latest[rides],
    )


def tried(wish: Wish, legs: Legs, ways: Ways, p: int, d: int) -> Iterator[Pairs]:
    """Give the pairs of legs that one pair of spots leaves: on one leg, and on two."""
    q = len(wish.pickups) + d
    walk = wish.pickups[p].walk
    carried = int(ways.carried.seconds[p, d])
    to_pickup = ways.there.seconds[legs.calls, p]
    to_dropoff = ways.there.seconds[legs.calls, q]
    from_dropoff = ways.back.seconds[legs.calls + 1, q]
    by_pickup = to_pickup + ways.back.seconds[legs.calls + 1, p] - legs.seconds
    by_dropoff = to_dropoff + from_dropoff - legs.seconds
    by_both = to_pickup + carried + from_dropoff - legs.seconds
    pickup_at = legs.leaves + to_pickup
    in_time = pickup_at + legs.soonest <= wish.latest
    in_time &= pickup_at + legs.latest >= wish.earliest + walk

    same = np.flatnonzero(in_time & (by_both <= legs.spare))
    boarded = pickup_at[same]
    yield _paired(
        legs, same, same, p, d, by_both[same], by_both[same], boarded, boarded + DWELL + carried
    )

    nearest = np.minimum.reduceat(by_dropoff, legs.begins)[legs.group]
    board = np.flatnonzero(in_time & (by_pickup + nearest <= legs.spare))
    nearest = np.minimum.reduceat(by_pickup, legs.begins)[legs.group]
    leave = np.flatnonzero(by_dropoff + nearest <= legs.spare)
    i, j = _later(board, leave, legs.until)
    extra = by_pickup[i] + by_dropoff[j]
    near = extra <= legs.spare[i]
    i, j, extra = i[near], j[near], extra[near]
    between = by_pickup[i] + DWELL
    dropped = legs.leaves[j] + between + to_dropoff[j]
    yield _paired(legs, i, j, p, d, extra, between, pickup_at[i], dropped)


def _later(board: Whole, leave: Whole, until: Whole) -> tuple[Whole, Whole]:
    """Give every pair of a leg and a later one of the same ride."""
    first = np.searchsorted(leave, board, side="right")
    counts = np.searchsorted(leave, until[board]) - first
    counts = np.maximum(counts, 0)
    begins = np.cumsum(counts) - counts
    numbers = np.arange(counts.sum()) + np.repeat(first - begins, counts)
    return np.repeat(board, counts), leave[numbers]


def _paired(
    legs: Legs,
    i: Whole,
    j: Whole,
    pickup: int,
    dropoff: int,
    extra: Whole,
    between: Whole,
    pickup_at: Whole,
    dropoff_at: Whole,
) -> Pairs:
    return Pairs(
        legs.rides[i],
        legs.calls[i],
        legs.calls[j],
        np.full(len(i), pickup),
        np.full(len(i), dropoff),
        extra,
        between,
        pickup_at,
        dropoff_at,
    )


def joined(pairs: Sequence[Pairs]) -> Pairs:
    """Put pairs one after the other."""
    names = [field.name for field in fields(Pairs)]
    return Pairs(*(np.concatenate([getattr(each, name) for each in pairs]) for name in names))
