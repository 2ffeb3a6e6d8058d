"""The port to a socket that daphne holds, and what we must know of daphne for it."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

from daphne.server import Server
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet import tcp

from village.realtime.ports.base import Hear, Send
from village.realtime.ports.wire import WirePort
from village.realtime.rfc6455 import short_texts


class DaphnePort(WirePort):
    """Write past autobahn to Twisted's transport, and read what is simple before it."""

    __slots__ = ("_hear", "_protocol")

    def __init__(self, send: Send, protocol: Any) -> None:
        super().__init__(send, protocol.transport, protocol.transport.fileno())
        self._protocol = protocol
        self._hear: Hear
        protocol.connectionLost = self._lost
        # Twisted begins to write when anything is to go out, and before it closes.
        protocol.transport.startWriting = self._begin

    def held(self) -> int:
        transport = self._transport
        if transport.disconnecting or not transport.connected:
            return -1
        size: int = len(transport.dataBuffer) - transport.offset + transport._tempDataLen
        return size

    def listen(self, hear: Hear) -> None:
        """Hear short texts before autobahn, which takes five times as long for them."""
        self._hear = hear
        self._protocol.dataReceived = self._hear_first

    def _begin(self) -> None:
        self.touched()
        tcp.Server.startWriting(self._transport)  # type: ignore[no-untyped-call]

    def _lost(self, reason: Any) -> None:
        self.closed = True
        self.touched()
        WebSocketProtocol.connectionLost(self._protocol, reason)

    def _hear_first(self, data: bytes) -> None:
        protocol = self._protocol
        if (
            protocol.state != WebSocketProtocol.STATE_OPEN
            # Not in the middle of something, nor before what the application has yet to receive.
            or protocol.data
            or protocol.current_frame is not None
            or protocol.inside_message
            or not protocol.application_queue.empty()
            or (texts := short_texts(data)) is None
        ):
            WebSocketProtocol.dataReceived(protocol, data)
            return
        # As daphne does with every message: whoever speaks need not be pinged.
        protocol.last_ping = time.time()
        for text in texts:
            self._hear(text)


def open_protocol_of(send: Any) -> Any:
    """Give the protocol of an open socket on plain TCP; ``None`` where it is not that."""
    protocol = protocol_of(send)
    if (
        protocol is None
        or protocol.state != WebSocketProtocol.STATE_OPEN
        or protocol._perMessageCompress is not None
        or protocol.send_queue
    ):
        return None
    return protocol if type(protocol.transport) is tcp.Server else None


def protocol_of(send: Any) -> Any:
    """Give the protocol behind daphne's own send; ``None`` behind anybody else's."""
    if not isinstance(send, partial) or getattr(send.func, "__func__", None) is not (
        Server.handle_reply
    ):
        return None
    protocol = send.args[0]
    return protocol if isinstance(protocol, WebSocketProtocol) else None


def turn_away(protocol: Any, retry_after: str) -> None:
    """Answer a handshake with 503, for which ASGI under daphne has no message."""
    headers = [("Retry-After", retry_after), ("Content-Length", "0"), ("Connection", "close")]
    # As daphne does when it rejects one: nobody may answer a second time.
    del protocol.handshake_deferred
    protocol.failHandshake("Service Unavailable", 503, headers)
    protocol.server.protocol_disconnected(protocol)
