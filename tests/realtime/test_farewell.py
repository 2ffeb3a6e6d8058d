"""A server that is asked to stop sends everybody on, event streams as well, and ends."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.support.server import ROOT, VillageServer, free_port

SOCKETS = {"none": ["--ws", "none"], "ours": ["--ws", "village.realtime.lean:LeanWebSocket"]}


@contextmanager
def uvicorn(server: VillageServer, *options: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Serve the same village with plain uvicorn, on a port of its own."""
    port = free_port()
    words = ["-m", "uvicorn", "village.asgi:application", "--lifespan", "off"]
    process = subprocess.Popen(
        [sys.executable, *words, "--port", str(port), *options],
        cwd=ROOT,
        env={**server.environment, "DJANGO_SETTINGS_MODULE": "village.settings"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 60
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=5)
                break
            except httpx.TransportError:
                assert process.poll() is None and time.monotonic() < until
                time.sleep(0.05)
        yield process, port
    finally:
        process.kill()
        process.wait()


@pytest.mark.embedded
@pytest.mark.slow
@pytest.mark.parametrize("sockets", SOCKETS)
def test_an_event_stream_on_uvicorn_is_sent_on_and_lets_it_end(sockets: str) -> None:
    with VillageServer() as server:
        headers = {"X-Session-Token": server.token("nora")}
        with (
            uvicorn(server, *SOCKETS[sockets]) as (process, port),
            httpx.stream(
                "GET",
                f"http://127.0.0.1:{port}/sse?topics=residents/me",
                headers=headers,
                timeout=15,
            ) as stream,
        ):
            heard = (json.loads(line[6:]) for line in stream.iter_lines() if line[:6] == "data: ")
            while next(heard)["type"] != "subscribed":
                pass
            process.send_signal(signal.SIGTERM)
            last = list(heard)

            assert [each["type"] for each in last] == ["going_away", "closed"]
            assert last[-1]["code"] == 4410
            assert process.wait(5) in (0, -signal.SIGTERM)
