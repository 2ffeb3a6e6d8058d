"""How long it takes between the places of one ride and of those who may join it, asked once."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from carpool.matching.rides import Ride, Wish
from carpool.routing.port import Coordinates, Roads, Table, Whole, coordinates
from village.core.geo import Point


class Drives:
    """
    Know the roads between any two places of a ride and of some wishes; these are roads as well.

    ``quickest`` has the seconds from place (rows) to place (columns) by way of any others. That
    may be less than straight on, because drives are rounded. No way is ever quicker.
    """

    def __init__(self, ride: Ride, wishes: Iterable[Wish], roads: Roads) -> None:
        """
        Ask for all drives at once.

        :raises RoadsUnavailable: nobody knows how long a drive takes
        """
        spots = (spot for wish in wishes for spot in (*wish.pickups, *wish.dropoffs))
        points = dict.fromkeys(
            (*(call.point for call in ride.calls), *(spot.point for spot in spots))
        )
        places = coordinates(points)
        self.is_estimate, self.fastest = roads.is_estimate, roads.fastest
        self._table = roads.table(places, places)
        self._numbers = {point: number for number, point in enumerate(points)}
        self._keys = places.view(np.complex128)[:, 0]
        self._order = np.argsort(self._keys)
        self.seconds: list[list[int]] = self._table.seconds.tolist()
        self.quickest = _quickest(self._table.seconds)

    def number(self, point: Point) -> int:
        """Give which row, and which column, is that of a place."""
        return self._numbers[point]

    def table(self, starts: Coordinates, goals: Coordinates) -> Table:
        """Give whole seconds and metres from each start to each goal; all are known already."""
        cells = np.ix_(self._rows(starts), self._rows(goals))
        return Table(self._table.seconds[cells], self._table.metres[cells])

    def _rows(self, points: Coordinates) -> Whole:
        keys = np.ascontiguousarray(points).view(np.complex128)[:, 0]
        rows: Whole = self._order[np.searchsorted(self._keys, keys, sorter=self._order)]
        return rows


def _quickest(seconds: Whole) -> Whole:
    """Give the shortest ways by R. W. Floyd's algorithm (CACM 5, 1962)."""
    quickest = seconds.copy()
    for by in range(len(quickest)):
        np.minimum(quickest, quickest[:, by, None] + quickest[by], out=quickest)
    return quickest
