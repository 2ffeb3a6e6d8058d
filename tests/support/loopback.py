"""Small servers on the loopback interface that misbehave on request."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Callable, Iterator

Conversation = Callable[[socket.socket, threading.Event], None]


class Loopback:
    """
    Answer connections on a free port, each in a thread of its own.

    ``heard`` are the requests, one of every connection: their number is that of the visitors.
    """

    def __init__(self, answer: Conversation | bytes, *, listens: bool = True) -> None:
        self.heard: list[bytes] = []
        self.over = threading.Event()
        self._answer = answer
        self._listens = listens
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self.port: int = self._listening.getsockname()[1]
        self.place = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.place}/"

    def __enter__(self) -> Loopback:
        self._start(self._accept)
        return self

    def __exit__(self, *_raised: object) -> None:
        self.over.set()
        # Closing alone does not wake a thread that waits in accept().
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join(timeout=5)

    def connect(self, *_ignored: object) -> socket.socket:
        """Dial this server, whatever address is asked for."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=5)

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self.over.is_set():
            try:
                connected, _ = self._listening.accept()
            except OSError:
                return
            self._start(self._converse, connected)

    def _converse(self, connected: socket.socket) -> None:
        with connected, contextlib.suppress(OSError):
            connected.settimeout(5)
            self.heard.append(_request(connected) if self._listens else b"")
            if callable(self._answer):
                self._answer(connected, self.over)
            else:
                connected.sendall(self._answer)


def _request(connected: socket.socket) -> bytes:
    """Read what came, and the rest of a body that is announced."""
    came = connected.recv(65536)
    head, _, body = came.partition(b"\r\n\r\n")
    announced = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    missing = int(announced[1]) - len(body) if announced else 0
    while missing > 0 and (more := connected.recv(min(missing, 65536))):
        came += more
        missing -= len(more)
    return came


@contextlib.contextmanager
def serving(answer: Conversation | bytes, *, listens: bool = True) -> Iterator[Loopback]:
    """Serve for as long as the block lasts; whoever does not listen first answers at once."""
    with Loopback(answer, listens=listens) as server:
        yield server


def answer(body: bytes = b"", *, status: str = "200 OK", **headers: str) -> bytes:
    """Write an HTTP answer; ``content_type`` becomes ``content-type``."""
    fields = {"content-length": str(len(body))}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body
