"""Boundaries as GeoJSON (RFC 7946): one polygon or several, checked before they are drawn."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

# A village's boundary on a screen needs no more, and checking costs the square of it.
POINTS_MAX = 600
Point = tuple[float, float]
Ring = list[Point]


class BoundaryRefused(ValueError):
    """The value is no boundary; the words say why."""


def rings_of(value: Any) -> list[Ring]:
    """
    Give the rings of a Polygon or MultiPolygon: longitude and latitude in degrees, each closed.

    :raises BoundaryRefused: if it is anything else, crosses itself, or has too many points
    """
    if not isinstance(value, dict) or set(value) != {"type", "coordinates"}:
        raise BoundaryRefused("a boundary has a type and coordinates, and nothing else")
    coordinates = value["coordinates"]
    if value["type"] == "Polygon":
        polygons = [coordinates]
    elif value["type"] == "MultiPolygon" and isinstance(coordinates, list) and coordinates:
        polygons = coordinates
    else:
        raise BoundaryRefused("a boundary is a Polygon or a MultiPolygon")
    if not all(isinstance(polygon, list) and polygon for polygon in polygons):
        raise BoundaryRefused("a polygon is a list of rings")
    rings = [_ring(ring) for polygon in polygons for ring in polygon]
    if sum(map(len, rings)) > POINTS_MAX:
        raise BoundaryRefused(f"a boundary has at most {POINTS_MAX} points")
    if any(_crosses_itself(ring) for ring in rings):
        raise BoundaryRefused("a ring must not cross itself")
    return rings


def drawn_rings(boundary: dict[str, Any]) -> list[Ring]:
    """Give the rings of a boundary that ``rings_of`` has read before it was stored."""
    drawn = boundary["coordinates"]
    polygons = [drawn] if boundary["type"] == "Polygon" else drawn
    return [[(lng, lat) for lng, lat in ring] for polygon in polygons for ring in polygon]


def holds(rings: list[Ring], point: Point) -> bool:
    """Tell whether a point lies inside: the even-odd rule, so that holes are outside."""
    return sum(_crossings(ring, point) for ring in rings) % 2 == 1


def sides_meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Tell whether two sides cross or touch."""
    if _turn(a, b, c) * _turn(a, b, d) < 0 and _turn(c, d, a) * _turn(c, d, b) < 0:
        return True
    return any(
        _turn(*side, point) == 0 and _between(side, point)
        for side, point in (((a, b), c), ((a, b), d), ((c, d), a), ((c, d), b))
    )


def _ring(value: Any) -> Ring:
    if not isinstance(value, list) or not 4 <= len(value) <= POINTS_MAX:
        raise BoundaryRefused(f"a ring has 4 to {POINTS_MAX} points")
    ring = [_point(each) for each in value]
    if ring[0] != ring[-1]:
        raise BoundaryRefused("a ring ends where it begins")
    if len(set(ring)) != len(ring) - 1:
        raise BoundaryRefused("a ring passes no point twice")
    return ring


def _point(value: Any) -> Point:
    if not isinstance(value, list) or len(value) != 2:
        raise BoundaryRefused("a point is a longitude and a latitude")
    for number, bound in zip(value, (180, 90), strict=True):
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise BoundaryRefused("a point is made of two numbers")
        if not math.isfinite(number) or abs(number) > bound:
            raise BoundaryRefused("a longitude is within 180 degrees, a latitude within 90")
    return float(value[0]), float(value[1])


def _crosses_itself(ring: Ring) -> bool:
    sides = list(pairwise(ring))
    last = len(sides) - 1
    return any(
        sides_meet(*sides[one], *sides[other])
        for one in range(len(sides))
        for other in range(one + 2, len(sides))
        # The last side touches the first: there the ring closes.
        if (one, other) != (0, last)
    )


def _turn(a: Point, b: Point, c: Point) -> int:
    area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return (area > 0) - (area < 0)


def _between(side: tuple[Point, Point], point: Point) -> bool:
    return all(
        min(side[0][axis], side[1][axis]) <= point[axis] <= max(side[0][axis], side[1][axis])
        for axis in (0, 1)
    )


def _crossings(ring: Ring, point: Point) -> int:
    x, y = point
    return sum(
        (a[1] > y) != (b[1] > y) and x < (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]) + a[0]
        for a, b in pairwise(ring)
    )
