"""What matching asks of roads, whoever knows them; this module is pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from village.core.geo import Point

Whole = NDArray[np.int64]
# One row for each point: its latitude and its longitude, in degrees.
Coordinates = NDArray[np.float64]

# So long that no window and no detour allows it, and no sum of a few overflows.
UNREACHABLE = 10**12


@dataclass(frozen=True, slots=True)
class Table:
    """Hold how long and how far it is from each start (rows) to each goal (columns)."""

    seconds: Whole
    metres: Whole


class Roads(Protocol):
    """
    Know how long a drive takes.

    ``fastest`` is in metres a second: no drive brings anybody farther through the air. It may be
    too high, never too low, because whoever looks for rides leaves out what is farther.
    ``is_estimate`` tells that no real road was looked at.
    """

    @property
    def is_estimate(self) -> bool:
        """Tell whether no real road was looked at."""

    @property
    def fastest(self) -> float:
        """Give the speed that no drive exceeds through the air, in metres a second."""

    def table(self, starts: Coordinates, goals: Coordinates) -> Table:
        """
        Give whole seconds and metres from each start to each goal; from a place to itself, none.

        :raises RoadsUnavailable: nobody answers
        """


class RoadsUnavailable(Exception):
    """Whoever knows the roads does not answer."""


def coordinates(points: Iterable[Point]) -> Coordinates:
    """Lay points out as rows."""
    return np.array([(point.lat, point.lng) for point in points], dtype=float).reshape(-1, 2)


def along(roads: Roads, points: Iterable[Point]) -> tuple[list[int], list[int]]:
    """
    Give the seconds and metres of each leg of a way by some points.

    :raises RoadsUnavailable: nobody answers
    """
    places = coordinates(points)
    table = roads.table(places[:-1], places[1:])
    return table.seconds.diagonal().tolist(), table.metres.diagonal().tolist()
