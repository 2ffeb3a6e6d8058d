"""
Which rides can take a rider along, and where in their way she fits best.

Every ride is tried, every pair of legs, every pair of spots. For each the conditions are bounds
on one number, by how much the ride leaves later; it fits when the largest lower bound is not above
the smallest upper one. The detour comes from four tables: from the calls to the spots and back
(R. Geisberger et al., "Fast Detour Computation for Ride Sharing", ATMOS 2010).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from carpool.matching.fleet import Fleet, Squad, fleet_of
from carpool.matching.rides import DWELL, Match, Ride, Wish
from carpool.routing.port import Roads, Table, Whole, coordinates

# More than any bound, and far from where sums of whole numbers overflow.
_FAR = 2**60


@dataclass(frozen=True, slots=True)
class _Ways:
    """Hold the drives between the calls of a fleet (rows) and the spots of a wish (columns)."""

    to_pickups: Table
    from_pickups: Table
    to_dropoffs: Table
    from_dropoffs: Table
    carried: Table


@dataclass(frozen=True, slots=True)
class _Trial:
    """Hold the drives to and from one pair of spots, for each call of each ride of a squad."""

    wish: Wish
    spots: tuple[int, int]
    to_pickup: Whole
    from_pickup: Whole
    to_dropoff: Whole
    from_dropoff: Whole
    carried: int

    @property
    def walks(self) -> tuple[int, int]:
        """Give the seconds on foot before boarding and after leaving."""
        pickup, dropoff = self.spots
        return self.wish.pickups[pickup].walk, self.wish.dropoffs[dropoff].walk


@dataclass(frozen=True, slots=True)
class _Best:
    """Hold the best way found for each ride; ``cost`` is ``_FAR`` where there is none."""

    cost: Whole
    extra: Whole
    pickup_leg: Whole
    dropoff_leg: Whole
    pickup: Whole
    dropoff: Whole
    shift: Whole
    slack: Whole
    pickup_at: Whole
    arrives_at: Whole


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
    pickups = coordinates(spot.point for spot in wish.pickups)
    dropoffs = coordinates(spot.point for spot in wish.dropoffs)
    ways = _Ways(
        roads.table(fleet.points, pickups),
        _turned(roads.table(pickups, fleet.points)),
        roads.table(fleet.points, dropoffs),
        _turned(roads.table(dropoffs, fleet.points)),
        roads.table(pickups, dropoffs),
    )
    found: list[Match] = []
    for squad in fleet.squads():
        best = _nothing(len(squad))
        for trial in _trials(wish, squad, ways):
            for pickup_leg in range(squad.columns - 1):
                for dropoff_leg in range(pickup_leg, squad.columns - 1):
                    _try(squad, trial, pickup_leg, dropoff_leg, best, at)
        found += _matches(wish, fleet, squad, ways, best)
    return found


def _turned(table: Table) -> Table:
    return Table(table.seconds.T, table.metres.T)


def _trials(wish: Wish, squad: Squad, ways: _Ways) -> list[_Trial]:
    return [
        _Trial(
            wish,
            (pickup, dropoff),
            ways.to_pickups.seconds[:, pickup][squad.calls],
            ways.from_pickups.seconds[:, pickup][squad.calls],
            ways.to_dropoffs.seconds[:, dropoff][squad.calls],
            ways.from_dropoffs.seconds[:, dropoff][squad.calls],
            int(ways.carried.seconds[pickup, dropoff]),
        )
        for pickup in range(len(wish.pickups))
        for dropoff in range(len(wish.dropoffs))
    ]


def _nothing(rides: int) -> _Best:
    return _Best(
        np.full(rides, _FAR, dtype=np.int64), *(np.zeros(rides, dtype=np.int64) for _ in range(9))
    )


def _try(squad: Squad, trial: _Trial, i: int, j: int, best: _Best, at: int) -> None:
    """Try one pair of legs for every ride of a squad; keep what costs less than before."""
    wish, (walk_before, walk_after) = trial.wish, trial.walks
    leaves = squad.arrives + squad.dwell
    leg = squad.arrives[:, 1:] - leaves[:, :-1]
    pickup_at = leaves[:, i] + trial.to_pickup[:, i]
    if i == j:
        dropoff_at = pickup_at + DWELL + trial.carried
        by_dropoff = np.zeros(len(squad), dtype=np.int64)
        extra = trial.to_pickup[:, i] + trial.carried + trial.from_dropoff[:, i + 1] - leg[:, i]
    else:
        by_pickup = trial.to_pickup[:, i] + trial.from_pickup[:, i + 1] - leg[:, i]
        by_dropoff = by_pickup + DWELL
        dropoff_at = leaves[:, j] + by_dropoff + trial.to_dropoff[:, j]
        extra = by_pickup + trial.to_dropoff[:, j] + trial.from_dropoff[:, j + 1] - leg[:, j]
    # How much later each call is reached, before any shift.
    later = np.zeros_like(squad.arrives)
    later[:, i + 1 : j + 1] = by_dropoff[:, None]
    later[:, j + 1 :] = (extra + 2 * DWELL)[:, None]
    reached = squad.arrives + later

    not_less = np.maximum.reduce(
        [
            (squad.earliest - reached).max(axis=1),
            wish.earliest + walk_before - pickup_at,
            np.maximum(0, at - leaves[:, 0]),
        ]
    )
    not_more = np.minimum.reduce(
        [
            (squad.latest - reached).min(axis=1),
            wish.latest - pickup_at,
            wish.arrives_by - walk_after - dropoff_at,
        ]
    )
    cost = extra + walk_before + walk_after
    fits = (
        (cost < best.cost)
        & (not_less <= not_more)
        & (_driving(squad) + extra <= squad.longest)
        & (squad.leaves_with[:, i : j + 1].max(axis=1) + wish.seats <= squad.seats)
        & (dropoff_at - pickup_at - DWELL <= wish.longest)
        & _bearable(squad, reached)
    )
    found = (
        cost,
        extra,
        i,
        j,
        *trial.spots,
        not_less,
        not_more - not_less,
        pickup_at + not_less,
        dropoff_at + not_less,
    )
    for column, values in zip(_columns(best), found, strict=True):
        np.copyto(column, values, where=fits)


def _columns(best: _Best) -> tuple[Whole, ...]:
    return (
        best.cost,
        best.extra,
        best.pickup_leg,
        best.dropoff_leg,
        best.pickup,
        best.dropoff,
        best.shift,
        best.slack,
        best.pickup_at,
        best.arrives_at,
    )


def _driving(squad: Squad) -> Whole:
    """Give how long each ride drives, standing left out."""
    standing = squad.dwell[:, :-1].sum(axis=1)
    driving: Whole = squad.arrives[:, -1] - squad.arrives[:, 0] - standing
    return driving


def _bearable(squad: Squad, reached: Whole) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Tell which rides keep nobody aboard for longer than she agreed to."""
    fits = np.ones(len(squad), dtype=bool)
    everyone = np.arange(len(squad))
    for column in range(squad.columns):
        until = squad.until[:, column]
        boards = until >= 0
        if boards.any():
            left = reached[:, column] + squad.dwell[:, column]
            aboard = reached[everyone, until] - left
            fits &= ~boards | (aboard <= squad.longest_aboard[:, column])
    return fits


