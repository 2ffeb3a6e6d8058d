"""
Roads as an OSRM server knows them, over HTTP.

The table service, version 1: http://project-osrm.org/docs/v5.24.0/api/#table-service.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from carpool.routing.estimate import Estimate
from carpool.routing.port import UNREACHABLE, Coordinates, RoadsUnavailable, Table, Whole
from village.core.outbound import Limits, OutboundError, fetch

# A server answers for a hundred places at most (its --max-table-size), and its address has an end.
MOST_PLACES = 60
# What its profile for cars never exceeds (car.lua: 140 km/h), in metres a second.
QUICKEST = 140 / 3.6
_LIMITS = Limits(seconds=10, body_bytes=4 * 1024 * 1024, redirects=0)
# It answers for the nearest road; the way there is driven as the estimate would.
_TO_THE_ROAD = Estimate()

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Osrm:
    """Ask a server of one's own at ``url``, such as ``http://127.0.0.1:5000``."""

    url: str
    profile: str = "driving"
    is_estimate: bool = False
    fastest: float = QUICKEST

    def table(self, starts: Coordinates, goals: Coordinates) -> Table:
        """
        Give whole seconds and metres from each start to each goal, in as few questions as it may.

        :raises RoadsUnavailable: it does not answer, or not what it was asked
        """
        seconds = np.zeros((len(starts), len(goals)), dtype=np.int64)
        metres = np.zeros_like(seconds)
        most = MOST_PLACES // 2
        rows = most if len(goals) > most else MOST_PLACES - len(goals)
        for some in _parts(len(starts), rows):
            for others in _parts(len(goals), MOST_PLACES - len(some)):
                part = self._asked(starts[some], goals[others])
                at = np.ix_(some, others)
                seconds[at], metres[at] = part.seconds, part.metres
        same = (starts[:, None, :] == goals[None, :, :]).all(axis=2)
        return Table(np.where(same, 0, seconds), np.where(same, 0, metres))

    def _asked(self, starts: Coordinates, goals: Coordinates) -> Table:
        places = ";".join(f"{lng:.5f},{lat:.5f}" for lat, lng in (*starts, *goals))
        from_ = ";".join(str(number) for number in range(len(starts)))
        to = ";".join(str(len(starts) + number) for number in range(len(goals)))
        found = self._fetched(
            f"{self.url}/table/v1/{self.profile}/{places}"
            f"?sources={from_}&destinations={to}&annotations=duration,distance"
        )
        try:
            gaps = _gaps(found["sources"])[:, None] + _gaps(found["destinations"])[None, :]
            seconds, metres = _numbers(found["durations"]), _numbers(found["distances"])
        except (KeyError, TypeError, ValueError) as error:
            raise RoadsUnavailable(f"not an answer of OSRM: {error!r}") from error
        if not gaps.shape == seconds.shape == metres.shape == (len(starts), len(goals)):
            raise RoadsUnavailable("not an answer to what was asked")
        gaps *= _TO_THE_ROAD.factor
        return Table(_whole(seconds + gaps / _TO_THE_ROAD.metres_a_second), _whole(metres + gaps))

    def _fetched(self, url: str) -> dict[str, Any]:
        parts = urlsplit(self.url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        # The operator named this host, so it may stand in her own network.
        allowed = frozenset({f"{parts.hostname}:{port}"})
        try:
            answer = fetch(url, headers={}, limits=_LIMITS, allowed=allowed)
        except OutboundError as error:
            raise RoadsUnavailable(str(error)) from error
        try:
            found = json.loads(answer.body)
        except ValueError as error:
            raise RoadsUnavailable("not an answer of OSRM") from error
        if answer.status != 200 or not isinstance(found, dict) or found.get("code") != "Ok":
            raise RoadsUnavailable(f"OSRM answers {answer.status}")
        return found


def _parts(count: int, most: int) -> Iterator[range]:
    for first in range(0, count, most):
        yield range(first, min(first + most, count))


def _gaps(waypoints: Sequence[dict[str, Any]]) -> Floats:
    """Give how far each place is from the road that was taken for it, in metres."""
    return np.array([float(each["distance"]) for each in waypoints])


def _numbers(rows: Sequence[Sequence[float | None]]) -> Floats:
    """Read a table in which nothing stands where no way leads."""
    return np.array(
        [[UNREACHABLE if each is None else float(each) for each in row] for row in rows]
    )


def _whole(values: Floats) -> Whole:
    if not np.isfinite(values).all() or (values < 0).any():
        raise RoadsUnavailable("not an answer of OSRM")
    whole: Whole = np.floor(values + 0.5).astype(np.int64)
    return whole
