"""Asking a village to stop: it does, well and soon, whatever is in hand."""

from __future__ import annotations

import json
import os
import signal
import socket
import time

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.core.pictures import encoded, photo
from tests.management.processes import family, lives, outlet, wait_for
from tests.support.server import VillageServer

pytestmark = pytest.mark.embedded
# A stop is promised within five seconds.
STOPPED_WITHIN = 5.0


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
        assert "Traceback" not in doomed.log_text()

    def test_ends_well_while_it_prepares(self) -> None:
        early = VillageServer(is_new=True)
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


class TestJobsInHand:
    def test_do_not_hold_the_village(self) -> None:
        with socket.socket() as site, VillageServer() as server:
            site.bind(("127.0.0.1", 0))
            site.listen()
            site.settimeout(30)
            address = f"127.0.0.1:{site.getsockname()[1]}"
            # The village may ask there only after a start that allows it.
            server.environment["OUTBOUND_ALLOWED_HOSTS"] += f",{address}"
            server.environment["FEED_TICK_SECONDS"] = "1"
            server.restart()
            added = httpx.post(
                f"{server.url}/api/v1/villages/lindental/feeds",
                json={"outlet": outlet(server), "url": f"http://{address}/feed"},
                headers={"X-Session-Token": server.token("mia")},
            )
            assert added.status_code == 201, added.text

            # A site that takes the call and never says a word.
            with site.accept()[0]:
                begun = time.monotonic()
                assert server.stop() == 0
                assert time.monotonic() - begun < STOPPED_WITHIN

    def test_are_ended_with_the_village_and_blamed_for_nothing(self, doomed: VillageServer) -> None:
        with httpx.Client(
            base_url=f"{doomed.url}/api/v1", headers={"X-Session-Token": doomed.token("mia")}
        ) as mia:
            story = {"outlet": outlet(doomed), "title": "Hof", "text": "Schnee.", "publish": True}
            article = mia.post("/villages/lindental/articles", json=story).json()["id"]
            large = {"file": ("hof.jpg", encoded(photo(4000, 3000), "JPEG"))}
            picture = mia.post(f"/articles/{article}/pictures", files=large).json()["id"]
            wait_for(lambda: len(family(doomed.pid)) > 1)
            (worker,) = family(doomed.pid) - {doomed.pid}
            # Ctrl-C reaches a group: it must not reach the picture's worker.
            assert os.getpgid(worker) != os.getpgid(doomed.pid)
            # As if the picture took for ever.
            os.kill(worker, signal.SIGSTOP)
            begun = time.monotonic()

            assert doomed.stop() == 0
            assert time.monotonic() - begun < STOPPED_WITHIN
            assert not lives(worker)

            doomed.start()
            assert mia.get(f"/pictures/{picture}").json()["status"] == "waiting"
