"""
The channel layer between the processes: Redis PUBLISH and SUBSCRIBE, and nothing kept.

Made for hints, which may be lost: a send is one write and waits for no answer, a lost broker
is found again by itself, and everything that arrived in one read is received at once. Why not
the layer of channels_redis: see docs/decisions/0003-hints-over-our-own-layer.md.
"""

from __future__ import annotations

import asyncio
import random
import ssl
from collections.abc import Callable, Iterable
from typing import Any, cast
from urllib.parse import unquote, urlsplit
from uuid import uuid4
from weakref import WeakKeyDictionary

import hiredis
import orjson
import structlog
from channels.layers import BaseChannelLayer

log = structlog.get_logger(__name__)
CONNECT_WITHIN = 1.0
RETRY_MIN, RETRY_MAX = 0.1, 2.0
# A broker that has not taken this many bytes is treated as away.
UNSENT_MAX = 1024 * 1024


class BrokerAway(ConnectionError):
    """The broker cannot be reached now; the line to it is being made again."""


class RedisHintLayer(BaseChannelLayer):
    """
    Send messages to groups of channels in all processes, at most once.

    One connection speaks and one listens, for each event loop that uses the layer.
    """

    extensions = ("groups", "flush")

    def __init__(self, url: str, **options: Any) -> None:
        super().__init__(**options)
        self._url = url
        self._ends: WeakKeyDictionary[asyncio.AbstractEventLoop, _End] = WeakKeyDictionary()

    async def new_channel(self, prefix: str = "hub") -> str:
        """Open a channel of this process."""
        name = f"{prefix}.{uuid4().hex}"
        self._end().inboxes[name] = asyncio.Queue()
        return name

    async def receive(self, channel: str) -> dict[str, Any]:
        """Wait for the next message on a channel of this process."""
        message: dict[str, Any] = await self._end().inboxes[channel].get()
        return message

    async def receive_all(self, channel: str) -> list[dict[str, Any]]:
        """Wait for a message, and take with it all that have arrived."""
        inbox = self._end().inboxes[channel]
        messages = [await inbox.get()]
        while not inbox.empty():
            messages.append(inbox.get_nowait())
        return messages

    async def send(self, channel: str, message: dict[str, Any]) -> None:
        """Send to one channel of this process."""
        if (inbox := self._end().inboxes.get(channel)) is not None:
            inbox.put_nowait(message)

    async def group_add(self, group: str, channel: str) -> None:
        """Let a channel of this process hear a group."""
        end = self._end()
        heard_by = end.groups.setdefault(group, set())
        heard_by.add(channel)
        if len(heard_by) == 1:
            end.ears.say(b"SUBSCRIBE", group.encode())

    async def group_discard(self, group: str, channel: str) -> None:
        """Let a channel hear a group no longer."""
        end = self._end()
        heard_by = end.groups.get(group, set())
        heard_by.discard(channel)
        if not heard_by and end.groups.pop(group, None) is not None:
            end.ears.say(b"UNSUBSCRIBE", group.encode())

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        """
        Send to every channel that hears a group.

        :raises BrokerAway: if there is no broker to carry it
        """
        await self.send_all([(group, message)])

    async def send_all(self, messages: Iterable[tuple[str, dict[str, Any]]]) -> None:
        """
        Send to several groups at once.

        :raises BrokerAway: if there is no broker to carry them
        """
        await self._end().mouth.tell(
            [(b"PUBLISH", group.encode(), orjson.dumps(message)) for group, message in messages]
        )

    async def flush(self) -> None:
        """Close the connections of this loop."""
        if (end := self._ends.pop(asyncio.get_running_loop(), None)) is not None:
            end.ears.hang_up()
            end.mouth.hang_up()

    def _end(self) -> _End:
        loop = asyncio.get_running_loop()
        if (end := self._ends.get(loop)) is None:
            end = self._ends[loop] = _End(self._url)
        return end


