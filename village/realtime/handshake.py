"""The opening handshake of a WebSocket on the server's side, without a socket (RFC 6455, 4.2)."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

_KEY_ENDS_WITH = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # (1.3)
Headers = Iterable[tuple[bytes, bytes]]


class BadRequest(Exception):
    """The request is not a WebSocket handshake; ``headers`` say what would be."""

    def __init__(self, status: HTTPStatus, *headers: tuple[bytes, bytes]) -> None:
        super().__init__(status.phrase)
        self.status, self.headers = status, headers


@dataclass(frozen=True, slots=True)
class Request:
    """Hold a request for a WebSocket, and the answer that its key asks for."""

    path: bytes
    query: bytes
    headers: list[tuple[bytes, bytes]]
    answer: bytes

    def scope(self, root: str) -> dict[str, Any]:
        """Give what it says to an ASGI application that is mounted at a root."""
        return {
            "type": "websocket",
            "http_version": "1.1",
            "root_path": root,
            "path": root + unquote(self.path.decode("ascii")),
            "raw_path": root.encode() + self.path,
            "query_string": self.query,
            "headers": self.headers,
            "subprotocols": _words(self.headers, b"sec-websocket-protocol"),
        }


def read(head: bytes) -> Request:
    """
    Read a request, which an HTTP parser has found to be well-formed and an upgrade to WebSocket.

    :raises BadRequest: if we cannot answer it with one
    """
    request, *lines = head.split(b"\r\n")
    method, target, _ = request.split(b" ", 2)
    headers = [
        (name.lower(), value.strip()) for name, _, value in (line.partition(b":") for line in lines)
    ]
    if method != b"GET":
        raise BadRequest(HTTPStatus.METHOD_NOT_ALLOWED, (b"allow", b"GET"))
    if _words(headers, b"sec-websocket-version") != ["13"]:
        raise BadRequest(HTTPStatus.UPGRADE_REQUIRED, (b"sec-websocket-version", b"13"))
    keys = [value for name, value in headers if name == b"sec-websocket-key"]
    if len(keys) != 1 or not _is_key(keys[0]):
        raise BadRequest(HTTPStatus.BAD_REQUEST)
    # SHA-1 is what the RFC asks for; it protects nothing here.
    digest = hashlib.sha1(keys[0] + _KEY_ENDS_WITH, usedforsecurity=False).digest()
    path, _, query = target.partition(b"?")
    return Request(path, query, headers, base64.b64encode(digest))


class Opening:
    """Answer one request as an ASGI application wishes: with a WebSocket, or with HTTP."""

    __slots__ = ("_answer", "_headers", "_refusal")

    def __init__(self, request: Request, headers: Headers) -> None:
        self._answer, self._headers = request.answer, headers
        self._refusal: tuple[int, Headers, bytes] | None = None

    def take(self, message: dict[str, Any]) -> tuple[bytes, bool] | None:
        """
        Give the answer and whether it opens the socket; ``None`` while the answer is not whole.

        :raises RuntimeError: if the application may not say that now
        """
        headers = [*self._headers, *(message.get("headers") or ())]
        match message["type"]:
            case "websocket.accept":
                return accepting(self._answer, message.get("subprotocol"), headers), True
            case "websocket.close":
                return refusing(HTTPStatus.FORBIDDEN, headers), False
            case "websocket.http.response.start" if self._refusal is None:
                self._refusal = message["status"], headers, b""
            case "websocket.http.response.body" if self._refusal is not None:
                status, chosen, begun = self._refusal
                self._refusal = status, chosen, begun + message.get("body", b"")
                if not message.get("more_body"):
                    return refusing(*self._refusal), False
            case what:
                raise RuntimeError(f"{what} before the handshake is answered")
        return None


def accepting(answer: bytes, subprotocol: str | None, headers: Headers) -> bytes:
    """Write the answer after which both sides speak in frames."""
    chosen = [(b"Sec-WebSocket-Protocol", subprotocol.encode())] if subprotocol else []
    switching = [
        (b"Upgrade", b"websocket"),
        (b"Connection", b"Upgrade"),
        (b"Sec-WebSocket-Accept", answer),
    ]
    return _written(HTTPStatus.SWITCHING_PROTOCOLS, [*switching, *chosen, *headers])


def refusing(status: int, headers: Headers, body: bytes = b"") -> bytes:
    """Write an answer after which the connection is closed."""
    last = [(b"Content-Length", b"%d" % len(body)), (b"Connection", b"close")]
    return _written(status, [*headers, *last]) + body


def _written(status: int, headers: Headers) -> bytes:
    phrase = HTTPStatus(status).phrase.encode()
    lines = b"".join(b"%b: %b\r\n" % header for header in headers)
    return b"HTTP/1.1 %d %b\r\n%b\r\n" % (status, phrase, lines)


def _words(headers: Headers, wanted: bytes) -> list[str]:
    values = (value.decode("latin-1") for name, value in headers if name == wanted)
    return [word.strip() for value in values for word in value.split(",") if word.strip()]


def _is_key(value: bytes) -> bool:
    try:
        return len(base64.b64decode(value, validate=True)) == 16
    except binascii.Error:
        return False
