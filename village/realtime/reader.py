"""
Reading the log for the hub: what hints did not bring, what the ring no longer holds.

One read at a time for each stream, however many sockets wait for it.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from django.db import Error as DatabaseError
from prometheus_client import Counter

from village.journal import epochs, queries
from village.journal.facts import UnknownFact
from village.realtime import lookups
from village.realtime.channel import PAGE, RING, Channel, Follower
from village.realtime.frames import Batch
from village.realtime.gathering import Run
from village.realtime.lookups import Lookups

log = structlog.get_logger(__name__)
POLL = 1.0
GRACE = 0.1
READS = Counter("village_hub_log_reads_total", "Reads of the log by the hub.")


class LogReader:
    """Bring followed streams up to the log, and their slow followers up to the ring."""

    def __init__(
        self,
        channels: dict[str, Channel],
        lookups: Lookups,
        run: Run,
        missed: Callable[[Channel], None],
    ) -> None:
        self.channels, self.lookups, self.run, self.missed = channels, lookups, run, missed
        # When the database last answered a poll, on the monotonic clock.
        self.healthy_at = 0.0
        self._reading: set[tuple[str, str]] = set()

    def read_on(self, channel: Channel) -> None:
        """Read what follows the newest frame; one read at a time for each stream."""
        self._read_once("newer", channel, self._catch_up)

    async def _catch_up(self, channel: Channel) -> None:
        while channel.seq is not None:
            READS.inc()
            try:
                frames = await self.lookups.run(
                    lookups.frames, channel.followed, channel.seq, limit=PAGE
                )
            except UnknownFact as error:
                await self._pass_over(channel, error)
                return
            before = channel.seq
            channel.take(frames)
            # Where the next frame is missing, it has been trimmed: the poll finds that out.
            if len(frames) < PAGE or channel.seq == before:
                return

    async def _pass_over(self, channel: Channel, unknown: UnknownFact) -> None:
        """Send everybody to the list, where what a newer process wrote is shown as far as known."""
        log.warning("fact_unknown", kind=str(unknown))
        found = await self.lookups.run(lookups.stands, [channel.address])
        self._start_anew(channel, "trimmed", found[channel.address])

    def reach_back(self, channel: Channel) -> None:
        """Read what is older than the ring, for those who are behind it."""
        self._read_once("older", channel, self._fetch_older)

    def _read_once(
        self,
        what: str,
        channel: Channel,
        read: Callable[[Channel], Coroutine[Any, Any, None]],
    ) -> None:
        if (what, channel.address) not in self._reading:
            self._reading.add((what, channel.address))
            self.run(self._reading_done((what, channel.address), read(channel)))

    async def _reading_done(self, key: tuple[str, str], read: Coroutine[Any, Any, None]) -> None:
        try:
            await read
        except DatabaseError as error:
            # The poll finds the gap again.
            log.warning("log_unavailable", error=type(error).__name__)
        finally:
            self._reading.discard(key)

    async def _fetch_older(self, channel: Channel) -> None:
        while needy := _beyond_ring(channel):
            low = min(follower.sent for follower in needy)
            READS.inc()
            missing, erasures = channel.ring_begins - 1 - low, channel.erasures
            try:
                frames = await self.lookups.run(
                    lookups.frames, channel.followed, low, limit=min(missing, RING)
                )
            except UnknownFact:
                frames = []
            # Who has left meanwhile is sent nothing more.
            needy = [each for each in needy if each in channel.followers]
            if channel.erasures != erasures:
                # What was read may since have been taken back.
                continue
            if not frames or frames[0].seq != low + 1:
                self.reset(channel, "trimmed", [each for each in needy if each.sent == low])
                continue
            if (channel.seq or 0) - low <= RING:
                channel.prepend(frames)
            for follower in needy:
                own = [each for each in frames if each.seq > follower.sent]
                if own and own[0].seq == follower.sent + 1 and follower.connection.port.ready:
                    channel.send(follower, Batch(own[: max(follower.room, 1)]))
                channel.pump(follower)

    async def poll(self) -> None:
        """Compare the followed streams with the log, about once a second, in one query."""
        while True:
            await asyncio.sleep(POLL * random.uniform(0.8, 1.2))
            shown = {
                each.address: each.seq for each in self.channels.values() if each.seq is not None
            }
            try:
                tops = await self.lookups.run(queries.tops, shown)
                if missing := shown.keys() - tops.keys():
                    # A store from before a stream began knows nothing of it.
                    tops |= await self.lookups.run(lookups.stands, missing)
                for address, stands in tops.items():
                    channel = self.channels.get(address)
                    if (
                        stands.seq < shown[address]
                        and channel is not None
                        and channel.epoch == stands.epoch
                    ):
                        # What was shown is no longer there: the store has lost history. The
                        # first process to see it rotates, and all of them send their clients on.
                        await self.lookups.run(epochs.rotate, address)
                        tops[address] = await self.lookups.run(queries.top, address)
            except DatabaseError as error:
                log.warning("poll_failed", error=type(error).__name__)
                continue
            self.healthy_at = time.monotonic()
            # What is on its way as a hint need not be read.
            await asyncio.sleep(GRACE)
            for address, stands in tops.items():
                channel = self.channels.get(address)
                if channel is not None:
                    self.heal(channel, stands)

    def heal(self, channel: Channel, stands: queries.Top) -> None:
        """Bring a stream to where the log says it stands."""
        if channel.epoch != stands.epoch:
            # The store may have lost history: everybody loads the list anew.
            self._start_anew(channel, "epoch", stands)
        elif stands.floor > (channel.seq or 0):
            self._start_anew(channel, "trimmed", stands)
        elif stands.seq > (channel.seq or 0):
            self.read_on(channel)
        for follower in list(channel.behind):
            channel.pump(follower)

    def _start_anew(self, channel: Channel, reason: str, stands: queries.Top) -> None:
        self.reset(channel, reason, list(channel.followers), stands)
        channel.start(stands.epoch, stands.seq)
        self.missed(channel)

    def reset(
        self,
        channel: Channel,
        reason: str,
        followers: list[Follower],
        stands: queries.Top | None = None,
    ) -> None:
        """Send followers to the list behind the stream; they follow it again from there."""
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


def _beyond_ring(channel: Channel) -> list[Follower]:
    return [
        follower
        for follower in channel.behind
        if follower.sent + 1 < channel.ring_begins
        and follower.room > 0
        and follower.connection.port.ready
    ]
