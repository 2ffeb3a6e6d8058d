"""
Build a network of roads out of an OpenStreetMap extract.

The data is (c) OpenStreetMap contributors, under the Open Database License 1.0; a network built
from it is a derived database. Which roads a car may use, and the tags for it:
https://wiki.openstreetmap.org/wiki/Key:highway, /Key:access, /Key:oneway, /Key:maxspeed.
Turn restrictions and lights are not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path

import osmium

from carpool.routing.network import Network, NoRoads, joined
from carpool.routing.port import coordinates
from village.core.geo import Point, distance_m

# Assumed, not measured: how fast each kind of road is driven, in km/h, bends and villages included.
SPEEDS: Mapping[str, float] = {
    "motorway": 110,
    "motorway_link": 60,
    "trunk": 90,
    "trunk_link": 50,
    "primary": 70,
    "primary_link": 45,
    "secondary": 60,
    "secondary_link": 40,
    "tertiary": 50,
    "tertiary_link": 35,
    "unclassified": 40,
    "residential": 28,
    "living_street": 10,
    "service": 15,
    "road": 30,
}
# Assumed: this much of an allowed speed is really driven.
OF_ALLOWED = 0.85
SLOWEST, QUICKEST = 5.0, 110.0
_KMH_OF_A_MILE = 1.609344
# https://wiki.openstreetmap.org/wiki/Key:maxspeed: values that are words.
_WORDS = {"none": 130.0, "walk": 7.0}
_LOCAL = {"urban": 50.0, "rural": 100.0, "motorway": 130.0, "living_street": 7.0, "zone30": 30.0}
_CLOSED = ("no", "private")
# So often it is said how far it has come.
SAID_EVERY = 10_000

Tags = Mapping[str, str]


def build(path: Path, say: Callable[[str], None]) -> Network:
    """
    Read an extract (PBF or XML) and build its network; ``say`` is told how far it has come.

    :raises NoRoads: it is no extract, or has no roads
    """
    numbers: dict[int, int] = {}
    points: list[Point] = []
    pieces: list[tuple[int, int, int, int]] = []
    ways = roads = 0
    try:
        for way in osmium.FileProcessor(path, osmium.osm.NODE | osmium.osm.WAY).with_locations():
            if not isinstance(way, osmium.osm.Way):
                continue
            ways += 1
            if ways % SAID_EVERY == 0:
                say(f"{ways:,} ways read, {roads:,} of them roads")
            tags = dict(way.tags)
            if not is_open(tags):
                continue
            roads += 1
            nodes = [node for node in way.nodes if node.location.valid()]
            for node in nodes:
                if node.ref not in numbers:
                    numbers[node.ref] = len(points)
                    points.append(Point(node.lat, node.lon))
            pieces += _pieces([numbers[node.ref] for node in nodes], points, tags)
    except (RuntimeError, OSError) as error:
        raise NoRoads(f"{path.name} could not be read: {error}") from error
    say(f"{ways:,} ways read, {roads:,} of them roads, {len(points):,} nodes")
    return Network(coordinates(points), joined(pieces))


def is_open(tags: Tags) -> bool:
    """Tell whether everybody may drive a car on a way."""
    return (
        tags.get("highway") in SPEEDS
        and tags.get("area") != "yes"
        and not any(tags.get(key) in _CLOSED for key in _deciding(tags))
    )


def speed_kmh(tags: Tags) -> float:
    """Give how fast a road is driven, in km/h."""
    allowed = _allowed(tags.get("maxspeed", ""))
    if allowed is None:
        return SPEEDS[tags["highway"]]
    return max(SLOWEST, min(allowed * OF_ALLOWED, QUICKEST))


def directions(tags: Tags) -> tuple[bool, bool]:
    """Tell whether a road may be driven as it is drawn, and against it."""
    oneway = tags.get("oneway", "")
    if oneway in ("-1", "reverse"):
        return False, True
    implied = tags.get("junction") in ("roundabout", "circular") or tags["highway"] == "motorway"
    return True, not (oneway in ("yes", "1", "true") or (implied and oneway != "no"))


def _deciding(tags: Tags) -> tuple[str, ...]:
    """Name the tag that decides about cars: the most special one that is there."""
    for key in ("motorcar", "motor_vehicle", "vehicle", "access"):
        if key in tags:
            return (key,)
    return ()


def _allowed(said: str) -> float | None:
    number, _, unit = said.strip().partition(" ")
    if number in _WORDS:
        return _WORDS[number]
    if ":" in number:
        return _LOCAL.get(number.rpartition(":")[2])
    try:
        value = float(number)
    except ValueError:
        return None
    return value * _KMH_OF_A_MILE if unit == "mph" else value


def _pieces(nodes: list[int], points: list[Point], tags: Tags) -> list[tuple[int, int, int, int]]:
    onward, back = directions(tags)
    metres_a_second = speed_kmh(tags) / 3.6
    found = []
    for here, there in pairwise(nodes):
        metres = distance_m(points[here], points[there])
        cost = max(1, round(metres / metres_a_second * 1000)), round(metres * 10)
        if here != there and onward:
            found.append((here, there, *cost))
        if here != there and back:
            found.append((there, here, *cost))
    return found