class _End:
    """Hold one event loop's end of the layer."""

    def __init__(self, url: str) -> None:
        self.inboxes: dict[str, asyncio.Queue[dict[str, Any]]] = {}
        self.groups: dict[str, set[str]] = {}
        self.mouth = _Line(url, greet=lambda: (), hear=None)
        self.ears = _Line(
            url,
            greet=lambda: (
                ((b"SUBSCRIBE", *(g.encode() for g in self.groups)),) if self.groups else ()
            ),
            hear=self._hear,
        )

    def _hear(self, group: bytes, payload: bytes) -> None:
        message = orjson.loads(payload)
        for channel in self.groups.get(group.decode(), ()):
            if (inbox := self.inboxes.get(channel)) is not None:
                inbox.put_nowait(message)


class _Line(asyncio.Protocol):
    """One connection to Redis that is made again whenever it breaks (RESP 2)."""

    def __init__(
        self,
        url: str,
        *,
        greet: Callable[[], tuple[tuple[bytes, ...], ...]],
        hear: Callable[[bytes, bytes], None] | None,
    ) -> None:
        self._url, self._greet, self._hear = urlsplit(url), greet, hear
        self._transport: asyncio.Transport | None = None
        self._reader = hiredis.Reader()
        self._is_wanted = True
        self._up = asyncio.Event()
        self._dialling = asyncio.ensure_future(self._dial())

    async def tell(self, commands: Iterable[tuple[bytes, ...]]) -> None:
        """Say commands, or say that nobody is there; a line being dialled is waited for."""
        if self._transport is None:
            if self._dialling.done():
                raise BrokerAway
            await self._up.wait()
        if self._transport is None or self._transport.get_write_buffer_size() > UNSENT_MAX:
            raise BrokerAway
        self._transport.write(b"".join(map(_written, commands)))

    def say(self, *words: bytes) -> None:
        """Say a command if the line is up; what matters is said again when it comes up."""
        if self._transport is not None:
            self._transport.write(_written(words))

    def hang_up(self) -> None:
        """Close the line for good."""
        self._is_wanted = False
        self._dialling.cancel()
        if self._transport is not None:
            self._transport.close()

    async def _dial(self) -> None:
        loop = asyncio.get_running_loop()
        wait = RETRY_MIN
        while self._is_wanted:
            try:
                async with asyncio.timeout(CONNECT_WITHIN):
                    await loop.create_connection(
                        lambda: self,
                        self._url.hostname or "127.0.0.1",
                        self._url.port or 6379,
                        ssl=ssl.create_default_context() if self._url.scheme == "rediss" else None,
                    )
            except OSError as error:
                log.warning("broker_away", error=type(error).__name__)
                await asyncio.sleep(random.uniform(RETRY_MIN, wait))
                wait = min(RETRY_MAX, wait * 2)
            else:
                return

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet the broker: who we are, and what we hear."""
        # uvloop's transports are none of asyncio's by inheritance.
        self._transport, self._reader = cast(asyncio.Transport, transport), hiredis.Reader()
        if self._url.password:
            name = [unquote(self._url.username).encode()] if self._url.username else []
            self.say(b"AUTH", *name, unquote(self._url.password).encode())
        for command in self._greet():
            self.say(*command)
        self._up.set()

    def data_received(self, data: bytes) -> None:
        """Hand on every message of one read."""
        self._reader.feed(data)
        while (reply := self._reader.gets()) is not False:
            if isinstance(reply, hiredis.ReplyError):
                log.error("broker_refused", error=str(reply))
            elif self._hear and isinstance(reply, list) and reply[0] == b"message":
                self._hear(reply[1], reply[2])

    def connection_lost(self, error: Exception | None) -> None:
        """Dial again."""
        self._transport = None
        self._up.clear()
        if self._is_wanted:
            self._dialling = asyncio.ensure_future(self._dial())


def _written(words: tuple[bytes, ...]) -> bytes:
    """Write a command as RESP does: an array of strings."""
    return b"*%d\r\n" % len(words) + b"".join(
        b"$%d\r\n%b\r\n" % (len(word), word) for word in words
    )
