"""Which port a socket gets, and how one is turned away that gets none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings

from village.realtime.ports import daphne
from village.realtime.ports.asgi import AsgiPort
from village.realtime.ports.base import EXTENSION, Port, Send


def port_for(scope: dict[str, Any], send: Send) -> Port:
    """Give the fastest port that is safe for a connection whose handshake is finished."""
    if settings.VILLAGE_PORT == "asgi":
        return AsgiPort(send)
    if EXTENSION in scope.get("extensions", {}):
        # Only where uvicorn serves, so that others need not load it.
        from village.realtime.ports import lean

        if (socket := lean.socket_of(scope, send)) is not None:
            return lean.LeanPort(send, socket)
    if (protocol := daphne.open_protocol_of(send)) is not None:
        return daphne.DaphnePort(send, protocol)
    return AsgiPort(send)


def when_server_stops(scope: dict[str, Any], leave: Callable[[], None]) -> None:
    """Have something done before the sockets are closed, where the server lets us."""
    if (socket := scope.get("extensions", {}).get(EXTENSION)) is not None:
        socket.leave = leave


async def turn_away(scope: dict[str, Any], send: Send, retry_after: int) -> None:
    """Answer a handshake with 503 and when to come again; with 403 where a server has no words."""
    when = str(retry_after)
    if "websocket.http.response" in scope.get("extensions", {}):
        headers = [(b"retry-after", when.encode())]
        await send({"type": "websocket.http.response.start", "status": 503, "headers": headers})
        await send({"type": "websocket.http.response.body", "body": b""})
    elif (protocol := daphne.protocol_of(send)) is not None:
        daphne.turn_away(protocol, when)
    else:
        await send({"type": "websocket.close", "code": 1013})
