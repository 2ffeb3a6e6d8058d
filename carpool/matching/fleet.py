"""Many rides laid out as columns, so that one sweep looks at all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
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


@dataclass(frozen=True)
class Fleet:
    """
    Hold rides as columns: one row for each call, ride by ride.

    ``counts`` says how many rows each ride has, in the order of ``names``. ``until`` has, for a
    pick-up, which of its ride's calls is the drop-off, and -1 for any other call.
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

    @cached_property
    def first(self) -> Whole:
        """Give the row of each ride's first call."""
        first: Whole = np.cumsum(self.counts) - self.counts
        return first

    @cached_property
    def rides(self) -> Whole:
        """Give for each row the place of its ride in the fleet."""
        return np.repeat(np.arange(len(self.counts)), self.counts)

    @cached_property
    def taken(self) -> Whole:
        """Give the seats taken on the leg after each call; in the end everybody has left."""
        taken: Whole = np.cumsum(self.boards)
        return taken


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
