"""What a server writes to a connection, and how it waits for one that takes nothing."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

# Milliseconds after which the kernel gives up a peer that takes nothing: two heartbeats.
GIVE_UP_AFTER = 60_000


class Outflow:
    """Write to a transport, tell who wants to know, and hold back who has the time to wait."""

    __slots__ = ("_drained", "_loop", "is_held", "touched", "transport")

    def __init__(self, loop: asyncio.AbstractEventLoop, transport: asyncio.Transport) -> None:
        self._loop, self.transport = loop, transport
        # Whether the other side has enough for now.
        self.is_held = False
        # Called when something was written, or when it is over.
        self.touched: Callable[[], None] | None = None
        self._drained: asyncio.Future[None] | None = None

    def give_up_in_time(self) -> None:
        """Let the kernel end a connection whose other side is gone."""
        plug = self.transport.get_extra_info("socket")
        if plug is not None and plug.family != socket.AF_UNIX:
            plug.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, GIVE_UP_AFTER)

    def write(self, data: bytes) -> None:
        """Write, after what was written before."""
        self.transport.write(data)
        self.tell()

    def tell(self) -> None:
        """Say that what was known of the connection is so no more."""
        if self.touched is not None:
            self.touched()

    def release(self) -> None:
        """Let go on who waits."""
        self.is_held = False
        if self._drained is not None:
            self._drained.set_result(None)
            self._drained = None

    async def drained(self) -> None:
        """Wait for the next release."""
        if self._drained is None:
            self._drained = self._loop.create_future()
        await asyncio.shield(self._drained)
