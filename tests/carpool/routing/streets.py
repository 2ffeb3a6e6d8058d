"""A small town drawn for tests, as an extract of OpenStreetMap would hold it, and its oracle."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import osmium

from carpool.routing.network import Network
from village.core.geo import Point, distance_m

MIDDLE = Point(49.98, 11.55)
STEP = 0.004


@dataclass
class Streets:
    """Draw ways over numbered nodes, and write them to a file."""

    nodes: dict[int, Point] = field(default_factory=dict)
    ways: list[tuple[list[int], dict[str, str]]] = field(default_factory=list)

    def way(self, *nodes: int, **tags: str) -> None:
        """Draw a way; a tag ``a__b`` is written ``a:b``."""
        named = {key.replace("__", ":"): value for key, value in tags.items()}
        self.ways.append((list(nodes), named))

    def write(self, path: Path) -> Path:
        """Write the extract."""
        with osmium.SimpleWriter(str(path), overwrite=True) as writer:
            for number, point in self.nodes.items():
                place = (point.lng, point.lat)
                writer.add_node(osmium.osm.mutable.Node(id=number, location=place, version=1))
            for number, (nodes, tags) in enumerate(self.ways, start=1):
                writer.add_way(osmium.osm.mutable.Way(id=number, nodes=nodes, tags=tags, version=1))
        return path


def town(size: int = 12, seed: int = 7, step: float = STEP) -> Streets:
    """Draw a town of crooked streets, some of them one-way, with a quicker road across."""
    chance, streets = Random(seed), Streets()
    for row in range(size):
        for column in range(size):
            streets.nodes[row * size + column + 1] = Point(
                MIDDLE.lat + (row - size / 2 + chance.uniform(-0.3, 0.3)) * step,
                MIDDLE.lng + (column - size / 2 + chance.uniform(-0.3, 0.3)) * step * 1.5,
            )
    for line in range(size):
        across = [line * size + column + 1 for column in range(size)]
        along = [row * size + line + 1 for row in range(size)]
        if line == size // 2:
            streets.way(*across, highway="primary", maxspeed="70")
        else:
            streets.way(*across, highway="residential", oneway=chance.choice(["yes", "no", "-1"]))
        streets.way(*along, highway=chance.choice(["tertiary", "unclassified"]))
    return streets


@dataclass
class SlowRoads:
    """Know the quickest way by looking at every road, one after the other."""

    nodes: list[Point]
    roads: dict[int, list[tuple[int, int]]]
    searched: dict[int, dict[int, int]] = field(default_factory=dict)
    nearest: dict[Point, tuple[float, int]] = field(default_factory=dict)

    def drive(self, here: Point, there: Point) -> int:
        """Give the seconds from a door over the nearest crossings to another door."""
        if here == there:
            return 0
        begin, end = self._nearest(here), self._nearest(there)
        if max(begin[0], end[0]) > 2000:
            return round(distance_m(here, there) * 1.3 / (50 / 3.6))
        on_foot = (begin[0] + end[0]) * 1.3 / (50 / 3.6)
        return round(self._milliseconds(begin[1], end[1]) / 1000 + on_foot)

    def _nearest(self, point: Point) -> tuple[float, int]:
        if point not in self.nearest:
            ways = ((distance_m(point, node), number) for number, node in enumerate(self.nodes))
            self.nearest[point] = min(ways)
        return self.nearest[point]

    def _milliseconds(self, begin: int, end: int) -> int:
        if begin not in self.searched:
            self.searched[begin] = self._search(begin)
        return self.searched[begin][end]

    def _search(self, begin: int) -> dict[int, int]:
        waiting, done = [(0, begin)], dict[int, int]()
        while waiting:
            so_far, node = heapq.heappop(waiting)
            if node not in done:
                done[node] = so_far
                for following, takes in self.roads.get(node, []):
                    heapq.heappush(waiting, (so_far + takes, following))
        return done


def slowly(network: Network) -> Callable[[Point, Point], int]:
    """Give the oracle's drive over the roads of a network."""
    edges = network.edges
    roads: dict[int, list[tuple[int, int]]] = {}
    for start, end, takes in zip(
        edges.starts.tolist(), edges.ends.tolist(), edges.milliseconds.tolist(), strict=True
    ):
        roads.setdefault(start, []).append((end, takes))
    return SlowRoads([Point(lat, lng) for lat, lng in network.nodes.tolist()], roads).drive
