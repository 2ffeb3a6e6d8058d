"""HTTP connections that neither retry nor wait longer than they were told."""

from __future__ import annotations

import select
import socket
import ssl
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from time import monotonic
from urllib.parse import urlsplit

import h11

# An answer of a push provider is a few hundred bytes; what is much longer is no answer.
LONGEST_ANSWER = 64 * 1024
# Address translators on the way may forget a silent connection without a word, after which
# it only times out; so a lane is not kept for longer than this.
IDLE_SECONDS = 60.0

# How a socket says that time is up: the last three when no time was left to begin with.
_LATE = (TimeoutError, BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)

Headers = Sequence[tuple[str, str]]
# Opens a connection to a host and port within some seconds, or raises an OSError.
Dial = Callable[[str, int, float], socket.socket]


def dial(host: str, port: int, seconds: float) -> socket.socket:
    """Open a connection to a server that the operator has named."""
    return socket.create_connection((host, port), timeout=seconds)


class NoAnswer(Exception):
    """
    Say that there was no whole answer; whether the request arrived is not known.

    ``code`` is ``UNREACHABLE`` or ``NOT_SENT`` when it certainly did not arrive, otherwise
    ``TIMEOUT``, ``CUT_OFF`` or ``TOO_LONG``.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


@dataclass(frozen=True, slots=True)
class Request:
    """Hold one request to a server: its path, its headers and its body."""

    path: str
    headers: Headers
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold one answer; the names of the headers are in lower case."""

    status: int
    headers: dict[str, str]
    data: bytes


@dataclass(frozen=True, slots=True)
class Server:
    """Hold where connections go; ``authority`` is what the Host header names."""

    host: str
    port: int
    authority: str
    tls: ssl.SSLContext | None

    @classmethod
    def of(cls, url: str) -> Server:
        """
        Read the server from a URL.

        :raises ValueError: if it names none, or would send secrets in clear over a network
        """
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        if parts.scheme not in ("http", "https") or not host:
            raise ValueError(f"{url!r} is not the URL of an HTTP server")
        if parts.scheme == "http" and host not in ("127.0.0.1", "::1", "localhost"):
            raise ValueError(f"{url!r} is neither https nor on this machine")
        tls = ssl.create_default_context() if parts.scheme == "https" else None
        authority = parts.netloc.rpartition("@")[2]
        return cls(host, port or (443 if tls else 80), authority, tls)


class Lane:
    """
    Carry one request at a time over one kept-alive connection.

    The deadline is for the whole answer: a server that sends a byte now and then gains nothing
    by it, which a timeout for each read would allow.

    :raises NoAnswer: if the connection cannot be made
    """

    def __init__(self, server: Server, *, seconds: float, dial: Dial = dial) -> None:
        self._authority = server.authority
        self._until = 0.0
        self._rested_at = 0.0
        self._http = h11.Connection(h11.CLIENT)
        self.reusable = False
        try:
            self._socket = dial(server.host, server.port, seconds)
            self._socket.settimeout(seconds)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if server.tls is not None:
                self._socket = server.tls.wrap_socket(self._socket, server_hostname=server.host)
        except OSError as error:
            raise NoAnswer("UNREACHABLE", f"No connection to {self._authority}: {error}") from error

    def post(self, asked: Request, *, until: float) -> None:
        """
        Write a request, whose answer is to be there by a time of the monotonic clock.

        :raises NoAnswer: if the request cannot be written
        """
        self._until = until
        self.reusable = False
        try:
            request = _head(self._authority, asked.path, tuple(asked.headers), len(asked.body))
            events = (request, h11.Data(data=asked.body), h11.EndOfMessage())
            data = b"".join(self._http.send(event) or b"" for event in events)
            self._wait_at_most_until_the_deadline()
            self._socket.sendall(data)
        except _LATE as error:
            raise NoAnswer("TIMEOUT", f"{self._authority} did not take the request") from error
        except (OSError, h11.ProtocolError) as error:
            raise NoAnswer("CUT_OFF", f"{self._authority} was lost: {error}") from error

    def answer(self) -> Answer:
        """
        Read the answer to the last request.

        :raises NoAnswer: if it is late, cut off, malformed or too long
        """
        try:
            return self._read()
        except _LATE as error:
            raise NoAnswer("TIMEOUT", f"{self._authority} did not answer in time") from error
        except (OSError, h11.ProtocolError) as error:
            raise NoAnswer("CUT_OFF", f"{self._authority} was lost: {error}") from error

    def fresh(self) -> bool:
        """Tell whether the lane can carry another request, as far as this end can know."""
        if not self.reusable or monotonic() - self._rested_at > IDLE_SECONDS:
            return False
        line = select.poll()
        line.register(self._socket, select.POLLIN)
        # Nothing is due, so what can be read is the end, or an answer to nobody's question.
        return not line.poll(0)

    def close(self) -> None:
        self._socket.close()

    def _read(self) -> Answer:
        status, headers, parts, size = 0, {}, [], 0
        while not isinstance(event := self._next_event(), h11.EndOfMessage):
            if isinstance(event, h11.Response):
                status = event.status_code
                headers = {
                    name.decode("ascii"): value.decode("latin-1") for name, value in event.headers
                }
            elif isinstance(event, h11.Data):
                size += len(event.data)
                if size > LONGEST_ANSWER:
                    raise NoAnswer("TOO_LONG", f"{self._authority} answered more than {size} bytes")
                parts.append(bytes(event.data))
        if self._http.our_state is self._http.their_state is h11.DONE:
            self.reusable = not self._http.trailing_data[0]
            self._http.start_next_cycle()
            self._rested_at = monotonic()
        return Answer(status, headers, b"".join(parts))

    def _next_event(self) -> h11.Event:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            self._wait_at_most_until_the_deadline()
            self._http.receive_data(self._socket.recv(LONGEST_ANSWER))
        if not isinstance(event, h11.Event):
            raise h11.RemoteProtocolError("the connection was given to another protocol")
        return event

    def _wait_at_most_until_the_deadline(self) -> None:
        # At zero, what is already here is still read: it came in time, while this end was
        # waiting for the answer of another lane.
        self._socket.settimeout(max(0.0, self._until - monotonic()))


