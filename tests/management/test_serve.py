"""The one command that brings a village to life, as a real process."""

from __future__ import annotations

import itertools
import json
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import psycopg
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.support.server import VillageServer, free_port

# A stop is promised within five seconds.
STOPPED_WITHIN = 5.0


@pytest.fixture(scope="module")
def server() -> Iterator[VillageServer]:
    """Serve one village for the tests that do not end it."""
    with VillageServer(METRICS_TOKEN="for-the-operator") as running:
        yield running


@pytest.fixture
def doomed() -> Iterator[VillageServer]:
    """Serve a village for a test that ends it."""
    with VillageServer() as running:
        yield running


def family(pid: int) -> set[int]:
    """Give the ids of a process and of everything it has started."""
    found = {pid}
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            found |= family(int(child))
    return found


def lives(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


class TestServing:
    def test_says_where_it_is_and_who_can_sign_in(self, server: VillageServer) -> None:
        said = server.log_text()

        assert f"The village is at {server.url}" in said
        assert all(name in said for name in ("edda", "vera", "tom", "strang"))

    def test_is_ready_in_all_its_parts(self, server: VillageServer) -> None:
        answer = httpx.get(f"{server.url}/readyz")

        assert answer.status_code == 200
        states = {name: part["state"] for name, part in answer.json()["parts"].items()}
        assert states == {
            "database": "answers",
            "migrations": "applied",
            "hub": "idle",
            "jobs": "running",
        }

    def test_knows_who_comes_with_a_token(self, server: VillageServer) -> None:
        me = httpx.get(
            f"{server.url}/api/v1/me", headers={"X-Session-Token": server.token("tom")}
        ).json()

        assert me["display_name"] == "Tom Ackermann"

    def test_shows_its_figures_to_whoever_has_the_operators_token(
        self, server: VillageServer
    ) -> None:
        shown = httpx.get(
            f"{server.url}/metrics", headers={"Authorization": "Bearer for-the-operator"}
        )

        assert shown.status_code == 200
        assert "village_requests_total" in shown.text
        assert httpx.get(f"{server.url}/metrics").status_code == 404

    def test_says_nothing_about_the_server_it_runs_on(self, server: VillageServer) -> None:
        assert "server" not in httpx.get(f"{server.url}/healthz").headers


class TestHugeBodies:
    @pytest.mark.parametrize("is_chunked", [False, True])
    def test_are_refused_in_words(self, server: VillageServer, is_chunked: bool) -> None:
        mebibytes = itertools.repeat(b"x" * 1024 * 1024, 20)

        answer = httpx.post(
            f"{server.url}/api/v1/villages/lindental/events",
            content=mebibytes if is_chunked else b"".join(mebibytes),
        )

        assert (answer.status_code, answer.json()["code"]) == (413, "body.too_large")
        assert answer.headers["content-type"] == "application/problem+json"

    def test_are_cut_off_when_they_never_end(self, server: VillageServer) -> None:
        with pytest.raises(httpx.TransportError):
            httpx.post(
                f"{server.url}/api/v1/villages/lindental/events",
                content=itertools.repeat(b"x" * 1024 * 1024, 500),
            )

        assert server.is_ready()


class TestSecondProcess:
    def test_is_told_that_the_village_is_served_already(self, server: VillageServer) -> None:
        second = server.command("serve", "--port", str(server.port), check=False)

        assert second.returncode == 1
        assert f"already being served: {server.url}, by process {server.pid}" in second.stderr
        assert "Traceback" not in second.stderr

    def test_is_told_so_on_another_port_too(self, server: VillageServer) -> None:
        second = server.command("serve", "--port", "1", check=False)

        assert "already being served" in second.stderr

    def test_is_told_that_its_port_is_taken(self, tmp_path: Path) -> None:
        with socket.socket() as neighbour:
            neighbour.bind(("127.0.0.1", 0))
            neighbour.listen()
            taken = VillageServer()
            try:
                taken.port = neighbour.getsockname()[1]
                ended = taken.command("serve", "--port", str(taken.port), check=False)
            finally:
                taken.close()

        assert ended.returncode == 1
        assert f"Cannot listen on 127.0.0.1:{taken.port}: Address already in use" in ended.stderr
        assert "Traceback" not in ended.stderr


class TestNonsense:
    @pytest.mark.parametrize("port", ["0", "65536", "-1", "http"])
    def test_is_no_port(self, server: VillageServer, port: str) -> None:
        ended = server.command("serve", f"--port={port}", check=False)

        assert ended.returncode == 2
        assert "a port is a number from 1 to 65535" in ended.stderr

    def test_is_no_host_and_no_database(self) -> None:
        elsewhere = VillageServer()
        nowhere = VillageServer(DATABASE_URL=f"postgres://nobody@127.0.0.1:{free_port()}/nothing")
        try:
            no_host = elsewhere.command("serve", "--host", "192.0.2.1", check=False)
            no_database = nowhere.command("serve", check=False)
        finally:
            elsewhere.close()
            nowhere.close()

        assert "Cannot listen on 192.0.2.1" in no_host.stderr
        assert "The database does not answer" in no_database.stderr
        for ended in (no_host, no_database):
            assert (ended.returncode, "Traceback" in ended.stderr) == (1, False)


class TestStopping:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_ends_well_and_leaves_nobody_behind(
        self, doomed: VillageServer, number: signal.Signals
    ) -> None:
        everybody = family(doomed.pid)
        begun = time.monotonic()

        status = doomed.stop(number)

        assert (status, time.monotonic() - begun < STOPPED_WITHIN) == (0, True)
        assert not any(map(lives, everybody))
        assert doomed.log_text().endswith("The village has stopped.\n")

    def test_ends_well_while_it_prepares(self) -> None:
        early = VillageServer()
        try:
            early.start(wait=False)
            wait_for(lambda: "Preparing" in early.log_text())

            assert early.stop() == 0
            early.start()
        finally:
            early.close()

    def test_is_not_held_by_whoever_keeps_a_connection_open(self, doomed: VillageServer) -> None:
        address = ("127.0.0.1", doomed.port)
        with httpx.Client() as kept, socket.create_connection(address) as silent:
            kept.get(f"{doomed.url}/healthz")
            silent.sendall(b"POST /api/v1/villages/lindental/cases HTTP/1.1\r\nHost: 127.0.0.1\r\n")
            begun = time.monotonic()

            assert doomed.stop() == 0
            assert time.monotonic() - begun < STOPPED_WITHIN

    def test_tells_open_sockets_to_come_back(self, doomed: VillageServer) -> None:
        headers = {"X-Session-Token": doomed.token("nora")}
        ticket = httpx.post(f"{doomed.url}/api/v1/realtime/tickets", headers=headers).json()
        with connect(doomed.ws_url, subprotocols=[Subprotocol("village.v1")]) as open_socket:
            open_socket.send(json.dumps({"type": "hello", "ticket": ticket["ticket"]}))
            assert json.loads(open_socket.recv(5))["type"] == "welcome"

            status = doomed.stop()

            assert json.loads(open_socket.recv(5))["type"] == "going_away"
            with pytest.raises(ConnectionClosed) as closed:
                open_socket.recv(5)
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, status) == (4410, 0)

    def test_starts_again_where_it_was(self, doomed: VillageServer) -> None:
        token = doomed.token("nora")

        doomed.restart()

        me = httpx.get(f"{doomed.url}/api/v1/me", headers={"X-Session-Token": token})
        assert me.json()["display_name"] == "Nora Weiß"


