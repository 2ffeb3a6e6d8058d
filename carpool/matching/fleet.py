"""Many rides laid out as columns, so that one sweep looks at all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from carpool.matching.rides import Ride
from carpool.routing.port import Coordinates, Whole


@dataclass(frozen=True, slots=True)
class Squad:
    """
    Hold rides that call at equally many places: a row for each ride, a column for each call.

    ``numbers`` are the rides' places in their fleet. ``leaves_with`` has the seats taken on the
    leg after each call. ``until`` has, for a pick-up, the column of its drop-off, and -1 for any
    other call.
    """

    numbers: Whole
    calls: Whole
    arrives: Whole
    metres: Whole
    dwell: Whole
    earliest: Whole
    latest: Whole
    leaves_with: Whole
    longest_aboard: Whole
    until: Whole
    seats: Whole
    longest: Whole

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def columns(self) -> int:
        """Give at how many places each of these rides calls."""
        return int(self.arrives.shape[1])


@dataclass(frozen=True, slots=True)
class Fleet:
    """
    Hold rides as columns: one row for each call, ride by ride.

    ``counts`` says how many rows each ride has, in the order of ``names``.
    """

    names: Sequence[UUID]
    counts: Whole
    points: Coordinates
    arrives: Whole
    metres: Whole
    dwell: Whole
    earliest: Whole
    latest: Whole
    boards: Whole
    longest_aboard: Whole
    until: Whole
    seats: Whole
    longest: Whole

    def squads(self) -> Iterator[Squad]:
        """Give the rides by how often they call."""
        first = np.cumsum(self.counts) - self.counts
        for count in np.unique(self.counts):
            numbers = np.flatnonzero(self.counts == count)
            rows = first[numbers][:, None] + np.arange(count)[None, :]
            yield Squad(
                numbers=numbers,
                calls=rows,
                arrives=self.arrives[rows],
                metres=self.metres[rows],
                dwell=self.dwell[rows],
                earliest=self.earliest[rows],
                latest=self.latest[rows],
                leaves_with=np.cumsum(self.boards[rows], axis=1),
                longest_aboard=self.longest_aboard[rows],
                until=self.until[rows],
                seats=self.seats[numbers],
                longest=self.longest[numbers],
            )


def fleet_of(rides: Sequence[Ride]) -> Fleet:
    """Lay rides out as columns."""
    rows = [
        (
            call.arrives,
            call.metres,
            call.dwell,
            call.earliest,
            call.latest,
            call.boards,
            call.longest,
            until,
        )
        for ride in rides
        for call, until in zip(ride.calls, _until(ride), strict=True)
    ]
    columns = np.array(rows, dtype=np.int64).reshape(-1, 8).T
    points = [(call.point.lat, call.point.lng) for ride in rides for call in ride.calls]
    return Fleet(
        names=[ride.id for ride in rides],
        counts=np.array([len(ride.calls) for ride in rides], dtype=np.int64),
        points=np.array(points, dtype=float).reshape(-1, 2),
        arrives=columns[0],
        metres=columns[1],
        dwell=columns[2],
        earliest=columns[3],
        latest=columns[4],
        boards=columns[5],
        longest_aboard=columns[6],
        until=columns[7],
        seats=np.array([ride.seats for ride in rides], dtype=np.int64),
        longest=np.array([ride.longest for ride in rides], dtype=np.int64),
    )


def _until(ride: Ride) -> list[int]:
    """Give for each pick-up where its rider leaves, and -1 for any other call."""
    leaves = {call.rider: index for index, call in enumerate(ride.calls) if call.boards < 0}
    return [leaves[call.rider] if call.boards > 0 else -1 for call in ride.calls]
