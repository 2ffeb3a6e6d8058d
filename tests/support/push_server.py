"""
A push service on this machine, as strict as RFC 8030 and 8292 say, that misbehaves on demand.

A browser subscribes with ``subscribe()``; what reaches it is decrypted as the browser would::

    browser = service.subscribe()
    service.script(push_server.answer(410), to=browser)
"""

from __future__ import annotations

import socket
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.support.push_crypto import Browser, claims_of

LONGEST_MESSAGE = 4096
A_DAY = 86_400
Step = Callable[["_Handler"], None]


@dataclass(frozen=True)
class Pushed:
    """Hold a message as a browser reads it, with the headers it came by."""

    browser: Browser
    told: dict[str, str]
    headers: dict[str, str]
    size: int


class PushServer:
    """Stand in for the push service of a browser; see the module's first lines."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.pushed: list[Pushed] = []
        self.requests = 0
        self.connections = 0
        self.faults: list[str] = []
        self.closing = threading.Event()
        self._browsers: dict[str, Browser] = {}
        self._steps: deque[Step] = deque()
        self._steps_to: defaultdict[str, deque[Step]] = defaultdict(deque)
        self._lock = threading.Lock()
        self._http = _Server(self)
        self.place = f"127.0.0.1:{self._http.server_port}"
        self.origin = f"http://{self.place}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self._thread.start()

    def __enter__(self) -> PushServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._http.shutdown()
        self._thread.join()
        self._http.hang_up_on_all()
        self._http.server_close()

    def subscribe(self) -> Browser:
        """Give a browser that can be reached here."""
        path = f"/push/{len(self._browsers)}?t=1"
        browser = self._browsers[path] = Browser(self.origin + path)
        return browser

    def script(self, *steps: Step, to: Browser | None = None) -> None:
        """Answer the next messages, or the next ones to a browser, in these ways."""
        (self._steps_to[to.endpoint] if to else self._steps).extend(steps)

    def read_by(self, browser: Browser) -> list[dict[str, str]]:
        """Give what a browser was told."""
        return [each.told for each in self.pushed if each.browser is browser]

    def handle(self, handler: _Handler, body: bytes) -> None:
        """Answer a message."""
        with self._lock:
            self.requests += 1
        if fault := self._fault(handler.headers, body):
            self.faults.append(fault)
            return handler.reply(400, fault.encode())
        browser = self._browsers.get(handler.path)
        if browser is None:
            return handler.reply(404)
        with self._lock:
            steps = self._steps_to[browser.endpoint] or self._steps
            step = steps.popleft() if steps else answer(201)
        handler.take = lambda: self._take(browser, handler, body)
        return step(handler)

    def _take(self, browser: Browser, handler: _Handler, body: bytes) -> None:
        headers = {name.lower(): value for name, value in handler.headers.items()}
        self.pushed.append(Pushed(browser, browser.read(body), headers, len(body)))

    def _fault(self, headers: Any, body: bytes) -> str:
        try:
            claims = claims_of(headers["Authorization"], key=self.key)
        except (AssertionError, KeyError, ValueError, TypeError) as error:
            return f"the sign of the sender: {error!r}"
        ahead = claims["exp"] - time.time()
        wrong = {
            "aud": claims["aud"] != self.origin,
            "exp": not 0 < ahead <= A_DAY,
            "sub": not str(claims["sub"]).startswith(("mailto:", "https:")),
            "TTL": not headers.get("TTL", "").isdigit(),
            "encoding": headers.get("Content-Encoding") != "aes128gcm",
            "topic": len(headers.get("Topic", "")) > 32,
            "size": not 0 < len(body) <= LONGEST_MESSAGE,
        }
        return ", ".join(name for name, is_wrong in wrong.items() if is_wrong)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, service: PushServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.service = service
        self._open: set[Any] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self.service.connections += 1
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up_on_all(self) -> None:
        for request in list(self._open):
            with suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients hang up: that is theirs to do."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server
    take: Callable[[], None]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.server.service.handle(self, body)

    def reply(self, status: int, data: bytes = b"", **headers: str) -> None:
        fields = {"Content-Length": str(len(data))}
        fields |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"{name}: {value}" for name, value in fields.items()]
        self.wfile.write("\r\n".join([f"HTTP/1.1 {status} .", *lines, "", ""]).encode() + data)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def answer(status: int, **headers: str) -> Step:
    """Take the message if the status says so, and answer."""

    def step(handler: _Handler) -> None:
        if status < 300:
            handler.take()
            headers.setdefault("Location", f"{handler.server.service.origin}/message/1")
        handler.reply(status, **headers)

    return step


def hang() -> Step:
    """Do not answer until the service is closed."""

    def step(handler: _Handler) -> None:
        handler.server.service.closing.wait(60)
        handler.close_connection = True

    return step


def drip(seconds: float = 0.05) -> Step:
    """Answer a byte at a time, each soon enough for a timeout that starts anew with each."""

    def step(handler: _Handler) -> None:
        for byte in b"HTTP/1.1 201 Created\r\nContent-Length: 900\r\n\r\n" + b"x" * 900:
            handler.wfile.write(bytes([byte]))
            if handler.server.service.closing.wait(seconds):
                break
        handler.close_connection = True

    return step


def take_in_silence() -> Step:
    """Take the message, and lose the connection before saying so."""

    def step(handler: _Handler) -> None:
        handler.take()
        handler.close_connection = True

    return step


@pytest.fixture
def push_service(settings: Any) -> Iterator[PushServer]:
    """Yield a push service that this village is allowed to reach."""
    from notifications import queries

    with PushServer(queries.web_push_key()) as service:
        settings.OUTBOUND_ALLOWED_HOSTS = [service.place]
        yield service
        assert not service.faults
