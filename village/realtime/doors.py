"""
The doors of the streams: who may follow, and from where she goes on.

Everybody who waits is asked for together, at however many streams.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter as Tally
from dataclasses import dataclass
from typing import TYPE_CHECKING

from village.core.actor import Actor
from village.journal import queries
from village.realtime import lookups
from village.realtime.access import NOBODY
from village.realtime.channel import Channel, Follower
from village.realtime.gathering import AWAY, Gathering
from village.realtime.protocol import Since

if TYPE_CHECKING:
    from village.realtime.consumer import Connection
    from village.realtime.hub import Hub

# Further behind than this, a client is better off loading the list.
TOO_FAR = 2000


@dataclass(frozen=True, slots=True)
class Asking:
    """Hold who waits at the door of a stream, and what her access was when she came."""

    connection: Connection
    channel: Channel
    topic: str
    since: Since | None
    access: int


class Doors:
    """Let sockets in to streams, or tell them why not."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._gathering = Gathering(hub.run, self._ask, self._failed)
        # How many wait at each stream.
        self._waiting: Tally[str] = Tally()

    def ask(
        self, connection: Connection, channel: Channel, topic: str, since: Since | None
    ) -> None:
        """Let a socket wait for an answer."""
        self._waiting[channel.address] += 1
        self._gathering.add(
            channel.address, Asking(connection, channel, topic, since, connection.access)
        )

    def are_asked_for(self, channel: Channel) -> bool:
        """Tell whether somebody waits at a stream."""
        return self._waiting[channel.address] > 0

    async def _ask(self, asked: dict[str, list[Asking]]) -> None:
        """Ask the doors of all streams for everybody who waits at one."""
        open_to, hidden = await self._hub.lookups.run(
            lookups.doors,
            {
                address: (asking[0].channel.followed, {each.connection.actor for each in asking})
                for address, asking in asked.items()
            },
        )
        for address, asking in asked.items():
            let_in, stands = open_to[address]
            for connection in {each.connection for each in asking}:
                if connection.actor in let_in:
                    connection.hide(hidden.get(connection.actor.principal_id, NOBODY))
            self._open(asking[0].channel, asking, let_in, stands)

    def _open(
        self, channel: Channel, asking: list[Asking], let_in: set[Actor], stands: queries.Top
    ) -> None:
        if let_in and channel.seq is None:
            channel.start(stands.epoch, stands.seq)
        for each in asking:
            connection, topic = each.connection, each.topic
            if not connection.is_open:
                pass
            elif connection.access != each.access:
                # Her access changed while the door was asked: it is asked again.
                self._hub.subscribe(connection, topic, each.since)
            elif connection.actor not in let_in:
                connection.refuse(topic, "topic.not_admitted")
            elif topic in connection.session.topics:
                self._admit(connection, topic, channel, each.since, stands)
        if channel.missed_hints and channel.seq is not None:
            channel.missed_hints = False
            self._hub.reader.read_on(channel)
        self._leave(asking)

    def _failed(self, asking: list[Asking], error: BaseException) -> None:
        if isinstance(error, AWAY):
            asyncio.get_running_loop().call_later(random.uniform(0.2, 1.0), self._ask_again, asking)
            return
        for each in asking:
            # Not knowing is no reason to show more.
            each.connection.refuse(each.topic, "topic.not_admitted")
        self._leave(asking)

    def _ask_again(self, asking: list[Asking]) -> None:
        # Whoever has gone meanwhile is not asked for again.
        for each in asking:
            if each.connection.is_open:
                self._gathering.add(each.channel.address, each)
        self._leave([each for each in asking if not each.connection.is_open])

    def _leave(self, asking: list[Asking]) -> None:
        for each in asking:
            self._waiting[each.channel.address] -= 1
            if not self._waiting[each.channel.address]:
                del self._waiting[each.channel.address]
            self._hub.drop_if_idle(each.channel)

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
        # Whoever asked twice before the door answered follows once.
        connection.stop_following(topic)
        follower = Follower(connection, channel, topic, since.seq if since else (channel.seq or 0))
        connection.follow(follower)
        connection.say({"type": "subscribed", **head, "recovered": since is not None})
        channel.join(follower)


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
