"""
The hub: one per process, between the log and every socket that this process holds.

Hints make it fast, the log makes it right: a hint that is the next frame is shown as it is,
and once a second the tops of all followed streams are compared with what has been shown. It
asks the database per stream, never per socket, and an idle socket has no task of its own here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.db import Error as DatabaseError

from village.core.actor import Scope
from village.journal import epochs
from village.journal.topics import find
from village.realtime import hints, lookups
from village.realtime.channel import Channel, Follower
from village.realtime.doors import Doors
from village.realtime.frames import Encoded, dump
from village.realtime.lookups import Lookups
from village.realtime.names import address_of
from village.realtime.protocol import Close, Since
from village.realtime.reader import POLL, LogReader
from village.realtime.wires import Wires

if TYPE_CHECKING:
    from village.realtime.consumer import Connection

log = structlog.get_logger(__name__)
STALLED_MAX = 20.0


class Hub:
    """Show every followed stream to its followers, in order, without gap or double."""

    def __init__(self) -> None:
        self.channels: dict[str, Channel] = {}
        self.lookups = Lookups()
        self.loop: asyncio.AbstractEventLoop | None = None
        self.reader = LogReader(self.channels, self.lookups, self.run, self._missed)
        self.wires = None if settings.EMBEDDED else Wires(self.channels.keys, self.receive)
        self._doors = Doors(self)
        # Whom to tell in this process that frames of a stream can have been missed.
        self._watching: dict[str, Callable[[], None]] = {}
        self._arrived: dict[str, list[Encoded]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    # --- Life ---------------------------------------------------------------------------------
    def start(self) -> None:
        """Begin on the running loop; later calls do nothing."""
        loop = asyncio.get_running_loop()
        if self.loop is loop:
            return
        self.__init__()  # type: ignore[misc]
        self.loop = loop
        hints.serve_from(loop, self._receive_from_thread)
        self.run(self._look_at_the_store())
        self.run(self.reader.poll())
        if self.wires is not None:
            self.run(self.wires.listen())

    async def _look_at_the_store(self) -> None:
        try:
            await self.lookups.run(epochs.rotate_if_restored)
        except DatabaseError as error:
            log.warning("store_unavailable", error=type(error).__name__)

    async def stop(self) -> None:
        """End every task and let the broker go; the sockets are closed by then."""
        hints.serve_from(asyncio.get_running_loop(), None)
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self.wires is not None:
            await self.wires.cut()
        self.loop = None

    @property
    def healthy_at(self) -> float:
        """Give when the log last answered, on the monotonic clock; 0 before the first time."""
        return self.reader.healthy_at

    def run(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Keep a task until it ends."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # --- Following ----------------------------------------------------------------------------
    def subscribe(self, connection: Connection, topic: str, since: Since | None) -> None:
        """Let a socket follow a stream, or tell it why not; answers on the socket, soon."""
        followed = find(address_of(topic, connection.actor))
        if followed is None:
            connection.refuse(topic, "topic.unknown")
            return
        channel = self._channel(followed.address)
        # Registered before the door is asked: what happens from here on is not missed.
        self._doors.ask(connection, channel, topic, since)

    def unsubscribe(self, follower: Follower) -> None:
        """Let a socket follow no longer."""
        channel = follower.channel
        channel.leave(follower)
        self.drop_if_idle(channel)

    def _channel(self, address: str) -> Channel:
        channel = self.channels.get(address)
        if channel is None:
            followed = find(address)
            assert followed is not None
            channel = Channel(followed, reach_back=self.reader.reach_back)
            self.channels[address] = channel
            if self.wires is not None:
                self.run(self.wires.join(address))
        return channel

    def drop_if_idle(self, channel: Channel) -> None:
        """Forget a stream that nobody follows or waits for."""
        if channel.followers or channel.listeners or self._doors.are_asked_for(channel):
            return
        if self.channels.pop(channel.address, None) is not None and self.wires is not None:
            self.run(self.wires.part(channel.address))

    # --- Frames -------------------------------------------------------------------------------
    def receive(self, message: dict[str, Any]) -> None:
        """Take a hint, on the loop."""
        channel = self.channels.get(message["address"])
        if channel is None:
            return
        if message["type"] == "typing":
            self._relay(channel, message)
            return
        if channel.seq is None:
            channel.missed_hints = True
            return
        if message["epoch"] != channel.epoch or channel.seq >= message["seq"]:
            return
        if "people" not in message:
            # From an older process, which does not say whom it shows: the log does.
            self.reader.read_on(channel)
            return
        # All hints of one pass of the loop are joined into one write per socket.
        if not self._arrived:
            assert self.loop is not None
            self.loop.call_soon(self._flush)
        frame = Encoded(
            message["seq"],
            message["kind"],
            # No mandate that this process knows covers a scope that it does not know.
            Scope(message["scope"]) if message["scope"] in _SCOPES else None,
            message["text"],
            frozenset(message["people"]),
        )
        self._arrived.setdefault(channel.address, []).append(frame)

    def _receive_from_thread(self, messages: Sequence[dict[str, Any]]) -> None:
        if self.loop is not None and not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self._receive_all, messages)

    def _receive_all(self, messages: Sequence[dict[str, Any]]) -> None:
        for message in messages:
            self.receive(message)

    def _flush(self) -> None:
        arrived, self._arrived = self._arrived, {}
        for address, frames in arrived.items():
            channel = self.channels.get(address)
            if channel is not None and not channel.take(sorted(frames, key=_seq)):
                self.reader.read_on(channel)

    def close_stalled(self, now: float) -> None:
        """Close the sockets that have not kept up for too long."""
        # A closed socket leaves its streams, and a stream without followers is dropped.
        for channel in list(self.channels.values()):
            for follower in list(channel.behind):
                if follower.stalled_at is not None and now - follower.stalled_at > STALLED_MAX:
                    follower.connection.close(Close.TOO_SLOW)

    def watch(
        self, address: str, listen: Callable[[Encoded], None], missed: Callable[[], None]
    ) -> None:
        """Let this process itself follow a stream, and hear of it when it can have missed some."""
        channel = self._channel(address)
        channel.listeners.append(listen)
        self._watching[address] = missed
        self.run(self._start_watching(channel))

    def _missed(self, channel: Channel) -> None:
        if (tell := self._watching.get(channel.address)) is not None:
            tell()

    async def _start_watching(self, channel: Channel) -> None:
        while channel.seq is None:
            try:
                found = await self.lookups.run(lookups.stands, [channel.address])
            except DatabaseError:
                await asyncio.sleep(POLL)
            else:
                stands = found[channel.address]
                channel.start(stands.epoch, stands.seq)

    # --- Other processes ----------------------------------------------------------------------
    def tell_typing(self, follower: Follower) -> None:
        """Relay that somebody is writing; it is kept nowhere."""
        channel = follower.channel
        if channel.followed.topic.relays_typing:
            by = str(follower.connection.actor.principal_id)
            hints.send(
                [{"type": "typing", "address": channel.address, "topic": follower.shown, "by": by}]
            )

    def _relay(self, channel: Channel, message: dict[str, Any]) -> None:
        text = dump({"type": "typing", "topic": message["topic"], "by": message["by"]})
        for follower in channel.followers:
            if str(follower.connection.actor.principal_id) != message["by"]:
                follower.connection.port.say(text)


_SCOPES = frozenset(Scope)


def _seq(frame: Encoded) -> int:
    return frame.seq


hub = Hub()
