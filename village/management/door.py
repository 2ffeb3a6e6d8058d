"""Daphne as the village uses it: it knows why it cannot listen, and how much it takes in."""

from __future__ import annotations

import json
from typing import Any

from daphne.http_protocol import WebRequest
from daphne.server import Server
from django.conf import settings
from twisted.internet.error import CannotListenError
from twisted.python.failure import Failure

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
        if self.taken <= BODY_MAX:
            return super().process()
        headers = [(b"Content-Type", b"application/problem+json")]
        start = {"type": "http.response.start", "status": 413, "headers": headers}
        body = {"type": "http.response.body", "body": json.dumps(TOO_LARGE).encode()}
        for message in (start, body):
            self.handle_reply(message)  # type: ignore[no-untyped-call]
        return None
