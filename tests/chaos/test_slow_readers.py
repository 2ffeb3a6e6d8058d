"""Phones that never read cost the village nothing, and are sent away in the end."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.support.client import VillageSocket
from tests.support.server import VillageServer

TOPIC = "villages/lindental/events"
EVENT = {
    "title": "Harvest dinner",
    "text": "Everybody brings something. " * 40,
    "begins_at": "2027-05-01T18:00:00+02:00",
    "ends_at": "2027-05-01T20:00:00+02:00",
    "place": {"name": "Village green", "lat": 50.015, "lng": 11.508},
    "capacity": 20,
    "publish": True,
}
MEGABYTE = 1024 * 1024


@pytest.mark.embedded
@pytest.mark.slow
async def test_ten_phones_that_never_read() -> None:
    with VillageServer() as server:
        people = ("nora", "tom")
        tokens = {name: server.token(name) for name in people}

        async def ticket(name: str) -> str:
            headers = {"X-Session-Token": tokens[name]}
            async with httpx.AsyncClient(base_url=server.url, headers=headers) as http:
                return str((await http.post("/api/v1/realtime/tickets")).json()["ticket"])

        deaf = [await deaf_phone(server, await ticket(people[n % 2])) for n in range(10)]
        async with VillageSocket(server.url, ticket=lambda: ticket("nora")) as healthy:
            news = await healthy.follow(TOPIC)
            before = memory_of(server.pid)
            headers = {"X-Session-Token": tokens["tom"]}
            async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=30) as http:
                for _ in range(300):
                    answer = await http.post("/api/v1/villages/lindental/events", json=EVENT)
                    assert answer.status_code == 201, answer.text
            for _ in range(300):
                await news.next(20)
            assert memory_of(server.pid) - before < 16 * MEGABYTE

        # They have been behind for twenty seconds and more by now, or will be soon.
        async with asyncio.timeout(40):
            for phone in deaf:
                await until_closed(phone)
        assert {phone.close_code for phone in deaf} == {4408}


async def deaf_phone(server: VillageServer, ticket: str) -> ClientConnection:
    """Follow the board and never read a word of it."""
    phone = await connect(
        server.ws_url, subprotocols=[Subprotocol("village.v1")], max_queue=1, ping_interval=None
    )
    await phone.send(json.dumps({"type": "hello", "ticket": ticket}))
    await phone.recv()
    await phone.send(json.dumps({"type": "subscribe", "topic": TOPIC}))
    await phone.recv()
    return phone


async def until_closed(phone: ClientConnection) -> None:
    """Read at last, up to the close."""
    with suppress(ConnectionClosed):
        async for _ in phone:
            pass


def memory_of(pid: int) -> int:
    """Give a process's resident memory, in bytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096
