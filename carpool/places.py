"""Where rides begin and end, exactly or about; this module is pure."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from village.core.geo import Point, distance_m, fuzz

# The side of the cells in which private places are told: the middle of a square cell is half
# of all times farther than 0.4 of its side from a point anywhere in it, here 360 m.
GRID_M = 900.0
# Assumed, not measured: how fast an old person walks, and how much longer the way is than the air.
WALKING_M_S, WALKING_FACTOR = 1.1, 1.3
# Five decimals of a degree are a metre.
_DECIMALS = 5


@dataclass(frozen=True, slots=True)
class Place:
    """
    Hold a place: the name people know, and the point on the map.

    One with ``stop_id`` is a public stop; any other is private, but for its name.
    """

    name: str
    point: Point
    stop_id: UUID | None = None

    @property
    def is_public(self) -> bool:
        """Tell whether everybody may know it exactly."""
        return self.stop_id is not None

    def about(self, salt: bytes) -> Place:
        """Give the place as everybody may know it; the same place is always told alike."""
        if self.is_public:
            return self
        middle = fuzz(self.point, GRID_M, salt)
        return Place(self.name, Point(round(middle.lat, _DECIMALS), round(middle.lng, _DECIMALS)))


def seconds_on_foot(here: Point, there: Point) -> int:
    """Give how long somebody walks."""
    return round(distance_m(here, there) * WALKING_FACTOR / WALKING_M_S)
