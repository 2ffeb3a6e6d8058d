"""
Roads as they are: a network of nodes, and the quickest way between any two.

It comes of an OpenStreetMap extract, whose data is (c) OpenStreetMap contributors, under the
Open Database License 1.0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import KDTree

from carpool.routing.estimate import Estimate
from carpool.routing.port import UNREACHABLE, Coordinates, Table, Whole
from village.core.geo import EARTH_RADIUS_M

# Whoever is farther from every road than this is not on this map: the estimate answers.
OFF_THE_MAP_M = 2_000.0
# From a door to the nearest crossing, as the estimate would drive.
_TO_THE_ROAD = Estimate()

Floats = NDArray[np.float64]


class NoRoads(ValueError):
    """A file holds no network of roads."""


@dataclass(frozen=True, slots=True)
class Edges:
    """
    Hold one-way pieces of road between nodes: from, to, how long they take, how long they are.

    Whole milliseconds and decimetres, so that sums do not depend on their order.
    """

    starts: Whole
    ends: Whole
    milliseconds: Whole
    decimetres: Whole


class Network:
    """Know the quickest way between any two places near the roads of one region."""

    is_estimate = False

    def __init__(self, nodes: Coordinates, edges: Edges) -> None:
        """
        Take the nodes from which one can drive to all others and back, with the roads between.

        :raises NoRoads: there are no two such nodes
        """
        times = _matrix(len(nodes), edges, edges.milliseconds)
        _, parts = connected_components(times, directed=True, connection="strong")
        kept = parts == np.argmax(np.bincount(parts)) if len(nodes) else np.zeros(0, dtype=bool)
        if kept.sum() < 2:
            raise NoRoads("no two places are joined by a road")
        inside = kept[edges.starts] & kept[edges.ends]
        number = np.cumsum(kept) - 1
        self.nodes = nodes[kept]
        self.edges = Edges(
            number[edges.starts[inside]],
            number[edges.ends[inside]],
            edges.milliseconds[inside],
            edges.decimetres[inside],
        )
        self._times = _matrix(len(self.nodes), self.edges, self.edges.milliseconds)
        self._ways = _matrix(len(self.nodes), self.edges, self.edges.decimetres)
        self._times_back, self._ways_back = self._times.T.tocsr(), self._ways.T.tocsr()
        self._nearest = KDTree(_on_the_sphere(self.nodes))
        quickest = float((self.edges.decimetres / self.edges.milliseconds).max()) * 100
        # Metres are measured through the air, from node to node, and rounded.
        self.fastest = max(quickest * 1.01, _TO_THE_ROAD.fastest)

    def table(self, starts: Coordinates, goals: Coordinates) -> Table:
        """Give whole seconds and metres from each start to each goal."""
        start_nodes, start_gaps = self._snapped(starts)
        goal_nodes, goal_gaps = self._snapped(goals)
        if len(np.unique(start_nodes)) <= len(np.unique(goal_nodes)):
            times, ways = _searched(self._times, self._ways, start_nodes, goal_nodes)
        else:
            times, ways = _searched(self._times_back, self._ways_back, goal_nodes, start_nodes)
            times, ways = times.T, ways.T
        factor, speed = _TO_THE_ROAD.factor, _TO_THE_ROAD.metres_a_second
        gaps = (start_gaps[:, None] + goal_gaps[None, :]) * factor
        seconds = _halves_up(times / 1000 + gaps / speed)
        metres = _halves_up(ways / 10 + gaps)
        same = (starts[:, None, :] == goals[None, :, :]).all(axis=2)
        seconds, metres = np.where(same, 0, seconds), np.where(same, 0, metres)
        off = (start_gaps > OFF_THE_MAP_M)[:, None] | (goal_gaps > OFF_THE_MAP_M)[None, :]
        if off.any():
            guess = _TO_THE_ROAD.table(starts, goals)
            seconds = np.where(off, guess.seconds, seconds)
            metres = np.where(off, guess.metres, metres)
        return Table(seconds, metres)

    def save(self, path: Path) -> None:
        """Write the network to a file, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".unfinished.npz")
        np.savez_compressed(
            unfinished,
            nodes=self.nodes,
            starts=self.edges.starts.astype(np.int32),
            ends=self.edges.ends.astype(np.int32),
            milliseconds=self.edges.milliseconds.astype(np.int32),
            decimetres=self.edges.decimetres.astype(np.int32),
        )
        unfinished.replace(path)

    def _snapped(self, points: Coordinates) -> tuple[Whole, Floats]:
        """Give the nearest node of each point, and how many metres away it is."""
        chords, nodes = self._nearest.query(_on_the_sphere(points))
        gaps = 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(1.0, chords / 2))
        return nodes.astype(np.int64), gaps


def load(path: Path) -> Network:
    """
    Read a network that was saved.

    :raises NoRoads: the file is not one
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            names = ("starts", "ends", "milliseconds", "decimetres")
            columns = [kept[name].astype(np.int64) for name in names]
            return Network(kept["nodes"], Edges(*columns))
    except (OSError, EOFError, KeyError, BadZipFile, ValueError) as error:
        raise NoRoads(f"{path.name} holds no roads: {error}") from error


def _matrix(size: int, edges: Edges, weights: Whole) -> csr_matrix:
    """Lay weights out by edge; of two roads between the same nodes, only the quicker counts."""
    order = np.lexsort((edges.decimetres, edges.milliseconds, edges.ends, edges.starts))
    starts, ends = edges.starts[order], edges.ends[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (starts[1:] != starts[:-1]) | (ends[1:] != ends[:-1])
    places = starts[first], ends[first]
    values = weights[order][first].astype(float)
    return csr_matrix((values, places), shape=(size, size))


def _searched(
    times: csr_matrix, ways: csr_matrix, sources: Whole, others: Whole
) -> tuple[Floats, Floats]:
    """Give milliseconds and decimetres of the quickest ways, by one search for each source."""
    asked, again = np.unique(sources, return_inverse=True)
    reached, before = dijkstra(times, indices=asked, return_predecessors=True)
    lengths = np.stack([_lengths(ways, row) for row in before])
    found = reached[again][:, others]
    found[np.isinf(found)] = UNREACHABLE * 1000
    return found, lengths[again][:, others]


def _lengths(ways: csr_matrix, before: NDArray[np.int32]) -> Floats:
    """Give how long the way to each node is, by doubling the step towards the source."""
    nodes = np.arange(len(before))
    reached = before >= 0
    towards = np.where(reached, before, nodes)
    total = np.zeros(len(before))
    total[reached] = np.asarray(ways[towards[reached], nodes[reached]]).ravel()
    while (towards[towards] != towards).any():
        total += np.where(towards != nodes, total[towards], 0)
        towards = towards[towards]
    return total


def _on_the_sphere(points: Coordinates) -> Floats:
    lat, lng = np.radians(points).T
    return np.stack([np.cos(lat) * np.cos(lng), np.cos(lat) * np.sin(lng), np.sin(lat)], axis=1)


def _halves_up(values: Floats) -> Whole:
    whole: Whole = np.floor(values + 0.5).astype(np.int64)
    return whole


def joined(pieces: Sequence[tuple[int, int, int, int]]) -> Edges:
    """Lay pieces of road out as columns: from, to, milliseconds, decimetres."""
    return Edges(*np.array(pieces, dtype=np.int64).reshape(-1, 4).T)
