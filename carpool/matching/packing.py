"""Set packing: the best groups of which no two share a ride or a rider. HiGHS solves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix

# One more person aboard counts more than any way that could be saved.
PERSON = 10**6


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
    rows = [
        row
        for group in found
        for row in (group.ride, *(rides + number for number in group.seekers))
    ]
    columns = [column for column, group in enumerate(found) for _ in range(1 + len(group.seekers))]
    shape = rides + seekers, len(found)
    shares = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=shape)
    values = np.array([group.value for group in found])
    found_best = milp(
        -values / PERSON,
        constraints=LinearConstraint(shares, -np.inf, 1),
        integrality=np.ones(len(found)),
        bounds=Bounds(0, 1),
        options={"time_limit": seconds, "mip_rel_gap": 0},
    )
    bound = found_best.mip_dual_bound
    most = float(values.sum()) if bound is None else -float(bound) * PERSON
    if found_best.x is None:
        return [], most
    return [group for group, part in zip(found, found_best.x, strict=True) if part > 0.5], most
