"""
The hub: one per process, between the log and every socket that this process holds.

Hints make it fast, the log makes it right: a hint that is the next frame is shown as it is,
and once a second the tops of all followed streams are compared with what has been shown. It
asks the database per stream, never per socket, and an idle socket has no task of its own here.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from prometheus_client import Counter
from redis.exceptions import RedisError

from village.core.actor import Scope
from village.journal import queries
from village.journal.topics import find
from village.realtime import hints, lookups
from village.realtime.channel import PAGE, RING, Channel, Follower
from village.realtime.frames import Batch, Encoded, dump
from village.realtime.lookups import Lookups
from village.realtime.names import address_of
from village.realtime.protocol import Close, Since

if TYPE_CHECKING:
    from village.realtime.consumer import Connection

log = structlog.get_logger(__name__)
POLL = 1.0
# Further behind than this, a client is better off loading the list.
TOO_FAR = 2000
STALLED_MAX = 20.0
READS = Counter("village_hub_log_reads_total", "Reads of the log by the hub.")


class Hub:
    """Show every followed stream to its followers, in order, without gap or double."""

    def __init__(self) -> None:
        self.channels: dict[str, Channel] = {}
        self.lookups = Lookups()
        self.loop: asyncio.AbstractEventLoop | None = None
        self.healthy_at = 0.0
        self._waiting: dict[str, list[tuple[Connection, str, Since | None]]] = {}
        self._arrived: dict[str, list[Encoded]] = {}
        self._reading: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._layer_channel = ""

    # --- Life ---------------------------------------------------------------------------------
    def start(self) -> None:
        """Begin on the running loop; later calls do nothing."""
        loop = asyncio.get_running_loop()
        if self.loop is loop:
            return
        self.__init__()  # type: ignore[misc]
        self.loop = loop
        hints.serve_from(loop, self._receive_from_thread)
        self.run(self._poll())
        if not settings.EMBEDDED:
            self.run(self._listen())

    def run(self, work: Any) -> None:
        """Keep a task until it ends."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- Following ----------------------------------------------------------------------------
    def subscribe(self, connection: Connection, topic: str, since: Since | None) -> None:
        """Let a socket follow a stream, or tell it why not; answers on the socket, soon."""
        followed = find(address_of(topic, connection.actor))
        if followed is None:
            connection.refuse(topic, "topic.unknown")
            return
        channel = self._channel(followed.address)
        # Registered before the door is asked: what happens from here on is not missed.
        self._waiting.setdefault(channel.address, []).append((connection, topic, since))
        if len(self._waiting[channel.address]) == 1:
            self.run(self._open(channel))

    def unsubscribe(self, follower: Follower) -> None:
        """Let a socket follow no longer."""
        channel = follower.channel
        channel.leave(follower)
        self._drop_if_idle(channel)

    def _channel(self, address: str) -> Channel:
        channel = self.channels.get(address)
        if channel is None:
            followed = find(address)
            assert followed is not None
            channel = Channel(followed, reach_back=self._reach_back)
            self.channels[address] = channel
            self.run(self._join(address))
        return channel

    def _drop_if_idle(self, channel: Channel) -> None:
        if channel.followers or channel.listeners or channel.address in self._waiting:
            return
        if self.channels.pop(channel.address, None) is not None:
            self.run(self._part(channel.address))

    async def _open(self, channel: Channel) -> None:
        """Ask the door for everybody who waits at a stream, as often as somebody does."""
        while self._waiting.get(channel.address):
            waiting = list(self._waiting[channel.address])
            actors = {connection.actor for connection, _, _ in waiting}
            try:
                let_in, stands = await self.lookups.run(lookups.door, channel.followed, actors)
            except DatabaseError as error:
                log.warning("door_unavailable", error=type(error).__name__)
                await asyncio.sleep(random.uniform(0.2, 1.0))
                continue
            del self._waiting[channel.address][: len(waiting)]
            if let_in and channel.seq is None:
                channel.start(stands.epoch, stands.seq)
            for connection, topic, since in waiting:
                if connection.actor not in let_in:
                    connection.refuse(topic, "topic.not_admitted")
                elif connection.is_open and topic in connection.session.topics:
                    self._admit(connection, topic, channel, since, stands)
            if channel.missed_hints:
                channel.missed_hints = False
                self._read_on(channel)
        self._waiting.pop(channel.address, None)
        self._drop_if_idle(channel)

    def _admit(
        self,
        connection: Connection,
        topic: str,
        channel: Channel,
        since: Since | None,
        stands: queries.Top,
    ) -> None:
        newest = max(channel.seq or 0, stands.seq)
        reason = _reset_reason(since, channel.epoch, newest, stands.floor)
        head = {"topic": topic, "epoch": channel.epoch, "seq": channel.seq}
        if reason:
            snapshot = channel.followed.topic.snapshot_at(channel.address)
            connection.forget(topic)
            connection.say({"type": "reset", "reason": reason, **head, "snapshot": snapshot})
            return
        follower = Follower(connection, channel, topic, since.seq if since else (channel.seq or 0))
        connection.follow(follower)
        connection.say({"type": "subscribed", **head, "recovered": since is not None})
        channel.followers[follower] = None
        channel.pump(follower)

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
        # All hints of one pass of the loop are joined into one write per socket.
        if not self._arrived:
            assert self.loop is not None
            self.loop.call_soon(self._flush)
        scope = message["scope"]
        frame = Encoded(
            message["seq"], message["kind"], Scope(scope) if scope else None, message["text"]
        )
        self._arrived.setdefault(channel.address, []).append(frame)

    def _receive_from_thread(self, message: dict[str, Any]) -> None:
        if self.loop is not None and not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self.receive, message)

    def _flush(self) -> None:
        arrived, self._arrived = self._arrived, {}
        for address, frames in arrived.items():
            channel = self.channels.get(address)
            if channel is not None and not channel.take(sorted(frames, key=_seq)):
                self._read_on(channel)

    def _read_on(self, channel: Channel) -> None:
        """Read what follows the newest frame; one read at a time for each stream."""
        if channel.address not in self._reading:
            self._reading.add(channel.address)
            self.run(self._catch_up(channel))

    async def _catch_up(self, channel: Channel) -> None:
        try:
            while channel.seq is not None:
                READS.inc()
                frames = await self.lookups.run(
                    lookups.frames, channel.followed, channel.seq, limit=PAGE
                )
                channel.take(frames)
                if len(frames) < PAGE:
                    return
        except DatabaseError as error:
            # The poll finds the gap again.
            log.warning("log_unavailable", error=type(error).__name__)
        finally:
            self._reading.discard(channel.address)

    def _reach_back(self, channel: Channel) -> None:
        """Read what is older than the ring, for those who are behind it."""
        if f"<{channel.address}" not in self._reading:
            self._reading.add(f"<{channel.address}")
            self.run(self._fetch_older(channel))

    async def _fetch_older(self, channel: Channel) -> None:
        try:
            while needy := _beyond_ring(channel):
                low = min(follower.sent for follower in needy)
                READS.inc()
                missing = channel.ring_begins - 1 - low
                frames = await self.lookups.run(
                    lookups.frames, channel.followed, low, limit=min(missing, RING)
                )
                if not frames or frames[0].seq != low + 1:
                    self._reset(channel, "trimmed", [f for f in needy if f.sent == low])
                    continue
                if (channel.seq or 0) - low <= RING:
                    channel.prepend(frames)
                for follower in needy:
                    own = [f for f in frames if f.seq > follower.sent][: max(follower.room, 0)]
                    if own and follower.connection.port.ready:
                        channel.send(follower, Batch(own))
                    channel.pump(follower)
        except DatabaseError as error:
            log.warning("log_unavailable", error=type(error).__name__)
        finally:
            self._reading.discard(f"<{channel.address}")

    # --- Healing ------------------------------------------------------------------------------
    async def _poll(self) -> None:
        """Compare the followed streams with the log, about once a second, in one query."""
        while True:
            await asyncio.sleep(POLL * random.uniform(0.8, 1.2))
            started = [each for each in self.channels.values() if each.seq is not None]
            try:
                tops = await self.lookups.run(queries.tops, [each.address for each in started])
            except DatabaseError as error:
                log.warning("poll_failed", error=type(error).__name__)
                continue
            self.healthy_at = time.monotonic()
            for channel in started:
                if stands := tops.get(channel.address):
                    self._heal(channel, stands)

    def _heal(self, channel: Channel, stands: queries.Top) -> None:
        if channel.epoch != stands.epoch or stands.seq < (channel.seq or 0) - RING:
            # The store may have lost history: everybody loads the list anew.
            self._reset(channel, "epoch", list(channel.followers), stands)
            channel.start(stands.epoch, stands.seq)
        elif stands.seq > (channel.seq or 0):
            self._read_on(channel)
        for follower in list(channel.behind):
            channel.pump(follower)

    def _reset(
        self,
        channel: Channel,
        reason: str,
        followers: list[Follower],
        stands: queries.Top | None = None,
    ) -> None:
        epoch, seq = (stands.epoch, stands.seq) if stands else (channel.epoch, channel.seq)
        snapshot = channel.followed.topic.snapshot_at(channel.address)
        for follower in followers:
            channel.leave(follower)
            follower.connection.forget(follower.shown)
            follower.connection.say(
                {
                    "type": "reset",
                    "topic": follower.shown,
                    "reason": reason,
                    "epoch": epoch,
                    "seq": seq,
                    "snapshot": snapshot,
                }
            )

    def close_stalled(self, now: float) -> None:
        """Close the sockets that have not kept up for too long."""
        for channel in self.channels.values():
            for follower in list(channel.behind):
                if follower.stalled_at is not None and now - follower.stalled_at > STALLED_MAX:
                    follower.connection.close(Close.TOO_SLOW)

    def watch(self, address: str, listen: Callable[[Encoded], None]) -> None:
        """Let this process itself follow a stream, from now on."""
        channel = self._channel(address)
        channel.listeners.append(listen)
        self.run(self._start_watching(channel))

    async def _start_watching(self, channel: Channel) -> None:
        while channel.seq is None:
            try:
                stands = await self.lookups.run(lookups.stand, channel.address)
            except DatabaseError:
                await asyncio.sleep(POLL)
            else:
                channel.start(stands.epoch, stands.seq)

    # --- Other processes ----------------------------------------------------------------------
    def tell_typing(self, follower: Follower) -> None:
        """Relay that somebody is writing; it is kept nowhere."""
        channel = follower.channel
        if channel.followed.topic.relays_typing:
            by = str(follower.connection.actor.principal_id)
            hints.send(
                channel.address,
                {"type": "typing", "address": channel.address, "topic": follower.shown, "by": by},
            )

    def _relay(self, channel: Channel, message: dict[str, Any]) -> None:
        text = dump({"type": "typing", "topic": message["topic"], "by": message["by"]})
        for follower in channel.followers:
            if str(follower.connection.actor.principal_id) != message["by"]:
                follower.connection.port.say(text)

    async def _join(self, address: str) -> None:
        if not settings.EMBEDDED and self._layer_channel:
            await _quietly(hints.layer().group_add(hints.group_of(address), self._layer_channel))

    async def _part(self, address: str) -> None:
        if not settings.EMBEDDED and self._layer_channel:
            await _quietly(
                hints.layer().group_discard(hints.group_of(address), self._layer_channel)
            )

    async def _listen(self) -> None:
        """Take the hints of all other processes; without them the poll still heals."""
        layer = hints.layer()
        while True:
            try:
                self._layer_channel = await layer.new_channel()
                for address in list(self.channels):
                    await layer.group_add(hints.group_of(address), self._layer_channel)
                while True:
                    self.receive(await layer.receive(self._layer_channel))
            except (OSError, RedisError) as error:
                log.warning("hints_unavailable", error=type(error).__name__)
                self._layer_channel = ""
                await asyncio.sleep(random.uniform(0.1, 2.0))


def _seq(frame: Encoded) -> int:
    return frame.seq


def _beyond_ring(channel: Channel) -> list[Follower]:
    return [
        follower
        for follower in channel.behind
        if follower.sent + 1 < channel.ring_begins
        and follower.room > 0
        and follower.connection.port.ready
    ]


def _reset_reason(since: Since | None, epoch: str, newest: int, floor: int) -> str:
    """Say why a client cannot go on from its position; empty when it can."""
    if since is None:
        return ""
    # A list that was read before the stream's first frame stands at the beginning of any epoch.
    if since.epoch != epoch and (since.epoch, since.seq) != ("", 0):
        return "epoch"
    if since.seq > newest:
        return "ahead"
    if since.seq < floor:
        return "trimmed"
    if newest - since.seq > TOO_FAR:
        return "too_far"
    return ""


async def _quietly(work: Any) -> None:
    try:
        await work
    except (OSError, RedisError) as error:
        log.warning("hints_unavailable", error=type(error).__name__)


hub = Hub()
