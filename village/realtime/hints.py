"""
Hints: after a commit, the finished frames on their way to every process that shows them.

A hint is best effort. Whoever misses one finds the frame in the log within a second, so a
hint never waits, never fails the request that sent it, and is dropped when Redis is slow.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import threading
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import structlog
from channels.layers import get_channel_layer
from django.conf import settings
from prometheus_client import Counter

from village.journal.readers import Position, Recorded
from village.journal.topics import Topic
from village.realtime.frames import Encoded, encode
from village.realtime.layer import RedisHintLayer
from village.realtime.names import shown_as

log = structlog.get_logger(__name__)
DROPPED = Counter("village_hints_dropped_total", "Hints that could not be sent.")
SENT = Counter("village_hints_sent_total", "Hints that were sent.")
# A broker that is slower than this is treated as away: the poll does its work.
SEND_WITHIN = 0.2
PENDING_MAX = 1000


class _Sender:
    """Run the sends of one process on an event loop, and never wait for them."""

    def __init__(self) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None
        self.pid = 0
        self.pending = 0
        self.lock = threading.Lock()

    def use(self, loop: asyncio.AbstractEventLoop) -> None:
        """Send from the server's own loop, where there is one."""
        self.loop, self.pid = loop, os.getpid()

    def send(self, work: Coroutine[Any, Any, None]) -> None:
        """Start a send, or drop it when too many wait."""
        with self.lock:
            if self.pid != os.getpid() or self.loop is None or self.loop.is_closed():
                self._start_loop()
            if self.pending >= PENDING_MAX:
                DROPPED.inc()
                work.close()
                return
            self.pending += 1
        assert self.loop is not None
        asyncio.run_coroutine_threadsafe(self._within(work), self.loop)

    def _start_loop(self) -> None:
        # A worker, or a command: it has no loop, and after a fork it has none any more.
        self.use(asyncio.new_event_loop())
        assert self.loop is not None
        self.pending = 0
        threading.Thread(target=self.loop.run_forever, name="hints", daemon=True).start()

    async def _within(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await asyncio.wait_for(work, SEND_WITHIN)
            SENT.inc()
        except Exception as error:  # noqa: BLE001 - isolation: a hint may fail in any way it likes
            DROPPED.inc()
            log.warning("hint_dropped", error=type(error).__name__)
        finally:
            self.pending -= 1


sender = _Sender()
Deliver = Callable[[Sequence[dict[str, Any]]], None]
_deliver_here: Deliver | None = None


def serve_from(loop: asyncio.AbstractEventLoop, deliver: Deliver | None) -> None:
    """Say where this process's hub runs: its own hints reach it first, and without a broker."""
    global _deliver_here
    sender.use(loop)
    _deliver_here = deliver


def publish(recorded: Sequence[Recorded]) -> None:
    """
    Send the frames of facts on their way; called after the commit.

    All at once, so that what was told together reaches each socket in one write.
    """
    together: dict[Topic, list[tuple[Recorded, Position]]] = {}
    for each in recorded:
        for position in each.positions:
            together.setdefault(position.topic, []).append((each, position))
    messages: list[dict[str, Any]] = []
    for topic, told in together.items():
        frames = topic.frames([(each.fact, position.seq, each.at) for each, position in told])
        for frame, (_, position) in zip(frames, told, strict=True):
            encoded = encode(frame, shown_as(position.address))
            messages.append(hint(position.address, position.epoch, encoded))
    send(messages)


def send(messages: Sequence[dict[str, Any]]) -> None:
    """Hand messages to every process that follows their addresses."""
    if not messages:
        return
    if _deliver_here is not None:
        _deliver_here(messages)
    if not settings.EMBEDDED:
        sender.send(layer().send_all([(group_of(each["address"]), each) for each in messages]))


def hint(address: str, epoch: str, frame: Encoded) -> dict[str, Any]:
    """Write a hint: all that a hub needs to show the frame without reading the log."""
    return {
        "type": "hint",
        "address": address,
        "epoch": epoch,
        "seq": frame.seq,
        "kind": frame.kind,
        "scope": frame.scope,
        "text": frame.text,
        "people": list(frame.people),
    }


def layer() -> RedisHintLayer:
    """Give the channel layer between the processes; there is one wherever there are several."""
    found = get_channel_layer()
    assert isinstance(found, RedisHintLayer)
    return found


def group_of(address: str) -> str:
    """Name an address's group; group names are short and plain, addresses need not be."""
    return f"village.{hashlib.sha256(address.encode()).hexdigest()[:40]}"
