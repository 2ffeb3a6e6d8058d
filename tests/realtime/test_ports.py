"""
The ports on the real servers.

They write past the server, so they lean on what it keeps inside. Whatever changes there makes
the port of that server a plain one, and the first test here fail.
"""

from __future__ import annotations

import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.realtime.lean_server import masked
from tests.realtime.port_app import WORDS
from tests.support.server import ROOT, free_port
from tests.support.tls import make_tls
from tools.leash import leashed
from village.realtime.rfc6455 import Opcode

pytestmark = pytest.mark.once
APP = "tests.realtime.port_app:application"
UVICORN = f"uvicorn {APP} --lifespan off --port %d --ws"
LEAN = f"{UVICORN} village.realtime.lean:LeanWebSocket"
SERVERS = {
    "daphne": f"daphne -b 127.0.0.1 -p %d {APP}",
    "lean on uvloop": f"{LEAN} --loop uvloop",
    "lean on asyncio": f"{LEAN} --loop asyncio",
    "uvicorn": f"{UVICORN} websockets-sansio",
}
PORTS = {"daphne": "DaphnePort", "lean on uvloop": "LeanPort", "lean on asyncio": "LeanPort"}


@dataclass
class Running:
    name: str
    port: int
    log: Path

    def dial(self, path: str, context: ssl.SSLContext | None = None) -> ClientConnection:
        url = f"{'wss' if context else 'ws'}://127.0.0.1:{self.port}{path}"
        return connect(url, ssl=context, max_size=None, close_timeout=5)

    def says(self, path: str, context: ssl.SSLContext | None = None) -> str | bytes:
        with self.dial(path, context) as client:
            return client.recv(5)


@contextmanager
def running(name: str, command: str, folder: Path) -> Iterator[Running]:
    port, log = free_port(), folder / "server.log"
    with log.open("wb") as said:
        words = leashed([sys.executable, "-m", *(command % port).split()])
        process = subprocess.Popen(words, cwd=ROOT, stdout=said, stderr=said)
    try:
        latest = time.monotonic() + 60
        while True:
            assert process.poll() is None and time.monotonic() < latest, log.read_text()
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 5):
                break
            time.sleep(0.05)
        yield Running(name, port, log)
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module", params=SERVERS)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """Serve the application of these tests by each server in turn."""
    with running(request.param, SERVERS[request.param], tmp_path_factory.mktemp("ports")) as it:
        yield it


class TestTheChoice:
    def test_is_the_fastest_port_of_each_server(self, server: Running) -> None:
        assert server.says("/name") == PORTS.get(server.name, "AsgiPort")

    def test_is_a_plain_one_behind_a_middleware(self, server: Running) -> None:
        assert server.says("/behind-middleware") == "AsgiPort"

    def test_is_a_plain_one_before_the_handshake(self, server: Running) -> None:
        assert server.says("/too-early") == "AsgiPort"

    def test_is_a_plain_one_where_frames_are_compressed(self, server: Running) -> None:
        if server.name != "daphne":
            pytest.skip("ours never negotiates it; see test_lean.py")
        assert server.says("/with-compression") == "AsgiPort"

    @pytest.mark.parametrize("name", ["daphne", "lean on uvloop"])
    def test_is_a_plain_one_over_tls(self, name: str, tmp_path: Path) -> None:
        _, trusted = make_tls(tmp_path)
        key = tmp_path / "key.pem"
        commands = {
            "daphne": f"daphne -e ssl:%d:interface=127.0.0.1:privateKey={key}:certKey={trusted}"
            f" {APP}",
            "lean on uvloop": f"{SERVERS[name]} --ssl-keyfile {key} --ssl-certfile {trusted}",
        }
        with running(name, commands[name], tmp_path) as server:
            context = ssl.create_default_context(cafile=str(trusted))
            assert server.says("/name", context) == "AsgiPort"


class TestTheOrder:
    def test_holds_whichever_way_words_take(self, server: Running) -> None:
        heard: list[str] = []
        with server.dial("/chatter") as client:
            client.send("go on")
            with pytest.raises(ConnectionClosed):
                while True:
                    heard.append(str(client.recv(10)))
                    client.send("go on" if len(heard) < WORDS else "enough")

        assert [int(word.split()[0]) for word in heard] == list(range(WORDS))
        assert client.close_code == 4410

    def test_ends_where_the_client_leaves(self, server: Running) -> None:
        with server.dial("/left"):
            pass

        assert "AssertionError" not in server.log.read_text()


class TestListening:
    def test_is_at_once_for_what_is_simple(self, server: Running) -> None:
        with server.dial("/listen") as client:
            client.send("an ack")
            heard = client.recv(5)

        assert heard == f"{'at once' if server.name in PORTS else 'through ASGI'}: an ack"

    def test_keeps_the_order_of_whatever_comes(self, server: Running) -> None:
        words: list[str | list[str] | bytes] = []
        for number in range(40):
            words += [f"{number} simple", f"{number} " + "x" * 200, f"{number} ü".encode()]
            words += [[f"{number} in ", "two"]]
        with server.dial("/listen") as client:
            for word in words:
                client.send(word, text=True if isinstance(word, str) else None)
                if word == "20 simple":
                    client.ping()
            heard = [str(client.recv(5)).partition(": ")[2] for _ in words]
            client.send("close")
            with pytest.raises(ConnectionClosed):
                client.recv(5)

        said = ["".join(w) if isinstance(w, list) else w for w in words]
        assert heard == [(w.decode() if isinstance(w, bytes) else w)[:20] for w in said]
        assert client.close_code == 4410

    def test_does_not_take_bad_bytes_for_words(self, server: Running) -> None:
        with server.dial("/listen") as client:
            client.socket.sendall(masked(Opcode.TEXT, b"fine") + masked(Opcode.TEXT, b"\xff"))
            with pytest.raises(ConnectionClosed):
                while True:
                    client.recv(5)

        # Autobahn drops the line, as it always does.
        assert client.close_code == (1006 if server.name == "daphne" else 1007)

    def test_waits_for_the_rest_of_a_word(self, server: Running) -> None:
        with server.dial("/listen") as client:
            for byte in masked(Opcode.TEXT, b"slow") + masked(Opcode.TEXT, b"ly"):
                client.socket.sendall(bytes((byte,)))
                time.sleep(0.002)
            heard = [str(client.recv(5)).partition(": ")[2] for _ in range(2)]

        assert heard == ["slow", "ly"]


class TestTurningAway:
    def test_says_when_to_come_again(self, server: Running) -> None:
        with pytest.raises(InvalidStatus) as refused, server.dial("/busy"):
            pass

        assert refused.value.response.status_code == 503
        assert refused.value.response.headers["Retry-After"] == "9"

    def test_leaves_nothing_behind_in_the_log(self, server: Running) -> None:
        time.sleep(1.5 if server.name == "daphne" else 0)  # its own sweep comes once a second

        # uvicorn's own writes a traceback about the bad bytes above.
        assert "/realtime/" not in server.log.read_text()