def _matches(wish: Wish, fleet: Fleet, squad: Squad, ways: _Ways, best: _Best) -> list[Match]:
    found = []
    for row in np.flatnonzero(best.cost < _FAR).tolist():
        i, j = int(best.pickup_leg[row]), int(best.dropoff_leg[row])
        pickup, dropoff = int(best.pickup[row]), int(best.dropoff[row])
        calls = squad.calls[row]
        metres = ways.to_pickups.metres[calls[i], pickup] - squad.metres[row, i + 1]
        metres += ways.from_dropoffs.metres[calls[j + 1], dropoff]
        if i == j:
            metres += ways.carried.metres[pickup, dropoff]
        else:
            metres += ways.from_pickups.metres[calls[i + 1], pickup]
            metres += ways.to_dropoffs.metres[calls[j], dropoff] - squad.metres[row, j + 1]
        found.append(
            Match(
                ride_id=fleet.names[int(squad.numbers[row])],
                pickup_leg=i,
                dropoff_leg=j,
                pickup=wish.pickups[pickup],
                dropoff=wish.dropoffs[dropoff],
                extra_seconds=int(best.extra[row]),
                extra_metres=int(metres),
                shift=int(best.shift[row]),
                slack=int(best.slack[row]),
                pickup_at=int(best.pickup_at[row]),
                arrives_at=int(best.arrives_at[row]),
            )
        )
    return found
