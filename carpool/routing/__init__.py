"""How long a drive takes: one small port, and whoever knows roads behind it; all of it is pure."""

from __future__ import annotations

from carpool.routing.estimate import ROAD_FACTOR, SPEED_KMH, Estimate, through_the_air
from carpool.routing.port import (
    UNREACHABLE,
    Coordinates,
    Roads,
    RoadsUnavailable,
    Table,
    along,
    coordinates,
)

__all__ = [
    "ROAD_FACTOR",
    "SPEED_KMH",
    "UNREACHABLE",
    "Coordinates",
    "Estimate",
    "Roads",
    "RoadsUnavailable",
    "Table",
    "along",
    "coordinates",
    "through_the_air",
]
