"""What the hub asks of whatever server holds the socket."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from village.realtime.frames import Batch

# Where a scope holds the socket itself, if the server is ours (village/realtime/lean.py).
EXTENSION = "village.transport"
Hear = Callable[[str], None]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Port(Protocol):
    """Carry frames to one socket; never block, never keep a queue."""

    # Called when the socket was written to by anybody, or is over: what was known of it is not.
    touched: Callable[[], None]

    @property
    def ready(self) -> bool:
        """Tell whether the socket can take more now."""

    def write(self, batch: Batch) -> bool:
        """Write frames in order; ``False`` when the socket could not take them."""

    def say(self, *texts: str) -> None:
        """Write what belongs to this socket alone."""

    def listen(self, hear: Hear) -> None:
        """Hand on what the client says, where that need not take the way through ASGI."""

    def close(self, code: int) -> None:
        """Close the socket."""
