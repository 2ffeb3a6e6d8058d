"""Between the processes: the hints of all others, over the channel layer."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

import structlog
from redis.exceptions import RedisError

from village.realtime import hints

log = structlog.get_logger(__name__)
_AWAY = (OSError, RedisError)


class Wires:
    """Hear the hints about the streams that this process follows; without them the poll heals."""

    def __init__(
        self,
        followed: Callable[[], Iterable[str]],
        receive: Callable[[dict[str, Any]], None],
    ) -> None:
        self._followed, self._receive = followed, receive
        # One channel for the process, never one per socket; empty while there is no broker.
        self._channel = ""

    async def join(self, address: str) -> None:
        """Hear of a stream from now on."""
        if self._channel:
            await _quietly(hints.layer().group_add(hints.group_of(address), self._channel))

    async def part(self, address: str) -> None:
        """Hear of a stream no longer."""
        if self._channel:
            await _quietly(hints.layer().group_discard(hints.group_of(address), self._channel))

    async def listen(self) -> None:
        """Take hints for as long as the process lives."""
        layer = hints.layer()
        while True:
            try:
                self._channel = await layer.new_channel()
                for address in list(self._followed()):
                    await layer.group_add(hints.group_of(address), self._channel)
                while True:
                    self._receive(await layer.receive(self._channel))
            except _AWAY as error:
                log.warning("hints_unavailable", error=type(error).__name__)
                self._channel = ""
                await asyncio.sleep(random.uniform(0.1, 2.0))


async def _quietly(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except _AWAY as error:
        log.warning("hints_unavailable", error=type(error).__name__)
