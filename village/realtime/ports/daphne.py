"""The port to a socket that daphne holds, and what we must know of daphne for it."""

from __future__ import annotations

from functools import partial
from typing import Any

from daphne.server import Server
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet import tcp

from village.realtime.ports.base import Send
from village.realtime.ports.wire import WirePort


class DaphnePort(WirePort):
    """Write past autobahn to Twisted's transport."""

    __slots__ = ()

    def __init__(self, send: Send, transport: Any) -> None:
        super().__init__(send, transport, transport.fileno())

    @property
    def _is_up(self) -> bool:
        transport = self._transport
        return bool(transport.connected) and not transport.disconnecting

    def _buffered(self) -> int:
        transport = self._transport
        size: int = len(transport.dataBuffer) - transport.offset + transport._tempDataLen
        return size


def transport_of(send: Any) -> Any:
    """Give the plain TCP transport of an open socket; ``None`` where it is not that."""
    protocol = protocol_of(send)
    if (
        protocol is None
        or protocol.state != WebSocketProtocol.STATE_OPEN
        or protocol._perMessageCompress is not None
        or protocol.send_queue
    ):
        return None
    transport = protocol.transport
    return transport if type(transport) is tcp.Server else None


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
