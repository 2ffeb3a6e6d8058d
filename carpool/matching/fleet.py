"""Many rides laid out as columns, so that one sweep looks at all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from carpool.matching.rides import Ride
from carpool.routing.port import Coordinates, Whole

# One call of a packed ride, with what is the same for all of them; it lies in databases.
_FIELDS = [
    ("lat", "<f8"),
    ("lng", "<f8"),
    ("arrives", "<i8"),
    ("earliest", "<i8"),
    ("latest", "<i8"),
    ("metres", "<i8"),
    ("dwell", "<i4"),
    ("longest_aboard", "<i4"),
    ("longest", "<i4"),
    ("boards", "<i2"),
    ("until", "<i2"),
    ("seats", "<i2"),
]
_ROW = np.dtype(_FIELDS)


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
    return fleet_of_packed([ride.id for ride in rides], [packed(ride) for ride in rides])


def packed(ride: Ride) -> bytes:
    """Write a ride so that many of them are laid out at once, without looking at each."""
    rows = [
        (
            call.point.lat,
            call.point.lng,
            call.arrives,
            call.earliest,
            call.latest,
            call.metres,
            call.dwell,
            call.longest,
            ride.longest,
            call.boards,
            until,
            ride.seats,
        )
        for call, until in zip(ride.calls, _until(ride), strict=True)
    ]
    return np.array(rows, dtype=_ROW).tobytes()


def fleet_of_packed(names: Sequence[UUID], rides: Sequence[bytes]) -> Fleet:
    """Lay rides out as columns that were packed."""
    rows = np.frombuffer(b"".join(rides), dtype=_ROW)
    counts = np.array([len(each) for each in rides], dtype=np.int64) // _ROW.itemsize
    first = np.cumsum(counts) - counts
    column = {name: rows[name].astype(np.int64) for name, _ in _FIELDS[2:]}
    return Fleet(
        names=names,
        counts=counts,
        points=np.stack([rows["lat"], rows["lng"]], axis=1),
        arrives=column["arrives"],
        metres=column["metres"],
        dwell=column["dwell"],
        earliest=column["earliest"],
        latest=column["latest"],
        boards=column["boards"],
        longest_aboard=column["longest_aboard"],
        until=column["until"],
        seats=column["seats"][first],
        longest=column["longest"][first],
    )


def _until(ride: Ride) -> list[int]:
    """Give for each pick-up where its rider leaves, and -1 for any other call."""
    leaves = {call.rider: index for index, call in enumerate(ride.calls) if call.boards < 0}
    return [leaves[call.rider] if call.boards > 0 else -1 for call in ride.calls]
