"""Small geography: points, distances, boxes, and places told roughly enough to be safe."""

from __future__ import annotations

import hmac
import math
from dataclasses import dataclass

# Mean radius R1 = (2a + b) / 3 of the GRS 80 ellipsoid, in metres (IUGG; H. Moritz, "Geodetic
# Reference System 1980", Journal of Geodesy 74, 2000).
EARTH_RADIUS_M = 6_371_008.8

METRES_PER_DEGREE = EARTH_RADIUS_M * math.pi / 180

# Wider than this is not "about here" any more, and its cells are too bent to be called squares.
MAX_GRID_M = 100_000.0

# Keeps a box from losing, to rounding, a point on its very edge: a tenth of a millimetre.
_EDGE_DEGREES = 1e-9


@dataclass(frozen=True, slots=True)
class Point:
    """
    A place in WGS 84 degrees: ``lat`` from -90 to 90, ``lng`` from -180 to 180.

    :raises ValueError: not a number, or outside these ranges
    """

    lat: float
    lng: float

    def __post_init__(self) -> None:
        # Not a number compares false with everything, so it is outside too.
        if not -90 <= self.lat <= 90:
            raise ValueError(f"latitude must be between -90 and 90 degrees, not {self.lat!r}")
        if not -180 <= self.lng <= 180:
            raise ValueError(f"longitude must be between -180 and 180 degrees, not {self.lng!r}")


@dataclass(frozen=True, slots=True)
class Box:
    """
    An area between two parallels and two meridians, its edges included, in degrees.

    A box over the antimeridian has ``west > east``, as in GeoJSON (RFC 7946, 5.2): a query on
    columns then asks for ``lng >= west OR lng <= east``.
    """

    south: float
    west: float
    north: float
    east: float

    @property
    def crosses_antimeridian(self) -> bool:
        """Tell whether the box reaches over 180 degrees."""
        return self.west > self.east


def distance_m(a: Point, b: Point) -> float:
    """
    Give the great-circle distance in metres, by the haversine formula on a sphere.

    The sphere is off from the ellipsoid by up to about 0.6 %; rounding loses less than a
    micrometre between neighbours and less than a metre between opposite ends of the Earth.
    """
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half_lat = math.sin((lat_b - lat_a) / 2)
    half_lng = math.sin(math.radians(b.lng - a.lng) / 2)
    haversine = half_lat * half_lat + math.cos(lat_a) * math.cos(lat_b) * half_lng * half_lng
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, haversine)))


def bounding_box(point: Point, metres: float) -> Box:
    """
    Give the smallest box that holds every point within ``metres`` of ``point``.

    It reaches over the antimeridian where it must (``west > east``), and around a pole it takes
    every longitude.

    :raises ValueError: a distance that is negative or not finite
    """
    if not 0 <= metres < math.inf:
        raise ValueError(f"a distance must be finite and not negative, not {metres!r}")
    reach = metres / METRES_PER_DEGREE + _EDGE_DEGREES
    south, north = point.lat - reach, point.lat + reach
    if south <= -90 or north >= 90:
        return Box(max(south, -90.0), -180.0, min(north, 90.0), 180.0)
    # The circle's outermost meridian touches it a little poleward of the centre, hence no plain
    # division by the cosine (J. P. Matuschek, "Finding Points Within a Distance").
    sine = math.sin(math.radians(reach)) / math.cos(math.radians(point.lat))
    aside = math.degrees(math.asin(min(1.0, sine))) + _EDGE_DEGREES
    return Box(south, _wrapped(point.lng - aside), north, _wrapped(point.lng + aside))


def within(box: Box, point: Point) -> bool:
    """Tell whether the point lies in the box or on its edge."""
    if not box.south <= point.lat <= box.north:
        return False
    if box.crosses_antimeridian:
        return point.lng >= box.west or point.lng <= box.east
    # The two names of the antimeridian are one place.
    names = (point.lng, -point.lng) if abs(point.lng) == 180 else (point.lng,)
    return any(box.west <= lng <= box.east for lng in names)


def fuzz(point: Point, grid_m: float, salt: bytes) -> Point:
    """
    Give the middle of the grid cell that the point lies in: about here, and nothing closer.

    Every point of a cell gives the same answer, every time, so many answers average to the same
    middle and tell no more than one. ``salt`` moves the rows and each row's cells, so that nobody
    without it knows where a cell ends. Cells are ``grid_m`` metres high and, but for the
    poles, at least as wide; no point is farther from its answer than ``grid_m`` times root 2.

    Cells of two grids cut each other smaller: use one salt and one ``grid_m`` for a place for
    ever, and fuzz the stored place, not each new reading of a receiver.

    :raises ValueError: a grid that is not between 0 and 100 km, or an empty salt
    """
    if not 0 < grid_m <= MAX_GRID_M:
        raise ValueError(f"a grid must be above 0 and up to {MAX_GRID_M:g} m, not {grid_m!r}")
    if not salt:
        raise ValueError("a grid without salt is no secret")
    height = grid_m / METRES_PER_DEGREE
    shift = _fraction(salt, "rows")
    row = math.floor((point.lat + 90) / height + shift)
    lat = min(90.0, max(-90.0, (row + 0.5 - shift) * height - 90))
    # A whole number of cells goes round, so that none is cut where the longitudes meet.
    around = 2 * math.pi * EARTH_RADIUS_M * math.cos(math.radians(lat))
    cells = max(1, math.floor(around / grid_m))
    shift = _fraction(salt, f"row {row}")
    cell = math.floor((point.lng + 180) % 360 / 360 * cells + shift) % cells
    return Point(lat, (cell + 0.5 - shift) / cells * 360 % 360 - 180)


def _fraction(salt: bytes, name: str) -> float:
    """Derive a number from 0 to 1 that only the salt's holder knows."""
    return int.from_bytes(hmac.digest(salt, name.encode(), "sha256")[:6], "big") / 2**48


def _wrapped(lng: float) -> float:
    if lng < -180:
        return lng + 360
    return lng - 360 if lng > 180 else lng
