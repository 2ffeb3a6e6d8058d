"""
A provider of pushes that nobody has to wait for: it takes every message, and keeps the moment.

It speaks as much of FCM's protocol as a client needs: a token for the asking, a name for each
message. ``GET /forget`` begins to count anew, ``GET /taken`` tells what came since.
"""

from __future__ import annotations

import asyncio
import json
import re
import time

_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_ALARM = re.compile(rb"alarm-(\d+)")


class Ledger:
    """Hold what was taken: how many, the last moment, and each alarm with its own."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self.taken, self.last_at = 0, 0.0
        self.alarms: list[tuple[int, float]] = []

    def take(self, message: bytes) -> bytes:
        """Keep a message; give its name."""
        self.taken, self.last_at = self.taken + 1, time.monotonic()
        if (alarm := _ALARM.search(message)) is not None:
            self.alarms.append((int(alarm[1]), self.last_at))
        return b'{"name": "projects/bench/messages/%d"}' % self.taken

    def told(self) -> bytes:
        """Say what was taken."""
        told = {"taken": self.taken, "last_at": self.last_at, "alarms": self.alarms}
        return json.dumps(told).encode()


class Line(asyncio.Protocol):
    """Answer one connection, for as long as it is kept alive."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._came = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._came += data
        while (end := self._came.find(b"\r\n\r\n")) >= 0:
            head = self._came[:end]
            length = _LENGTH.search(head)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._came) < whole:
                return
            body, self._came = self._came[end + 4 : whole], self._came[whole:]
            said = self._answer(head.split(b" ", 2)[1], body)
            self._transport.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                % (len(said), said)
            )

    def _answer(self, path: bytes, body: bytes) -> bytes:
        if path.endswith(b"messages:send"):
            return self._ledger.take(body)
        if path == b"/token":
            return b'{"access_token": "bench", "expires_in": 3600, "token_type": "Bearer"}'
        if path == b"/forget":
            self._ledger.forget()
        return self._ledger.told()


async def main() -> None:
    """Serve on a free port, which is printed, until killed."""
    ledger = Ledger()
    server = await asyncio.get_running_loop().create_server(lambda: Line(ledger), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
