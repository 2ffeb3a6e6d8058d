"""
The port that writes finished WebSocket bytes to a server's own transport.

One frame is built per event and shared by every socket; what is left to pay is the kernel's
send. It is used only where nothing can come between: a plain transport, a finished handshake,
no compression negotiated, and never past bytes that the server has buffered.
"""

from __future__ import annotations

import os
from abc import abstractmethod
from errno import EAGAIN
from typing import Any

from village.realtime.frames import Batch
from village.realtime.ports.asgi import AsgiPort
from village.realtime.ports.base import Send
from village.realtime.rfc6455 import Opcode, frame

# Above this many bytes that the client has not taken, a socket is behind.
BUFFER_MAX = 256 * 1024


class WirePort(AsgiPort):
    """
    Write past a server's WebSocket code to its connection.

    Closing goes the ordinary way: it ends in the same buffer, so the order holds.
    """

    __slots__ = ("_transport", "fd")

    def __init__(self, send: Send, transport: Any, fd: int) -> None:
        super().__init__(send)
        self._transport, self.fd = transport, fd

    @abstractmethod
    def held(self) -> int:
        """Give the bytes that the server holds for the client; -1 where none may be added."""

    @property
    def is_clear(self) -> bool:
        """Tell whether bytes may go straight to the socket, until the port is touched."""
        return not self.closed and not self.held()

    @property
    def ready(self) -> bool:
        """Tell whether the client takes what it is sent."""
        return not self.closed and 0 <= self.held() <= BUFFER_MAX

    def write(self, batch: Batch) -> bool:
        """Write the frames' bytes, straight to the socket where nothing waits before them."""
        held, wire = self.held(), batch.wire
        if held or self.closed:
            if self.closed or not 0 < held <= BUFFER_MAX:
                return False
            self._transport.write(wire)
            self.touched()
            return True
        try:
            written = os.write(self.fd, wire)
        except OSError as error:
            written = -(error.errno or 1)
        return self.went(written, wire)

    def went(self, written: int, wire: bytes) -> bool:
        """Go on after a write: ``written`` is what the socket took, or minus its error's number."""
        if written == -EAGAIN:
            written = 0
        elif written < 0:
            # The connection broke; the server finds out and says so.
            self.closed = True
            return False
        if written < len(wire):
            self._transport.write(wire[written:])
            self.touched()
        return True

    def say(self, *texts: str) -> None:
        """Write what belongs to this socket alone."""
        if not self.closed and self.held() >= 0:
            self._transport.write(b"".join(frame(Opcode.TEXT, text.encode()) for text in texts))
            self.touched()
