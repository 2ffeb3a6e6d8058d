"""
Publish one event for each number of a board that stands on the standard input.

``python -m benchmarks.publisher village|channels|websocket|mqtt [PORT]``: a real happening in
the village, recorded in its database; ``group_send`` on a channel layer; or a finished frame
handed to a server that sends it on. What is asked for at once is published at once: by the
village in one transaction, as a job does that has several things to tell.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

Publish = Callable[[list[int]], None]
# The same as benchmarks.board.actions.TEXT, which only Django can import.
TEXT = "The bakery opens at six, and there is fresh bread at the community centre. " * 6


def asked_for() -> Iterator[list[int]]:
    """Give the boards of all events that are asked for together."""
    rest = b""
    while data := os.read(0, 65536):
        *lines, rest = (rest + data).split(b"\n")
        yield [int(line) for line in lines]


class Numbers:
    """Write events as the village does, numbered by hand."""

    def __init__(self) -> None:
        self.last: Counter[int] = Counter()

    def event(self, board: int) -> dict[str, object]:
        """Give the next event of a board, of the size of the village's own."""
        self.last[board] += 1
        at = datetime.now(UTC).isoformat()
        return {
            "type": "event",
            "topic": f"bench/{board}",
            "seq": self.last[board],
            "kind": "board.note_written",
            "at": at,
            "data": {"id": self.last[board], "text": TEXT, "at": at},
        }

    def frame(self, board: int) -> bytes:
        """Give it as JSON."""
        return json.dumps(self.event(board), separators=(",", ":")).encode()


def village() -> Publish:
    """Write notes, in the village's database."""
    import django

    django.setup()
    from benchmarks.board.actions import write_notes
    from village.core.actor import SYSTEM

    return lambda boards: write_notes(by=SYSTEM, boards=boards, at=datetime.now(UTC))


def channels() -> Publish:
    """Send to groups, as the tutorial of Channels does."""
    import django

    django.setup()
    from channels.layers import get_channel_layer

    layer, numbers, loop = get_channel_layer(), Numbers(), asyncio.new_event_loop()

    async def publish(boards: list[int]) -> None:
        for board in boards:
            message = {"type": "topic.event", "event": numbers.event(board)}
            await layer.group_send(f"bench.{board}", message)

    return lambda boards: loop.run_until_complete(publish(boards))


def websocket(port: int) -> Publish:
    """Hand frames to a server on a WebSocket of our own, each after its board's number."""
    line = socket.create_connection(("127.0.0.1", port))
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    line.sendall(
        b"GET /publish HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    line.recv(65536)
    numbers = Numbers()

    def frame(board: int) -> bytes:
        payload = b"%d|" % board + numbers.frame(board)
        # Masked with zeros, which leaves the payload as it is.
        return b"\x81\xfe" + len(payload).to_bytes(2, "big") + bytes(4) + payload

    return lambda boards: line.sendall(b"".join(map(frame, boards)))


def mqtt(port: int) -> Publish:
    """Hand frames to an MQTT broker (3.1.1), at most once."""
    line = socket.create_connection(("127.0.0.1", port))
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    line.sendall(b"\x10\x11\x00\x04MQTT\x04\x02\x00\x00\x00\x05press")
    line.recv(4)
    numbers = Numbers()

    def packet(board: int) -> bytes:
        topic = b"bench/%d" % board
        body = len(topic).to_bytes(2, "big") + topic + numbers.frame(board)
        size = bytes(((len(body) & 127) | 128, len(body) >> 7))
        return b"\x30" + size + body

    return lambda boards: line.sendall(b"".join(map(packet, boards)))


def main(kind: str, port: str = "0") -> None:
    """Publish until nobody asks any more."""
    ways: dict[str, Callable[[], Publish]] = {
        "village": village,
        "channels": channels,
        "websocket": lambda: websocket(int(port)),
        "mqtt": lambda: mqtt(int(port)),
    }
    publish = ways[kind]()
    print("ready", flush=True)
    for boards in asked_for():
        publish(boards)


if __name__ == "__main__":
    main(*sys.argv[1:])