class Lanes:
    """
    Keep a few lanes to one server and have them all at work at once, in a single thread.

    Requests are spread over up to ``width`` lanes before the first answer is read, so a batch
    takes about as long as its slowest answers, without a thread for each message (which, for
    the same 500 messages, costs several times the processor time). An answer is waited for
    ``patience`` seconds, a whole batch twice that; what was not sent by then is not sent.
    Several threads may use the same lanes, several processes may not.

    :raises ValueError: if the URL names no server, or sends secrets in clear over a network
    """

    def __init__(self, url: str, *, patience: float, width: int = 16, dial: Dial = dial) -> None:
        self._server = Server.of(url)
        self._dial = dial
        self._patience = patience
        self._width = width
        self._idle: deque[Lane] = deque()
        weakref.finalize(self, _close_all, self._idle)

    def post(self, asked: Request) -> Answer:
        """
        Send one request.

        :raises NoAnswer: if there is no whole answer in time
        """
        [answer] = self.post_all([asked])
        if isinstance(answer, NoAnswer):
            raise answer
        return answer

    def post_all(self, requests: Sequence[Request]) -> list[Answer | NoAnswer]:
        """Send requests; one answer for each, in the same order."""
        unsent = NoAnswer("NOT_SENT", "The batch took too long; this was not sent")
        answers: list[Answer | NoAnswer] = [unsent] * len(requests)
        underway: deque[tuple[int, Lane]] = deque()
        end = monotonic() + 2 * self._patience
        try:
            for place, asked in enumerate(requests):
                if len(underway) == self._width:
                    self._collect(underway, answers)
                now = monotonic()
                if now >= end:
                    break
                try:
                    lane = self._lane(seconds=min(self._patience, end - now))
                except NoAnswer as failure:
                    # They all go to the same server, so the others need not try as well.
                    answers[place:] = [failure.with_traceback(None)] * (len(requests) - place)
                    break
                underway.append((place, lane))
                try:
                    lane.post(asked, until=min(monotonic() + self._patience, end))
                except NoAnswer as failure:
                    answers[place] = failure.with_traceback(None)
                    underway.pop()
                    lane.close()
            while underway:
                self._collect(underway, answers)
        finally:
            # Not empty only when an exception of the caller's, such as a time limit, came by.
            _close_all(lane for _, lane in underway)
        return answers

    def close(self) -> None:
        """Close the lanes that are at rest."""
        while self._idle:
            self._idle.pop().close()

    def _collect(self, underway: deque[tuple[int, Lane]], answers: list[Answer | NoAnswer]) -> None:
        place, lane = underway[0]
        try:
            answers[place] = lane.answer()
        except NoAnswer as failure:
            answers[place] = failure.with_traceback(None)
        underway.popleft()
        if lane.reusable:
            self._idle.append(lane)
        else:
            lane.close()

    def _lane(self, *, seconds: float) -> Lane:
        while self._idle:
            try:
                lane = self._idle.pop()
            except IndexError:  # another thread took it
                break
            if lane.fresh():
                return lane
            lane.close()
        return Lane(self._server, seconds=seconds, dial=self._dial)


@lru_cache(maxsize=64)
def _head(authority: str, path: str, headers: Headers, size: int) -> h11.Request:
    """Make the head of a request, which is checked once for all that have the same one."""
    named = [("Host", authority), *headers, ("Content-Length", str(size))]
    return h11.Request(method="POST", target=path, headers=named)


def _close_all(lanes: Iterable[Lane]) -> None:
    for lane in lanes:
        lane.close()
