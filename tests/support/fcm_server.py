"""
A server on this machine that speaks the protocol of Firebase Cloud Messaging.

It gives access tokens for rightly signed assertions, checks every message as strictly as the
real one says it does, keeps what it accepted, and misbehaves on demand::

    def test_gives_up_a_phone_that_is_gone(fcm):
        fcm.script(fcm_script.unregistered(), to="old-phone")
"""

from __future__ import annotations

import json
import socket
import ssl
import sys
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from notifications.transports.fcm import FcmTransport
from tests.support.fcm_protocol import MESSAGING_SCOPES, TARGETS, refusal, violations
from tests.support.fcm_script import Exchange, Step, accept

# What google-auth signs for, wherever the assertion is sent.
AUDIENCE = "https://oauth2.googleapis.com/token"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LONGEST_REQUEST = 1024 * 1024


@dataclass(frozen=True)
class Accepted:
    """Hold a message as it was accepted, and when, by the monotonic clock."""

    name: str
    target: str
    message: dict[str, Any]
    at: float = field(default_factory=time.monotonic)


class FcmServer:
    """Stand in for Google; see the module's first lines."""

    def __init__(self, *, project_id: str = "lindental", tls: ssl.SSLContext | None = None) -> None:
        self.project_id = project_id
        self.accepted: list[Accepted] = []
        self.sends = 0
        self.token_requests = 0
        self.connections = 0
        self._ended = 0
        self._end = threading.Condition()
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._numbers = count(1)
        self._tokens: set[str] = set()
        self._steps: deque[Step] = deque()
        self._steps_to: defaultdict[str, deque[Step]] = defaultdict(deque)
        self._token_steps: deque[Step] = deque()
        self._http = _Server(self, tls)
        scheme = "https" if tls else "http"
        self.base_url = f"{scheme}://127.0.0.1:{self._http.server_port}"
        self.token_url = f"{self.base_url}/token"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self._thread.start()

    def __enter__(self) -> FcmServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def credentials(self) -> dict[str, str]:
        """Return the content of a service account's key file."""
        pem = _key().private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return {
            "type": "service_account",
            "project_id": self.project_id,
            "private_key_id": "key-1",
            "private_key": pem.decode(),
            "client_email": f"village@{self.project_id}.iam.gserviceaccount.com",
            "client_id": "1",
            "token_uri": self.token_url,
        }

    def script(self, *steps: Step, to: str = "") -> None:
        """Answer the next messages, or the next ones to a target, in these ways."""
        (self._steps_to[to] if to else self._steps).extend(steps)

    def script_token(self, *steps: Step) -> None:
        """Answer the next requests for an access token in these ways."""
        self._token_steps.extend(steps)

    def expire_tokens(self) -> None:
        """Know none of the access tokens any more."""
        self._tokens.clear()

    def messages_to(self, target: str) -> list[dict[str, Any]]:
        return [each.message for each in self.accepted if each.target == target]

    def shown_on(self, target: str) -> list[dict[str, Any]]:
        """Return what a phone shows: of the messages with the same tag, the last one."""
        shown = {}
        for number, message in enumerate(self.messages_to(target)):
            tag = message.get("android", {}).get("notification", {}).get("tag", number)
            shown[tag] = message
        return list(shown.values())

    def wait_for_end(self, connections: int, *, seconds: float = 5) -> None:
        """Wait until so many connections have ended."""
        with self._end:
            assert self._end.wait_for(lambda: self._ended >= connections, seconds)

    def count_end(self) -> None:
        with self._end:
            self._ended += 1
            self._end.notify_all()

    def close(self) -> None:
        self.closing.set()
        self._http.shutdown()
        self._thread.join()
        self._http.hang_up_on_all()
        self._http.server_close()
        assert not self._http.crashes, self._http.crashes

    def take(self, message: dict[str, Any]) -> str:
        """Keep an accepted message and return its name."""
        target = next(message[name] for name in TARGETS if name in message)
        name = f"projects/{self.project_id}/messages/{next(self._numbers)}"
        self.accepted.append(Accepted(name, target, message))
        return name

    def handle(self, path: str, headers: Any, exchange: Exchange) -> None:
        """Answer a request."""
        if path == "/token":
            with self._lock:
                self.token_requests += 1
                step = self._token_steps.popleft() if self._token_steps else self._give_token
            step(exchange)
        elif path == f"/v1/projects/{self.project_id}/messages:send":
            with self._lock:
                self.sends += 1
            self._send(headers, exchange)
        else:
            exchange.answer(404, "<!doctype html><title>Error 404 (Not Found)</title>")

    def _give_token(self, exchange: Exchange) -> None:
        try:
            form = parse_qs(exchange.body.decode())
            assert form["grant_type"] == [GRANT]
            [assertion] = form["assertion"]
            assert jwt.get_unverified_header(assertion)["kid"] == "key-1"
            claims = jwt.decode(
                assertion,
                _key().public_key(),
                algorithms=["RS256"],
                audience=AUDIENCE,
                issuer=self.credentials["client_email"],
                options={"require": ["iss", "aud", "iat", "exp", "scope"]},
            )
            assert claims["exp"] - claims["iat"] <= 3600
            assert MESSAGING_SCOPES & set(claims["scope"].split())
        except (AssertionError, KeyError, ValueError, jwt.InvalidTokenError) as error:
            content = {"error": "invalid_grant", "error_description": f"{error!r}"}
            return exchange.answer(400, content)
        token = f"token-{next(self._numbers)}"
        self._tokens.add(token)
        grant = {"access_token": token, "expires_in": 3600, "token_type": "Bearer"}
        return exchange.answer(200, grant)

    def _send(self, headers: Any, exchange: Exchange) -> None:
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or token not in self._tokens:
            words = "Request had invalid authentication credentials."
            return exchange.answer(401, refusal(401, "UNAUTHENTICATED", words))
        if headers.get_content_type() != "application/json":
            words = "The content is not JSON."
            return exchange.answer(400, refusal(400, "INVALID_ARGUMENT", words))
        try:
            request = json.loads(exchange.body)
        except ValueError:
            words = "Invalid JSON payload received."
            return exchange.answer(400, refusal(400, "INVALID_ARGUMENT", words))
        if found := violations(request):
            content = refusal(
                400,
                "INVALID_ARGUMENT",
                found[0]["description"],
                fcm_code="INVALID_ARGUMENT",
                violations=found,
            )
            return exchange.answer(400, content)
        return self._step_for(request["message"])(exchange)

    def _step_for(self, message: dict[str, Any]) -> Step:
        target = next(message[name] for name in TARGETS if name in message)
        with self._lock:
            steps = self._steps_to[target] or self._steps
            return steps.popleft() if steps else accept()


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 128

    def __init__(self, fcm: FcmServer, tls: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.fcm = fcm
        self.crashes: list[BaseException] = []
        self._open: set[Any] = set()
        if tls is not None:
            # The handshake is made by the connection's own thread, when it first reads.
            self.socket = tls.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )

    def process_request(self, request: Any, client_address: Any) -> None:
        self.fcm.connections += 1
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)
        self.fcm.count_end()

    def hang_up_on_all(self) -> None:
        """End the connections that clients have left open, so that their threads end."""
        for request in list(self._open):
            with suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exception()
        # Clients hang up, and so does this end when it closes; anything else is a mistake here.
        if error is not None and not isinstance(error, OSError) and not self.fcm.closing.is_set():
            self.crashes.append(error)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        if length > LONGEST_REQUEST:
            self.close_connection = True
            return
        exchange = Exchange(self, self.server.fcm, self.rfile.read(length))
        self.server.fcm.handle(self.path, self.headers, exchange)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def fcm() -> Iterator[FcmServer]:
    """Yield a fresh server."""
    with FcmServer() as server:
        yield server


@pytest.fixture
def transport(fcm: FcmServer) -> Iterator[FcmTransport]:
    """Yield an impatient way to the server."""
    transport = FcmTransport(fcm.credentials, base_url=fcm.base_url, patience=0.4)
    yield transport
    transport.close()
