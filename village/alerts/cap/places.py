"""Whether an area of a message touches a place: in doubt it does, for somebody may be in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from village.alerts.cap.values import Area, Circle, Info, Point
from village.core import geo
from village.core.geojson import holds, sides_meet

Ring = Sequence[Point]


def touches(info: Info, outline: Ring, codes: Iterable[str]) -> bool:
    """
    Tell whether an information concerns a place, by its outline and the codes it is known by.

    ``outline`` is a closed ring of (latitude, longitude). An information without areas is for
    everybody. One whose areas have no shape is known by its codes; where the place has none, it
    may be meant.
    """
    known = frozenset(codes)
    return not info.areas or any(_area_touches(area, outline, known) for area in info.areas)


def _area_touches(area: Area, outline: Ring, codes: frozenset[str]) -> bool:
    if codes & {each.value for each in area.geocodes}:
        return True
    if not area.polygons and not area.circles:
        return not codes
    return any(rings_touch(polygon, outline) for polygon in area.polygons) or any(
        _circle_touches(circle, outline) for circle in area.circles
    )


def rings_touch(one: Ring, other: Ring) -> bool:
    """Tell whether two closed rings of (latitude, longitude) share a point."""
    low, high = _bounds(other)
    return (
        _inside(one[0], other)
        or _inside(other[0], one)
        or any(
            sides_meet(a, b, c, d)
            for a, b in pairwise(one)
            # A coast of thousands of points: most of them are nowhere near.
            if _is_near(a, b, low, high)
            for c, d in pairwise(other)
        )
    )


def _circle_touches(circle: Circle, outline: Ring) -> bool:
    if _inside(circle.middle, outline):
        return True
    middle = geo.Point(*circle.middle)
    reach = circle.radius_km * 1000
    return any(_distance_to_side(middle, a, b) <= reach for a, b in pairwise(outline))


def _distance_to_side(point: geo.Point, a: Point, b: Point) -> float:
    """Give the metres to the nearest point of a side, found on the flat: sides are short."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    along = 0.0
    if length:
        along = ((point.lat - a[0]) * dx + (point.lng - a[1]) * dy) / length
    along = min(1.0, max(0.0, along))
    return geo.distance_m(point, geo.Point(a[0] + along * dx, a[1] + along * dy))


def _inside(point: Point, ring: Ring) -> bool:
    return holds([list(ring)], point)


def _bounds(ring: Ring) -> tuple[Point, Point]:
    lats, lngs = [point[0] for point in ring], [point[1] for point in ring]
    return (min(lats), min(lngs)), (max(lats), max(lngs))


def _is_near(a: Point, b: Point, low: Point, high: Point) -> bool:
    return all(min(a[i], b[i]) <= high[i] and max(a[i], b[i]) >= low[i] for i in (0, 1))