class Neighbour(threading.Thread):
    """Announce one event after the other, as fast as the village takes them, until told to end."""

    def __init__(self, server: VillageServer) -> None:
        super().__init__(daemon=True)
        self.server = server
        self.token = server.token("tom")
        begins_at = datetime.now(UTC) + timedelta(days=10)
        self.event = {
            "text": "Komm vorbei!",
            "begins_at": begins_at.isoformat(),
            "ends_at": (begins_at + timedelta(hours=2)).isoformat(),
            "place": {"name": "Alte Schule", "lat": 50.015, "lng": 11.508},
        }
        self.acknowledged: dict[str, str] = {}
        self.is_done = threading.Event()

    def run(self) -> None:
        """Say each thing until it is acknowledged, with the same key: an app does the same."""
        with httpx.Client(base_url=self.server.url, timeout=10) as client:
            for number in itertools.count():
                key = f"event-{number}"
                while key not in self.acknowledged:
                    if self.is_done.wait(0.005):
                        return
                    self._announce(client, key)

    def _announce(self, client: httpx.Client, key: str) -> None:
        try:
            answer = client.post(
                "/api/v1/villages/lindental/events",
                json={"title": key, **self.event},
                headers={"X-Session-Token": self.token, "Idempotency-Key": key},
            )
        except httpx.TransportError:
            return
        assert answer.status_code == 201, answer.text
        self.acknowledged[key] = answer.json()["id"]


@pytest.mark.slow
class TestPowerCuts:
    def test_lose_nothing_that_was_acknowledged(self, doomed: VillageServer) -> None:
        neighbour = Neighbour(doomed)
        neighbour.start()
        for _ in range(5):
            so_far = len(neighbour.acknowledged)
            wait_for(lambda so_far=so_far: len(neighbour.acknowledged) >= so_far + 20)
            doomed.restart(kill=True)
        neighbour.is_done.set()
        neighbour.join()

        shown = titles_on_the_board(doomed, neighbour.token)
        assert len(neighbour.acknowledged) >= 100
        assert [shown.count(key) for key in neighbour.acknowledged] == [1] * len(
            neighbour.acknowledged
        )


def titles_on_the_board(server: VillageServer, token: str) -> list[str]:
    titles: list[str] = []
    query = {"limit": "100"}
    with httpx.Client(base_url=server.url, headers={"X-Session-Token": token}) as client:
        while True:
            page = client.get("/api/v1/villages/lindental/events", params=query).json()
            titles += [event["title"] for event in page["items"]]
            if page["next"] is None:
                return titles
            query["after"] = page["next"]


def wait_for(condition: object, within: float = 30.0) -> None:
    assert callable(condition)
    latest = time.monotonic() + within
    while not condition():
        assert time.monotonic() < latest, "it did not happen in time"
        time.sleep(0.01)


@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.skipif("DATABASE_URL" not in os.environ, reason="SQLite is held by one process")
class TestSharedDatabase:
    def test_is_prepared_by_one_of_those_who_start_at_once(self) -> None:
        server = urlsplit(os.environ["DATABASE_URL"])
        shared = server._replace(path=f"/village_{uuid4().hex}")
        with psycopg.connect(server.geturl(), autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {shared.path[1:]}".encode())
            here = {"DATABASE_URL": shared.geturl(), "REDIS_URL": os.environ["REDIS_URL"]}
            try:
                with ExitStack() as both:
                    webs = [VillageServer(**here), VillageServer(**here)]
                    for web in webs:
                        both.callback(web.close)
                        web.start(wait=False)
                    for web in webs:
                        web.wait_until_ready()

                    said = sorted(web.log_text().count("Preparing") for web in webs)
                    assert said == [0, 1]
                    assert [web.stop() for web in webs] == [0, 0]
            finally:
                admin.execute(f"DROP DATABASE {shared.path[1:]} WITH (FORCE)".encode())
