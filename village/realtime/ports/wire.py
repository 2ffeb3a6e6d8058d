"""
The port that writes finished WebSocket bytes to a server's own transport.

One frame is built per event and shared by every socket; what is left to pay is the kernel's
send. It is used only where nothing can come between: a plain TCP transport, a finished
handshake, no compression negotiated, and never past bytes that the server has buffered.
"""

from __future__ import annotations

import os
from functools import partial
from typing import Any

from daphne.server import Server
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet import tcp

from village.realtime.frames import Batch, websocket_frame
from village.realtime.ports.asgi import AsgiPort
from village.realtime.ports.base import Port, Send

# Above this many bytes that the client has not taken, a socket is behind.
BUFFER_MAX = 256 * 1024


class DaphnePort(AsgiPort):
    """
    Write past autobahn to the socket of a daphne connection.

    Closing, and what is said to one client alone, goes the ordinary way; both end in the
    same buffer, so their order holds.
    """

    __slots__ = ("_fd", "_transport")

    def __init__(self, send: Send, transport: Any) -> None:
        super().__init__(send)
        self._transport = transport
        self._fd = transport.fileno()

    @property
    def ready(self) -> bool:
        """Tell whether the client takes what it is sent."""
        return not self.closed and self._buffered() <= BUFFER_MAX

    def write(self, batch: Batch) -> bool:
        """Write the frames' bytes, straight to the socket where nothing waits before them."""
        transport = self._transport
        if self.closed or not transport.connected or transport.disconnecting:
            return False
        wire = batch.wire
        if buffered := self._buffered():
            if buffered > BUFFER_MAX:
                return False
            transport.write(wire)
            return True
        try:
            written = os.write(self._fd, wire)
        except BlockingIOError:
            written = 0
        except OSError:
            # The connection broke; the server finds out and says so.
            self.closed = True
            return False
        if written < len(wire):
            transport.write(wire[written:])
        return True

    def say(self, *texts: str) -> None:
        """Write what belongs to this socket alone."""
        if not self.closed and self._transport.connected:
            self._transport.write(b"".join(map(websocket_frame, texts)))

    def _buffered(self) -> int:
        transport = self._transport
        size: int = len(transport.dataBuffer) - transport.offset + transport._tempDataLen
        return size


def port_for(send: Send) -> Port:
    """Give the fastest port that is safe for a connection whose handshake is finished."""
    transport = _daphne_transport(send)
    return DaphnePort(send, transport) if transport is not None else AsgiPort(send)


def _daphne_transport(send: Any) -> Any:
    """Find the plain TCP transport behind daphne's send; ``None`` where it is not that."""
    if not isinstance(send, partial) or getattr(send.func, "__func__", None) is not (
        Server.handle_reply
    ):
        return None
    protocol = send.args[0]
    if (
        not isinstance(protocol, WebSocketProtocol)
        or protocol.state != WebSocketProtocol.STATE_OPEN
        or protocol._perMessageCompress is not None
        or protocol.send_queue
    ):
        return None
    transport = protocol.transport
    return transport if type(transport) is tcp.Server else None
