"""Between the processes: the hints of all others, over the channel layer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from village.realtime import hints


class Wires:
    """Hear the hints about the streams that this process follows; without them the poll heals."""

    def __init__(
        self,
        followed: Callable[[], Iterable[str]],
        receive: Callable[[dict[str, Any]], None],
    ) -> None:
        self._followed, self._receive = followed, receive
        # One channel for the process, never one per socket.
        self._channel = ""

    async def join(self, address: str) -> None:
        """Hear of a stream from now on."""
        if self._channel:
            await hints.layer().group_add(hints.group_of(address), self._channel)

    async def part(self, address: str) -> None:
        """Hear of a stream no longer."""
        if self._channel:
            await hints.layer().group_discard(hints.group_of(address), self._channel)

    async def cut(self) -> None:
        """Close the connections to the broker."""
        self._channel = ""
        await hints.layer().flush()

    async def listen(self) -> None:
        """Take hints for as long as the process lives."""
        layer = hints.layer()
        self._channel = await layer.new_channel()
        for address in list(self._followed()):
            await self.join(address)
        while True:
            for message in await layer.receive_all(self._channel):
                self._receive(message)
