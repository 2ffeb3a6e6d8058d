"""The ways in which the server that stands in for FCM answers a message."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

from tests.support.fcm_protocol import refusal

if TYPE_CHECKING:
    from tests.support.fcm_server import FcmServer


class Exchange:
    """Hold one request, and answer it well or badly."""

    def __init__(self, handler: BaseHTTPRequestHandler, server: FcmServer, body: bytes) -> None:
        self._handler = handler
        self.server = server
        self.body = body

    def answer(self, status: int, content: Any, *, headers: dict[str, str] | None = None) -> None:
        """Answer with JSON, or with a web page when the content is text."""
        page = isinstance(content, str)
        data = content.encode() if isinstance(content, str) else json.dumps(content).encode()
        kind = "text/html" if page else "application/json; charset=UTF-8"
        self.raw(_head(status, {"Content-Type": kind, **(headers or {})}, len(data)) + data)

    def accept(self) -> dict[str, str]:
        """Take the message; the caller answers."""
        return {"name": self.server.take(json.loads(self.body)["message"])}

    def raw(self, data: bytes) -> None:
        self._handler.wfile.write(data)

    def hang_up(self) -> None:
        self._handler.close_connection = True


Step = Callable[[Exchange], None]


def accept() -> Step:
    return lambda exchange: exchange.answer(200, exchange.accept())


def refuse(status: int, content: Any, *, retry_after: str | None = None) -> Step:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return lambda exchange: exchange.answer(status, content, headers=headers)


def quota_exceeded(retry_after: str | None = None) -> Step:
    content = refusal(429, "RESOURCE_EXHAUSTED", "Quota exceeded.", fcm_code="QUOTA_EXCEEDED")
    return refuse(429, content, retry_after=retry_after)


def unavailable(retry_after: str | None = None) -> Step:
    content = refusal(503, "UNAVAILABLE", "The service is unavailable.", fcm_code="UNAVAILABLE")
    return refuse(503, content, retry_after=retry_after)


def unregistered() -> Step:
    words = "Requested entity was not found."
    return refuse(404, refusal(404, "NOT_FOUND", words, fcm_code="UNREGISTERED"))


def sender_id_mismatch() -> Step:
    words = "SenderId mismatch"
    return refuse(403, refusal(403, "PERMISSION_DENIED", words, fcm_code="SENDER_ID_MISMATCH"))


def invalid_argument(field: str = "", words: str = "Request contains an invalid argument.") -> Step:
    found = [{"field": field, "description": "Invalid value."}] if field else None
    content = refusal(400, "INVALID_ARGUMENT", words, fcm_code="INVALID_ARGUMENT", violations=found)
    return refuse(400, content)


def third_party_auth_error() -> Step:
    words = "Auth error from APNS or Web Push Service"
    return refuse(401, refusal(401, "UNAUTHENTICATED", words, fcm_code="THIRD_PARTY_AUTH_ERROR"))


def permission_denied() -> Step:
    return refuse(403, refusal(403, "PERMISSION_DENIED", "The API is not enabled."))


def bad_gateway() -> Step:
    return refuse(502, "<!doctype html><title>Error 502 (Server Error)</title><p>Sorry.")


def hang() -> Step:
    """Do not answer until the server is closed."""

    def step(exchange: Exchange) -> None:
        exchange.server.closing.wait(60)
        exchange.hang_up()

    return step


def half_an_answer() -> Step:
    """Accept, and lose the connection in the middle of saying so."""

    def step(exchange: Exchange) -> None:
        data = json.dumps(exchange.accept()).encode()
        exchange.raw(_head(200, {"Content-Type": "application/json"}, len(data)) + data[:10])
        exchange.hang_up()

    return step


def accept_in_silence() -> Step:
    """Accept, and lose the connection before saying so: the next try is a duplicate."""

    def step(exchange: Exchange) -> None:
        exchange.accept()
        exchange.hang_up()

    return step


def answer_twice() -> Step:
    """Accept, and give a second answer, which nobody asked for, in the same breath."""

    def step(exchange: Exchange) -> None:
        data = json.dumps(exchange.accept()).encode()
        exchange.raw((_head(200, {"Content-Type": "application/json"}, len(data)) + data) * 2)

    return step


def drip(seconds: float = 0.05) -> Step:
    """Answer a byte at a time, each soon enough for a timeout that starts anew with each."""

    def step(exchange: Exchange) -> None:
        data = json.dumps({"name": "x" * 1000}).encode()
        for byte in _head(200, {"Content-Type": "application/json"}, len(data)) + data:
            exchange.raw(bytes([byte]))
            if exchange.server.closing.wait(seconds):
                break
        exchange.hang_up()

    return step


def _head(status: int, headers: dict[str, str], length: int) -> bytes:
    lines = [f"{name}: {value}" for name, value in {**headers, "Content-Length": length}.items()]
    return "\r\n".join([f"HTTP/1.1 {status} .", *lines, "", ""]).encode()
