"""Where rides begin and end, exactly or about; this module is pure."""

from __future__ import annotations

from dataclasses import dataclass

from village.core.geo import Point

# A hundredth of a degree of latitude is 1.1 km, of longitude at 50 degrees 0.7 km.
ROUGH_DECIMALS = 2


@dataclass(frozen=True, slots=True)
class Place:
    """Hold a place: the name people know, and the point on the map."""

    name: str
    point: Point

    @property
    def roughly(self) -> Place:
        """Give the same place to about a kilometre, as everybody may know it."""
        return Place(self.name, rough(self.point))


def rough(point: Point) -> Point:
    """Round a point to about a kilometre; the same point always gives the same answer."""
    return Point(round(point.lat, ROUGH_DECIMALS), round(point.lng, ROUGH_DECIMALS))
