"""The one command that brings a village to life, as a real process."""

from __future__ import annotations

import itertools
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import psycopg
import pytest

from tests.support.server import VillageServer, free_port


@pytest.fixture(scope="module")
def server() -> Iterator[VillageServer]:
    """Serve one village for the tests that do not end it."""
    with VillageServer(METRICS_TOKEN="for-the-operator") as running:
        yield running


@pytest.mark.embedded
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


@pytest.mark.embedded
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


@pytest.mark.embedded
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


@pytest.mark.embedded
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
