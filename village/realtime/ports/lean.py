"""The port to a socket that our own protocol class for uvicorn holds."""

from __future__ import annotations

from typing import Any

from village.realtime.lean import OPEN, LeanWebSocket
from village.realtime.ports.base import EXTENSION, Hear, Send
from village.realtime.ports.wire import WirePort


class LeanPort(WirePort):
    """Write past ASGI to asyncio's or uvloop's transport."""

    __slots__ = ("_size", "_socket")

    def __init__(self, send: Send, socket: LeanWebSocket) -> None:
        transport = socket.transport
        super().__init__(send, transport, transport.get_extra_info("socket").fileno())
        self._socket = socket
        self._size = transport.get_write_buffer_size
        socket.out.touched = self._by_server

    def held(self) -> int:
        return self._size() if self._socket.state == OPEN else -1

    def listen(self, hear: Hear) -> None:
        """Hear texts as they are read."""
        self._socket.hear = hear

    def _by_server(self) -> None:
        self.touched()


def socket_of(scope: dict[str, Any], send: Any) -> LeanWebSocket | None:
    """Give the socket that is open behind its own send; ``None`` where it is not that."""
    socket = scope.get("extensions", {}).get(EXTENSION)
    is_plain = (
        isinstance(socket, LeanWebSocket)
        and send == socket.send
        and socket.state == OPEN
        and socket.transport.get_extra_info("sslcontext") is None
    )
    return socket if is_plain else None
