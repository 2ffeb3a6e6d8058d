"""Roads that somebody else knows: a server on this machine that speaks OSRM's protocol."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from carpool.matching import fitting
from carpool.routing import UNREACHABLE, RoadsUnavailable, coordinates
from carpool.routing.osrm import MOST_PLACES, Osrm
from tests.carpool.matching.oracle import Oracle, remembered
from tests.carpool.matching.test_insertion import shown
from tests.carpool.matching.traffic import Traffic
from tests.carpool.routing.test_network import around
from village.core.geo import Point, distance_m

pytestmark = pytest.mark.once
Answer = Callable[[list[Point], list[int], list[int]], tuple[int, bytes]]


def by_the_air(points: list[Point], sources: list[int], goals: list[int]) -> tuple[int, bytes]:
    """Answer as OSRM does: 15 m/s through the air, every road ten metres from the door."""
    metres = [[distance_m(points[a], points[b]) for b in goals] for a in sources]
    body: dict[str, Any] = {
        "code": "Ok",
        "durations": [[round(each / 15, 1) for each in row] for row in metres],
        "distances": [[round(each, 1) for each in row] for row in metres],
        "sources": [{"distance": 10.0} for _ in sources],
        "destinations": [{"distance": 10.0} for _ in goals],
    }
    return 200, json.dumps(body).encode()


class Server:
    """Serve ``/table/v1/driving/`` as long as a test runs; remember how many places were asked."""

    def __init__(self) -> None:
        self.answer: Answer = by_the_air
        self.asked: list[int] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                _, service, version, profile, places = parts.path.split("/")
                assert (service, version, profile) == ("table", "v1", "driving")
                query = parse_qs(parts.query)
                assert query["annotations"] == ["duration,distance"]
                points = [
                    Point(float(lat), float(lng))
                    for lng, lat in (each.split(",") for each in places.split(";"))
                ]
                server.asked.append(len(points))
                numbers = [
                    [int(each) for each in query[name][0].split(";")]
                    for name in ("sources", "destinations")
                ]
                status, body = server.answer(points, *numbers)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_said: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"


@pytest.fixture
def server() -> Iterator[Server]:
    """Serve on this machine."""
    served = Server()
    thread = threading.Thread(target=served.http.serve_forever, args=(0.02,))
    thread.start()
    yield served
    served.http.shutdown()
    thread.join()
    served.http.server_close()


def expected(here: Point, there: Point) -> int:
    """Give what the answers add up to: the drive, and ten metres of way at both ends."""
    if here == there:
        return 0
    rounded = [Point(round(each.lat, 5), round(each.lng, 5)) for each in (here, there)]
    return int(round(distance_m(*rounded) / 15, 1) + 20 * 1.3 / (50 / 3.6) + 0.5)


class TestTable:
    @pytest.mark.parametrize(("starts", "goals"), [(1, 1), (2, 130), (130, 2), (70, 40)])
    def test_is_asked_for_in_parts_that_a_server_takes(
        self, server: Server, starts: int, goals: int
    ) -> None:
        chance = Random(1)
        here, there = around(chance, starts), around(chance, goals)

        table = Osrm(server.url).table(coordinates(here), coordinates(there))

        assert table.seconds.tolist() == [[expected(a, b) for b in there] for a in here]
        assert max(server.asked) <= MOST_PLACES

    def test_of_nothing_asks_nobody(self, server: Server) -> None:
        table = Osrm(server.url).table(coordinates([]), coordinates(around(Random(1), 3)))

        assert (table.seconds.shape, server.asked) == ((0, 3), [])

    def test_where_no_way_leads_nobody_gets(self, server: Server) -> None:
        def island(points: list[Point], sources: list[int], goals: list[int]) -> tuple[int, bytes]:
            status, body = by_the_air(points, sources, goals)
            found = json.loads(body)
            found["durations"][0][0] = found["distances"][0][0] = None
            return status, json.dumps(found).encode()

        server.answer = island
        places = coordinates(around(Random(1), 2))

        table = Osrm(server.url).table(places[:1], places[1:])

        assert table.seconds[0, 0] >= UNREACHABLE

    @pytest.mark.parametrize(
        "answer",
        [
            (200, b""),
            (200, b"[]"),
            (200, b'{"code": "Ok"}'),
            (200, b'{"code": "Ok", "durations": [], "distances": [], "sources": []}'),
            (400, b'{"code": "NoSegment"}'),
            (500, b"oops"),
            (
                200,
                b'{"code": "Ok", "durations": [[NaN]], "distances": [[1]],'
                b' "sources": [{"distance": 1}], "destinations": [{"distance": 1}]}',
            ),
            (
                200,
                b'{"code": "Ok", "durations": [[1, 2]], "distances": [[1, 2]],'
                b' "sources": [{"distance": 1}], "destinations": [{"distance": 1}]}',
            ),
        ],
        ids=["empty", "list", "bare", "short", "refusal", "failure", "no number", "too wide"],
    )
    def test_of_nonsense_is_none(self, server: Server, answer: tuple[int, bytes]) -> None:
        server.answer = lambda *_asked: answer
        places = coordinates(around(Random(1), 2))

        with pytest.raises(RoadsUnavailable):
            Osrm(server.url).table(places[:1], places[1:])

    def test_of_nobody_is_none(self) -> None:
        places = coordinates(around(Random(1), 2))

        with pytest.raises(RoadsUnavailable):
            Osrm("http://127.0.0.1:9").table(places[:1], places[1:])


class TestFitting:
    def test_finds_what_the_oracle_finds(self, server: Server) -> None:
        traffic = Traffic(Random(2), Osrm(server.url))
        oracle = Oracle(remembered(expected), traffic.detours)
        rides = [traffic.ride(riders=number % 3) for number in range(8)]
        found = 0

        for ride in rides:
            looked_for = traffic.wish_along(ride)
            matches = fitting(looked_for, rides, traffic.roads, at=0)
            found += len(matches)
            by_hand = {each.id: oracle.match(looked_for, each, 0) for each in rides}
            assert {match.ride_id: shown(match) for match in matches} == {
                name: match for name, match in by_hand.items() if match
            }
        assert found
