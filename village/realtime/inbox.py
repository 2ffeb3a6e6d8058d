"""What a server has heard and its application has not yet received."""

from __future__ import annotations

import asyncio
from typing import Any

Message = dict[str, Any]
# Where a server stops reading.
FULL = 16


class Inbox:
    """Keep messages for one reader; an empty one weighs next to nothing."""

    __slots__ = ("_loop", "_messages", "_reader")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._messages: list[Message] = []
        self._reader: asyncio.Future[None] | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether everything has been received."""
        return not self._messages

    @property
    def is_full(self) -> bool:
        """Tell whether no more should be read from the wire for now."""
        return len(self._messages) >= FULL

    def put(self, message: Message) -> None:
        """Add a message."""
        self._messages.append(message)
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    async def get(self) -> Message:
        """Wait for the next message."""
        while not self._messages:
            self._reader = self._loop.create_future()
            try:
                await self._reader
            finally:
                self._reader = None
        return self._messages.pop(0)
