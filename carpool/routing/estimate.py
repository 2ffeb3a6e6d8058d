"""Roads as they probably are: the line through the air, made longer by a factor, at one speed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from carpool.routing.port import Coordinates, Table
from village.core.geo import EARTH_RADIUS_M

# Assumed, not measured: how much longer the road is, and how fast it is driven.
ROAD_FACTOR = 1.3
SPEED_KMH = 50


def through_the_air(starts: Coordinates, goals: Coordinates) -> NDArray[np.float64]:
    """
    Give the great-circle distances in metres from each start (rows) to each goal (columns).

    The haversine formula on a sphere, as in :func:`village.core.geo.distance_m`.
    """
    ours, theirs = np.radians(starts)[:, None, :], np.radians(goals)[None, :, :]
    halves = np.sin((theirs - ours) / 2)
    squares = halves * halves
    haversine = squares[..., 0] + np.cos(ours[..., 0]) * np.cos(theirs[..., 0]) * squares[..., 1]
    angles: NDArray[np.float64] = np.arcsin(np.sqrt(np.minimum(1.0, haversine)))
    return 2 * EARTH_RADIUS_M * angles


@dataclass(frozen=True, slots=True)
class Estimate:
    """Guess how long a drive takes."""

    factor: float = ROAD_FACTOR
    metres_a_second: float = SPEED_KMH / 3.6
    is_estimate: bool = True

    @property
    def fastest(self) -> float:
        """Give the speed through the air, in metres a second."""
        return self.metres_a_second / self.factor

    def table(self, starts: Coordinates, goals: Coordinates) -> Table:
        """Give whole seconds and metres from each start to each goal."""
        metres = through_the_air(starts, goals) * self.factor
        return Table(
            np.rint(metres / self.metres_a_second).astype(np.int64),
            np.rint(metres).astype(np.int64),
        )
