"""
Set packing: the best groups of which no two share a ride or a rider. HiGHS solves it.

The relaxed problem, in which a part of a group may be taken, is solved first. It bounds what any
set is worth, and says of each group by how much at least a set that has it stays below that bound
(the group's reduced cost). Few groups are near; among them a good set is soon found. Once one is
known, all groups that stay further below are in no better set, and the others are few enough
(G. Dantzig et al., "Solution of a large-scale traveling-salesman problem", 1954, fixed its
variables so).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csc_matrix

# One more person aboard counts more than any way that could be saved.
PERSON = 10**6
# How far from the bound, in persons, the groups may be that are looked at first, and then.
_NEAR = (0.02, 0.1, 0.5)
# What is proven by calculating with broken numbers is proven up to this, in persons.
_EXACT = 1e-7


@dataclass(frozen=True, slots=True)
class Group:
    """
    Hold riders whom one ride takes along together, and what that is worth.

    Numbers are places in the lists of rides and of seekers. ``cost`` is in seconds: what the
    driver drives more, and what the riders walk.
    """

    ride: int
    seekers: tuple[int, ...]
    cost: int
    value: float


def solved(
    found: Sequence[Group], rides: int, seekers: int, seconds: float
) -> tuple[list[Group], float]:
    """Solve the set packing; give the groups that are taken, and a bound on their value."""
    ends = monotonic() + seconds
    shares = _shares(found, rides, seekers)
    values = np.array([group.value for group in found]) / PERSON
    relaxed = linprog(-values, shares, np.ones(rides + seekers), options={"time_limit": seconds})
    if not relaxed.success:
        return [], float(values.sum()) * PERSON
    bound, below = -float(relaxed.fun), relaxed.lower.marginals
    taken, worth = np.empty(0, dtype=int), 0.0
    for near in (*_NEAR, np.inf):
        reach = min(near, bound - worth)
        among = np.flatnonzero(below <= reach + _EXACT)
        is_last = reach == bound - worth
        left = max(0.1, ends - monotonic())
        best = _best_of(shares[:, among], values[among], left if is_last else left / 2)
        if best.x is not None and (value := float(values[among] @ np.round(best.x))) > worth:
            taken, worth = among[best.x > 0.5], value
        if is_last:
            most = best.mip_dual_bound
            bound = bound if most is None else min(bound, max(worth, -float(most)))
            break
    return [found[place] for place in taken], bound * PERSON


def _shares(found: Sequence[Group], rides: int, seekers: int) -> csc_matrix:
    """Say which rides and riders each group takes: a row for each of these, a column a group."""
    rows = [
        row
        for group in found
        for row in (group.ride, *(rides + number for number in group.seekers))
    ]
    columns = [column for column, group in enumerate(found) for _ in range(1 + len(group.seekers))]
    shape = rides + seekers, len(found)
    return csc_matrix((np.ones(len(rows)), (rows, columns)), shape=shape)


def _best_of(shares: Any, values: Any, seconds: float) -> Any:
    return milp(
        -values,
        constraints=LinearConstraint(shares, -np.inf, 1),
        integrality=np.ones(len(values)),
        bounds=Bounds(0, 1),
        options={"time_limit": seconds, "mip_rel_gap": 0},
    )
