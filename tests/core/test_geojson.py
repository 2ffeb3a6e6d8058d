"""A boundary is drawn once it is one."""

from __future__ import annotations

import math
from typing import Any

import pytest

from village.core.geojson import POINTS_MAX, BoundaryRefused, holds, rings_of

SQUARE = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]
HOLE = [[1, 1], [1, 2], [2, 2], [2, 1], [1, 1]]


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


class TestRings:
    def test_are_read_with_their_holes(self) -> None:
        rings = rings_of(polygon(SQUARE, HOLE))
        assert holds(rings, (3.0, 3.0))
        assert not holds(rings, (1.5, 1.5))
        assert not holds(rings, (5.0, 3.0))

    def test_may_be_of_several_polygons(self) -> None:
        far = [[x + 10, y] for x, y in SQUARE]
        rings = rings_of({"type": "MultiPolygon", "coordinates": [[SQUARE], [far]]})
        assert holds(rings, (12.0, 1.0))

    @pytest.mark.parametrize(
        "value",
        [
            None,
            [],
            {},
            {"type": "Point", "coordinates": [1, 2]},
            {"type": "Polygon", "coordinates": [SQUARE], "crs": "EPSG:4326"},
            {"type": "Polygon", "coordinates": []},
            {"type": "MultiPolygon", "coordinates": []},
            {"type": "MultiPolygon", "coordinates": [[]]},
            polygon(SQUARE[:-1]),
            polygon([[0, 0], [1, 1], [0, 0]]),
            polygon([[0, 0], [4, 4], [4, 0], [0, 4], [0, 0]]),
            polygon([[0, 0], [4, 0], [4, 4], [4, 0], [0, 0]]),
            polygon([[0, 0], [200, 0], [4, 4], [0, 0]]),
            polygon([[0, 0], [4, 91], [4, 4], [0, 0]]),
            polygon([[0, 0], [math.nan, 0], [4, 4], [0, 0]]),
            polygon([[0, 0], [True, 0], [4, 4], [0, 0]]),
            polygon([[0, 0, 0], [4, 0, 0], [4, 4, 0], [0, 0, 0]]),
            polygon([["0", "0"], [4, 0], [4, 4], ["0", "0"]]),
            polygon([[math.cos(n), math.sin(n)] for n in range(POINTS_MAX + 1)]),
        ],
    )
    def test_are_refused_when_they_are_none(self, value: Any) -> None:
        with pytest.raises(BoundaryRefused):
            rings_of(value)
