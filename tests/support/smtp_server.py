"""A mail server on this machine (RFC 5321) that keeps what it took and refuses on demand."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial

import pytest
from django.core.mail import get_connection

from notifications.transports.email import EmailTransport

HANG_UP = "hang up"


@dataclass
class Taken:
    """Hold a mail as it was taken."""

    sender: str
    readers: list[str]
    mail: EmailMessage


@dataclass
class _Envelope:
    sender: str = ""
    readers: list[str] = field(default_factory=list)


class SmtpServer:
    """
    Keep mail.

    ``replies`` says what else to answer to ``MAIL``, to ``DATA`` or to a reader's address, and
    under ``GREETING`` to a client that comes a second time.
    """

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self.replies: dict[str, str] = {}
        self.connections = 0
        self._tcp = _Tcp(self)
        self.port = self._tcp.server_address[1]
        self._thread = threading.Thread(target=self._tcp.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._tcp.shutdown()
        self._thread.join()
        self._tcp.server_close()


class _Tcp(socketserver.ThreadingTCPServer):
    allow_reuse_address = True

    def __init__(self, smtp: SmtpServer) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.smtp = smtp


class _Session(socketserver.StreamRequestHandler):
    server: _Tcp
    timeout = 10

    def handle(self) -> None:
        self.server.smtp.connections += 1
        # A client may leave in the middle of a word.
        with suppress(OSError):
            self._talk()

    def _talk(self) -> None:
        envelope = _Envelope()
        smtp = self.server.smtp
        if smtp.connections > 1 and smtp.replies.get("GREETING") == HANG_UP:
            return
        self._say("220 mail.lindental.example")
        while line := self.rfile.readline(4096).decode().strip():
            verb = line.split(" ", 1)[0].upper()
            reply = self._reply(verb, line, envelope)
            if reply == HANG_UP:
                return
            self._say(reply)
            if verb == "QUIT" or reply.startswith("421"):
                return
            if verb == "DATA" and reply.startswith("354"):
                self._say(self._take(envelope))
                envelope = _Envelope()

    def _reply(self, verb: str, line: str, envelope: _Envelope) -> str:
        replies = self.server.smtp.replies
        path = line.partition("<")[2].partition(">")[0]
        if verb == "MAIL":
            envelope.sender, envelope.readers = path, []
            return replies.get("MAIL", "250 ok")
        if verb == "RCPT":
            reply = replies.get(path, "250 ok")
            if reply.startswith("250"):
                envelope.readers.append(path)
            return reply
        if verb == "DATA":
            return "354 go on" if envelope.readers else "503 no readers"
        return {"QUIT": "221 bye"}.get(verb, "250 mail.lindental.example")

    def _take(self, envelope: _Envelope) -> str:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        mail = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(mail, EmailMessage)
        if reply := self.server.smtp.replies.get("DATA"):
            return reply
        self.server.smtp.taken.append(Taken(envelope.sender, envelope.readers, mail))
        return "250 taken"

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    """Yield a fresh server."""
    server = SmtpServer()
    yield server
    server.close()


def make_transport(port: int, backend: str = "smtp") -> EmailTransport:
    path = f"django.core.mail.backends.{backend}.EmailBackend"
    connect = partial(get_connection, path, host="127.0.0.1", port=port, timeout=2.0)
    return EmailTransport(
        from_email="Lindental <post@lindental.example>",
        site_url="https://lindental.example",
        connect=connect,
    )


@pytest.fixture
def transport(smtp: SmtpServer) -> EmailTransport:
    """Return the way to the server."""
    return make_transport(smtp.port)
