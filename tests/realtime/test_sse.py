"""Server-sent events: the same frames and numbers for whoever cannot hold a socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.db import connections

from tests.realtime.test_socket import everybody, grant, session_of
from tests.support.cast import Cast
from village.asgi import application
from village.realtime.hub import hub
from village.realtime.registry import registry

pytestmark = pytest.mark.django_db(transaction=True)


class Stream:
    """Read an event stream as a browser does."""

    def __init__(self, query: str, **headers: str) -> None:
        self.wire = ApplicationCommunicator(
            application,
            {
                "type": "http",
                "method": "GET",
                "path": "/sse",
                "query_string": query.encode(),
                "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()],
            },
        )
        self.last_id = ""

    async def open(self) -> int:
        await self.wire.send_input({"type": "http.request", "body": b""})
        return (await self.wire.receive_output(timeout=5))["status"]

    async def hear(self, kind: str) -> dict[str, Any]:
        async with asyncio.timeout(8):
            while True:
                body = (await self.wire.receive_output(timeout=8))["body"].decode()
                for block in filter(None, body.split("\n\n")):
                    lines = dict(line.split(": ", 1) for line in block.splitlines())
                    self.last_id = lines.get("id", self.last_id)
                    frame = json.loads(lines["data"])
                    if frame["type"] == kind:
                        return frame

    async def close(self) -> None:
        await self.wire.send_input({"type": "http.disconnect"})
        await self.wire.wait()


@pytest.fixture
async def people() -> AsyncIterator[Cast]:
    yield await everybody()
    await hub.stop()
    await sync_to_async(connections.close_all)()


async def test_shows_what_happens_and_resumes_all_topics_by_one_id(people: Cast) -> None:
    token = await sync_to_async(session_of)(people.nora)
    stream = Stream("topics=residents/me", x_session_token=token)
    assert await stream.open() == 200
    await stream.hear("subscribed")
    await grant(people, people.nora)
    assert (await stream.hear("event"))["seq"] == 1
    await stream.close()
    await grant(people, people.nora)
    await grant(people, people.nora)

    again = Stream("topics=residents/me", x_session_token=token, last_event_id=stream.last_id)
    await again.open()
    assert (await again.hear("subscribed"))["recovered"]
    assert (await again.hear("event"))["seq"] == 2
    await again.close()


@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [
        ("topics=residents/me", {}, 401),
        ("topics=residents/me", {"x_session_token": "made-up"}, 401),
        ("", {}, 400),
        ("topics=residents/me", {"last_event_id": "!"}, 400),
        ("topics=residents/me", {"last_event_id": "W10"}, 400),
        ("topics=residents/me", {"origin": "http://evil.example"}, 403),
        ("topics=residents/me", {"origin": "http://["}, 403),
        ("topics=villages/%00/news", {}, 400),
        ("topics=residents/me", {"x_acting_for": "6f1b2c3d-0a1b-4c2d-8e3f-0123456789ab"}, 403),
    ],
)
async def test_refuses_clearly(
    people: Cast, query: str, headers: dict[str, str], status: int
) -> None:
    stream = Stream(query, **headers)
    assert await stream.open() == status
    body = json.loads((await stream.wire.receive_output(timeout=5))["body"])
    assert body["status"] == status


async def test_refuses_a_topic_in_the_stream(people: Cast) -> None:
    stream = Stream(
        "topics=access,residents/me", x_session_token=await sync_to_async(session_of)(people.nora)
    )
    await stream.open()
    assert (await stream.hear("refused"))["topic"] == "access"
    await stream.close()


async def test_counts_among_the_places_of_its_network(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = await sync_to_async(session_of)(people.nora)
    registry.start()
    monkeypatch.setattr(registry.places, "most", 1)
    first, second = (Stream("topics=residents/me", x_session_token=token) for _ in range(2))
    for stream in (first, second):
        stream.wire.scope["client"] = ("198.51.100.7", 4711)

    assert [await first.open(), await second.open()] == [200, 429]

    await first.close()
    assert not registry.places.taken
