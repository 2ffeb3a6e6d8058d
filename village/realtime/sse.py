"""
Server-sent events for whoever cannot hold a socket: same hub, same frames, same numbers.

Each event's id holds the positions of all topics, so the ``Last-Event-ID`` that a browser sends
by itself resumes every one of them (HTML Standard, 9.2).
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

import orjson
from django.conf import settings
from django.http import parse_cookie

from village.core.problem import problem
from village.core.visitors import network_of_socket
from village.realtime.admission import FULL_WAIT
from village.realtime.consumer import Connection, is_welcome
from village.realtime.frames import Batch
from village.realtime.hub import hub
from village.realtime.ports.asgi import AsgiPort
from village.realtime.ports.base import Send
from village.realtime.protocol import TOPICS_MAX, Since, Subscribe, is_address
from village.realtime.registry import Unavailable, registry
from village.realtime.tickets import Identity

Message = dict[str, Any]


class SsePort(AsgiPort):
    """Write frames as server-sent events; only what counts as a position has an id."""

    __slots__ = ("positions",)

    def __init__(self, send: Send) -> None:
        super().__init__(send)
        self.positions: dict[str, tuple[str, int]] = {}

    def write(self, batch: Batch) -> bool:
        """Send the frames, each with the positions that it brings the client to."""
        if not self.ready:
            return False
        chunks = []
        for frame in batch.frames:
            topic = orjson.loads(frame.text)["topic"]
            epoch, _ = self.positions[topic]
            self.positions[topic] = (epoch, frame.seq)
            chunks.append(f"id: {_id(self.positions)}\ndata: {frame.text}\n\n")
        self._run([_chunk("".join(chunks))])
        return True

    def say(self, *texts: str) -> None:
        """Send what belongs to this client alone, and note where its topics begin."""
        for text in texts:
            frame = orjson.loads(text)
            if frame["type"] == "subscribed":
                _, seq = self.positions.get(frame["topic"], ("", frame["seq"]))
                self.positions[frame["topic"]] = (frame["epoch"], seq)
            elif frame["type"] in ("reset", "refused"):
                self.positions.pop(frame["topic"], None)
        self._run([_chunk("".join(f"data: {text}\n\n" for text in texts))])

    def close(self, code: int) -> None:
        """End the stream, after saying why."""
        if not self.closed:
            why = orjson.dumps({"type": "closed", "code": int(code)}).decode()
            self._run([_chunk(f"data: {why}\n\n", more=False)])
            self.closed = True


class EventStream:
    """Serve ``GET /sse?topics=a,b``: an ASGI application."""

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Carry one stream from its request to its end."""
        registry.start()
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        topics = _topics(scope["query_string"])
        since = _read(headers.get(b"last-event-id", ""))
        if scope["method"] != "GET":
            return await _refuse(send, 405)
        if not topics or since is None or not all(map(is_address, topics)):
            return await _refuse(send, 400)
        if b"x-acting-for" in headers:
            # A stream is one's own; for somebody else there are sockets, with a ticket.
            return await _refuse(send, 403)
        if registry.draining:
            return await _refuse(send, 503, retry_after=5)
        if not is_welcome(headers.get(b"origin"), headers):
            return await _refuse(send, 403)
        try:
            identity = await registry.whose(_session(headers))
        except Unavailable:
            return await _refuse(send, 503, retry_after=5)
        if identity is None:
            return await _refuse(send, 401)
        if not registry.has_room(identity):
            return await _refuse(send, 429)
        network, places = network_of_socket(scope), registry.places
        if not places.take(network):
            return await _refuse(send, 429, retry_after=FULL_WAIT)
        try:
            await self._carry(receive, send, identity, topics, since)
        finally:
            places.leave(network)

    async def _carry(
        self,
        receive: Callable[[], Awaitable[Message]],
        send: Send,
        identity: Identity,
        topics: list[str],
        since: dict[str, Since],
    ) -> None:
        """Carry an open stream to its end."""
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [
                    (b"content-type", b"text/event-stream"),
                    (b"cache-control", b"no-store"),
                    (b"x-accel-buffering", b"no"),
                ],
            }
        )
        port = SsePort(send)
        port.positions.update({t: (each.epoch, each.seq) for t, each in since.items()})
        connection = Connection(port, cookie="", now=asyncio.get_running_loop().time())
        # The stream has no acknowledgements: what the server's send has taken is taken.
        connection.acknowledges = False
        registry.add(connection)
        try:
            registry.let_in(connection, identity)
            for topic in topics:
                command = connection.session.subscribe(topic, since.get(topic))
                if isinstance(command, Subscribe):
                    hub.subscribe(connection, topic, command.since)
            while (await receive())["type"] != "http.disconnect" and connection.is_open:
                pass
        finally:
            connection.end()


def _topics(query: bytes) -> list[str]:
    named = parse_qs(query.decode("latin-1")).get("topics", [""])[0]
    return [topic for topic in dict.fromkeys(named.split(",")) if topic][:TOPICS_MAX]


def _session(headers: dict[bytes, str]) -> str:
    token = headers.get(b"x-session-token")
    cookies = parse_cookie(headers.get(b"cookie", ""))
    return token or cookies.get(settings.SESSION_COOKIE_NAME, "")


def _id(positions: dict[str, tuple[str, int]]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(positions)).decode().rstrip("=")


def _read(last_id: str) -> dict[str, Since] | None:
    """Read the positions out of an id; ``None`` when it is none of ours."""
    if not last_id:
        return {}
    try:
        positions = orjson.loads(base64.urlsafe_b64decode(last_id + "=" * (-len(last_id) % 4)))
        return {
            str(topic): Since(str(epoch), int(seq)) for topic, (epoch, seq) in positions.items()
        }
    except (binascii.Error, ValueError, TypeError, AttributeError):
        return None


def _chunk(text: str, *, more: bool = True) -> Message:
    return {"type": "http.response.body", "body": text.encode(), "more_body": more}


async def _refuse(send: Send, status: int, retry_after: int | None = None) -> None:
    answer = problem(status, retry_after=retry_after)
    headers = [(name.lower().encode(), value.encode()) for name, value in answer.items()]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.content})
