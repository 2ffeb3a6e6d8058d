"""
A server on this machine that publishes feeds, and misbehaves on demand.

    def test_reads_a_feed(feed_server):
        feed_server.publish("/feed.xml", rss(item("1", "The bridge is open")), etag='"v1"')
        feed_server.answer("/feed.xml", gone())
"""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

RSS = "application/rss+xml"
ATOM = "application/atom+xml"
# The most that one answer sends, however much it says it has.
ENDLESS = 16 * 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """Hold what is answered once; ``hangs`` is silence, ``endless`` a body that does not end."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs: bool = False
    endless: bool = False


def gone() -> Answer:
    return Answer(410)


def failing(status: int = 500, **headers: str) -> Answer:
    return Answer(status, headers=_named(headers))


def moved(url: str, status: int = 301) -> Answer:
    return Answer(status, headers={"Location": url})


def web_page() -> Answer:
    page = b"<!doctype html><html><body><p>Our feed has moved.</p></body></html>"
    return Answer(body=page, headers={"Content-Type": "text/html"})


@dataclass(frozen=True)
class Published:
    """Hold what stands at a path for good; asked with the right ETag or date, it is a 304."""

    body: bytes
    headers: Mapping[str, str]

    def to(self, asked: Mapping[str, str]) -> Answer:
        conditions = {"if-none-match": "ETag", "if-modified-since": "Last-Modified"}
        for condition, validator in conditions.items():
            if condition in asked and asked[condition] == self.headers.get(validator):
                return Answer(304)
        return Answer(body=self.body, headers=self.headers)


@dataclass(frozen=True)
class Asked:
    """Hold one request; header names are lower case."""

    path: str
    headers: Mapping[str, str]


class FeedServer:
    """Publish feeds; ``meanwhile`` is called with each request, before it is answered."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.closing = threading.Event()
        self.meanwhile: Callable[[], None] = lambda: None
        self._published: dict[str, Published] = {}
        self._answers: defaultdict[str, deque[Answer]] = defaultdict(deque)
        self._http = _Http(self)
        self.host = f"127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self._thread.start()

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"

    def publish(self, path: str, body: bytes, *, content_type: str = RSS, **headers: str) -> str:
        """Put a feed at a path and return its URL; ``etag='"1"'`` names a header."""
        named = {"Content-Type": content_type} | _named(headers)
        self._published[path] = Published(body, named)
        return self.url(path)

    def answer(self, path: str, *answers: Answer) -> str:
        """Answer the next requests for a path in these ways; return its URL."""
        self._answers[path].extend(answers)
        return self.url(path)

    def next_answer(self, path: str, headers: Mapping[str, str]) -> Answer:
        self.asked.append(Asked(path, headers))
        self.meanwhile()
        if self._answers[path]:
            return self._answers[path].popleft()
        published = self._published.get(path)
        return Answer(404) if published is None else published.to(headers)

    def close(self) -> None:
        self.closing.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


class _Http(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, feeds: FeedServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.feeds = feeds


class _Handler(BaseHTTPRequestHandler):
    server: _Http
    timeout = 10

    def do_GET(self) -> None:
        feeds = self.server.feeds
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = feeds.next_answer(self.path, headers)
        if answer.hangs:
            feeds.closing.wait(timeout=10)
            return
        # Whoever has heard enough hangs up in the middle.
        with suppress(OSError):
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if not answer.endless:
                self.send_header("Content-Length", str(len(answer.body)))
            self.send_header("Connection", "close")
            self.end_headers()
            if answer.status == 304:
                return
            self.wfile.write(answer.body)
            chunk = b" " * 65536
            for _ in range(ENDLESS // len(chunk) if answer.endless else 0):
                self.wfile.write(chunk)

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    spelt = {"etag": "ETag"}
    return {spelt.get(name, name.replace("_", "-").title()): v for name, v in headers.items()}


@dataclass(frozen=True)
class Item:
    """Hold one item of a feed; ``date`` is as the format spells dates, or empty."""

    key: str
    title: str
    html: str = "<p>What there is to say.</p>"
    date: str = ""


def rss(*items: Item, ttl: str = "") -> bytes:
    """Write a feed in RSS 2.0."""
    written = "".join(
        f'<item><guid isPermaLink="false">{one.key}</guid><title>{escape(one.title)}</title>'
        f"<link>https://bote.example/{one.key}</link>"
        + (f"<pubDate>{one.date}</pubDate>" if one.date else "")
        + f"<description>{escape(one.html)}</description></item>"
        for one in items
    )
    life = f"<ttl>{ttl}</ttl>" if ttl else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>Lindentaler Bote</title>{life}{written}</channel></rss>"
    ).encode()


def atom(*items: Item) -> bytes:
    """Write a feed in Atom."""
    written = "".join(
        f"<entry><id>{one.key}</id><title>{escape(one.title)}</title>"
        f'<link href="https://bote.example/{one.key}"/>'
        + (f"<published>{one.date}</published><updated>{one.date}</updated>" if one.date else "")
        + f'<content type="html">{escape(one.html)}</content></entry>'
        for one in items
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>Lindentaler Bote</title>{written}</feed>"
    ).encode()


@pytest.fixture
def feed_server(settings: Any) -> Iterator[FeedServer]:
    """Publish feeds on this machine, from which the village may read."""
    server = FeedServer()
    settings.OUTBOUND_ALLOWED_HOSTS = [server.host]
    try:
        yield server
    finally:
        server.close()
