"""Followers who are written to together: whatever comes between, each hears every frame once."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator

import pytest

from village.journal.topics import find
from village.realtime.channel import Channel, Follower
from village.realtime.consumer import Connection
from village.realtime.frames import Encoded
from village.realtime.ports.wire import WirePort
from village.realtime.protocol import WINDOW
from village.realtime.rfc6455 import Opcode

pytestmark = pytest.mark.once
NEWS = "villages/lindental/news"


class Line:
    """Stand for a server's transport: it keeps what the kernel does not take, until asked."""

    def __init__(self, plug: socket.socket) -> None:
        self.plug, self.held = plug, b""

    def write(self, data: bytes) -> None:
        self.held += data

    def drain(self) -> None:
        """Write what the kernel takes."""
        try:
            self.held = self.held[self.plug.send(self.held) :]
        except BlockingIOError:
            return


class LinePort(WirePort):
    def __init__(self, line: Line) -> None:
        super().__init__(send=None, transport=line, fd=line.plug.fileno())  # type: ignore[arg-type]
        self.line = line

    def held(self) -> int:
        return len(self.line.held)


class Listener:
    """One follower, the socket it has, and everything that came out at its other end."""

    def __init__(self, channel: Channel) -> None:
        ours, self.theirs = socket.socketpair()
        ours.setblocking(False)
        self.theirs.setblocking(False)
        self.line, self.channel = Line(ours), channel
        self.came, self.heard = b"", list[int]()
        self.connection = Connection(LinePort(self.line), cookie="", now=0)
        self.begins = channel.seq or 0
        self.follower = Follower(self.connection, channel, NEWS, self.begins)
        self.connection.follow(self.follower)
        channel.join(self.follower)

    def listen(self) -> None:
        while True:
            try:
                data = self.theirs.recv(1 << 16)
            except BlockingIOError:
                return
            self.came += data
            while (word := self._next_word()) is not None:
                if word[0] != "!":
                    self.heard.append(int(word.split()[0]))

    def _next_word(self) -> str | None:
        """Take one whole frame out of what has come; anything but a text is an error."""
        if len(self.came) < 4:
            return None
        size, body = self.came[1], 2
        if size == 126:
            size, body = int.from_bytes(self.came[2:4], "big"), 4
        assert self.came[0] == 0x80 | Opcode.TEXT
        if len(self.came) < body + size:
            return None
        word, self.came = self.came[body : body + size].decode(), self.came[body + size :]
        return word

    def acknowledge(self) -> None:
        if self.heard:
            self.follower.ack(self.heard[-1])

    def catch_up(self) -> None:
        for _ in range(1000):
            self.line.drain()
            self.listen()
            self.acknowledge()
            self.channel.pump(self.follower)
            if self.heard[-1:] == [self.channel.seq] and not self.line.held:
                return

    def close(self) -> None:
        self.line.plug.close()
        self.theirs.close()


@pytest.fixture
def channel() -> Channel:
    followed = find(NEWS)
    assert followed is not None
    channel = Channel(followed, reach_back=lambda channel: pytest.fail("the ring holds it all"))
    channel.start("e", 0)
    return channel


@pytest.fixture
def village(channel: Channel) -> Iterator[list[Listener]]:
    listeners = [Listener(channel) for _ in range(30)]
    yield listeners
    for each in listeners:
        each.close()


def tell(channel: Channel, count: int = 1) -> None:
    first = (channel.seq or 0) + 1
    channel.take(
        [Encoded(seq, "", None, f"{seq} " + "x" * 600) for seq in range(first, first + count)]
    )


def singers(village: list[Listener]) -> int:
    return sum(each.follower.sings for each in village)


class TestEverybody:
    async def test_who_stands_at_the_top_sings(
        self, channel: Channel, village: list[Listener]
    ) -> None:
        assert singers(village) == 30
        tell(channel, 3)

        for each in village:
            each.listen()
            assert each.heard == [1, 2, 3]
            assert each.follower.sent == 3

    async def test_who_is_spoken_to_alone_hears_it_before_the_next_frame(
        self, channel: Channel, village: list[Listener]
    ) -> None:
        alone = village[0]
        alone.connection.port.say("!" + "y" * 100)
        assert singers(village) == 29
        tell(channel)

        # The frame waits behind the word that the server still holds.
        alone.listen()
        assert alone.heard == []
        alone.line.drain()
        alone.listen()
        assert alone.heard == [1]
        tell(channel)
        assert singers(village) == 30

    async def test_who_runs_out_of_window_waits_alone(
        self, channel: Channel, village: list[Listener]
    ) -> None:
        for _ in range(WINDOW):
            tell(channel)
            for each in village:
                each.listen()
        for each in village[1:]:
            each.acknowledge()
        tell(channel)

        assert singers(village) == 29
        assert village[0].follower.sent == WINDOW
        village[0].acknowledge()
        village[0].listen()
        assert village[0].heard == list(range(1, WINDOW + 2))
        assert singers(village) == 30

    async def test_who_leaves_hears_nothing_more(
        self, channel: Channel, village: list[Listener]
    ) -> None:
        village[0].connection.stop_following(NEWS)
        tell(channel)

        village[0].listen()
        assert village[0].heard == []

    async def test_a_closed_line_is_noticed_and_keeps_nobody_else(
        self, channel: Channel, village: list[Listener]
    ) -> None:
        village[3].theirs.close()
        tell(channel)

        assert village[3].connection.port.ready is False
        for each in village[:3] + village[4:]:
            each.listen()
            assert each.heard == [1]


@pytest.mark.parametrize("seed", range(12))
async def test_each_hears_every_frame_once_and_in_order(
    channel: Channel, village: list[Listener], seed: int
) -> None:
    dice = random.Random(seed)
    for _ in range(120):
        somebody = dice.choice(village)
        match dice.choice(["tell", "tell", "listen", "say", "drain", "ack", "crowd"]):
            case "tell" if (channel.seq or 0) < 200:
                tell(channel, dice.choice([1, 1, 3]))
            case "say":
                somebody.connection.port.say("!a word of the server's own")
            case "drain":
                somebody.line.drain()
            case "ack":
                somebody.listen()
                somebody.acknowledge()
            case "crowd":
                # The kernel's buffer is filled by somebody who does not read.
                somebody.line.plug.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
            case _:
                somebody.listen()
    tell(channel)
    for each in village:
        each.catch_up()

    expected = list(range(1, (channel.seq or 0) + 1))
    assert [each.heard for each in village] == [expected] * len(village)
