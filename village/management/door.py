"""
Daphne as the village uses it.

It knows why it cannot listen, how much of a request it takes in, and how many sockets at once.
"""

from __future__ import annotations

import json
from typing import Any

from daphne.http_protocol import WebRequest
from daphne.server import Server
from daphne.ws_protocol import WebSocketProtocol
from django.conf import settings
from twisted.internet.error import CannotListenError
from twisted.python.failure import Failure

from village.realtime.consumer import ADMITTED
from village.realtime.registry import registry

# The largest picture, and room for what a form says beside it.
BODY_MAX = settings.UPLOAD_MAX_SIZE + 1024 * 1024
# Whoever has not stopped by then does not listen.
CUT_OFF_AT = 4 * BODY_MAX
TOO_LARGE = {
    "type": "about:blank",
    "title": "Content Too Large",
    "status": 413,
    "detail": f"At most {BODY_MAX // 1024 // 1024} MiB can be sent at once.",
    "code": "body.too_large",
}


class Door(Server):
    """Let requests and sockets in."""

    refusal: CannotListenError | None = None

    def open(self) -> None:
        """Bound what each request may bring; called when daphne has made its factories."""
        factory: Any = self.http_factory
        build = factory.buildProtocol

        def build_bounded(address: Any) -> Any:
            protocol = build(address)
            protocol.requestFactory = BoundedRequest
            return protocol

        factory.buildProtocol = build_bounded
        sockets: Any = self.ws_factory
        for name in WebSocketProtocol.CONFIG_ATTRS:
            value = getattr(sockets, name)
            # On a class, a function would become a method.
            setattr(Line, name, staticmethod(value) if callable(value) else value)
        sockets.protocol = Line

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        """Begin to serve a request, or a socket that was admitted before its handshake."""
        if scope["type"] == "websocket":
            scope["extensions"] = {ADMITTED: {}}
        return super().create_application(protocol, scope)  # type: ignore[no-untyped-call]

    def listen_error(self, failure: Failure) -> None:
        """Remember why, and do not start."""
        assert isinstance(failure.value, CannotListenError)
        self.refusal = failure.value
        self.abort_start = True

    def kill_all_applications(self) -> Any:
        """End what is still being answered; a connection that waits for its next request is not."""
        idle = [each for each, at in self.connections.items() if "application_instance" not in at]
        for each in idle:
            del self.connections[each]
        return super().kill_all_applications()  # type: ignore[no-untyped-call]

    @property
    def is_answering(self) -> bool:
        """Tell whether a request or a socket is still open."""
        answers = (details.get("application_instance") for details in self.connections.values())
        return any(answer is not None and not answer.done() for answer in answers)


class Line(WebSocketProtocol):
    """
    Keep a socket's settings once for all sockets.

    Autobahn copies forty of them into each, and writes each time a description of them for a log
    that nobody reads: half of what a connection costs.
    """

    CONFIG_ATTRS: list[str] = []


class BoundedRequest(WebRequest):
    """Keep no more of a body than the village ever asks for: there may be no proxy in front."""

    taken = 0

    def handleContentChunk(self, data: bytes) -> None:
        """Keep a part of the body, or let it pass by."""
        self.taken += len(data)
        if self.taken <= BODY_MAX:
            super().handleContentChunk(data)  # type: ignore[no-untyped-call]
        elif self.taken > CUT_OFF_AT:
            self.loseConnection()  # type: ignore[no-untyped-call]

    def process(self) -> Any:
        """Answer a request, or say that it was too large, once the client has stopped talking."""
        if self.taken > BODY_MAX:
            content_type = (b"Content-Type", b"application/problem+json")
            return self._answer(413, [content_type], json.dumps(TOO_LARGE).encode())
        if self.requestHeaders.getRawHeaders(b"Upgrade") and (retry_after := _wait()):
            # Before there is a socket: a herd is sent away three times as fast.
            when = (b"Retry-After", str(retry_after).encode())
            return self._answer(503, [when, (b"Connection", b"close")], b"")
        return super().process()

    def _answer(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        headers = [*headers, (b"Content-Length", str(len(body)).encode())]
        start = {"type": "http.response.start", "status": status, "headers": headers}
        for message in (start, {"type": "http.response.body", "body": body}):
            self.handle_reply(message)  # type: ignore[no-untyped-call]


def _wait() -> int:
    registry.start()
    return registry.wait()
