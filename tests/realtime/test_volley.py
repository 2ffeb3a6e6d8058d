"""The same bytes to many sockets: in one system call where the kernel lets us, or one by one."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import numpy as np
import pytest

from village.realtime.ports import volley
from village.realtime.ports.volley import ENTRIES, Volley

pytestmark = pytest.mark.once
Pair = tuple[socket.socket, socket.socket]
Send = Callable[[list[int], bytes], dict[int, int]]


@pytest.fixture
def pairs() -> Iterator[Callable[[int], list[Pair]]]:
    with ExitStack() as open_ones:

        def make(count: int) -> list[Pair]:
            made = [socket.socketpair() for _ in range(count)]
            for ours, theirs in made:
                ours.setblocking(False)
                open_ones.enter_context(ours)
                open_ones.enter_context(theirs)
            return made

        yield make


@pytest.fixture
def rings() -> Volley:
    try:
        return Volley()
    except OSError as error:
        pytest.skip(f"the kernel has no io_uring for us: {error}")


@pytest.fixture(params=["together", "one by one"])
def send(request: pytest.FixtureRequest) -> Send:
    """Give a way to send; it answers with the places that did not take all."""
    if request.param == "one by one":
        return lambda sockets, data: dict(volley._one_by_one(np.array(sockets, np.int32), data))
    rings: Volley = request.getfixturevalue("rings")
    return lambda sockets, data: dict(rings.send(np.array(sockets, np.int32), data))


class TestSending:
    @pytest.mark.parametrize("count", [1, 40])
    def test_reaches_everybody_again_and_again(
        self, send: Send, pairs: Callable[[int], list[Pair]], count: int
    ) -> None:
        made = pairs(count)
        for number in range(60):
            word = b"word %d" % number
            assert send([ours.fileno() for ours, _ in made], word) == {}
            assert {theirs.recv(99) for _, theirs in made} == {word}

    def test_says_who_is_gone_and_who_is_full(
        self, send: Send, pairs: Callable[[int], list[Pair]]
    ) -> None:
        (full, _), (left, gone), (fine, theirs), (closed, _) = pairs(4)
        gone.close()
        full.send(b"x" * 10_000_000)
        descriptor = closed.fileno()
        closed.close()

        missed = send([full.fileno(), left.fileno(), fine.fileno(), descriptor], b"a word")

        assert missed == {0: -errno.EAGAIN, 1: -errno.EPIPE, 3: -errno.EBADF}
        assert theirs.recv(99) == b"a word"

    def test_says_how_much_a_socket_took(
        self, send: Send, pairs: Callable[[int], list[Pair]]
    ) -> None:
        ((ours, theirs),) = pairs(1)
        size = 10_000_000

        (took,) = send([ours.fileno()], b"x" * size).values()

        assert 0 < took < size
        heard = 0
        while heard < took:
            heard += len(theirs.recv(1 << 20))
        assert heard == took


class TestRings:
    def test_carry_more_than_one_call_holds(
        self, rings: Volley, pairs: Callable[[int], list[Pair]]
    ) -> None:
        # The same few sockets over and over: each send is one more word to them.
        made = pairs(8)
        sockets = np.array([ours.fileno() for ours, _ in made] * (ENTRIES // 4), np.int32)

        assert rings.send(sockets, b"abc") == []
        assert [len(theirs.recv(1 << 20)) for _, theirs in made] == [3 * ENTRIES // 4] * 8

    def test_that_break_lose_nothing_in_silence(
        self, rings: Volley, pairs: Callable[[int], list[Pair]]
    ) -> None:
        ((ours, _),) = pairs(1)
        os.close(rings._fd)

        missed = rings.send(np.array([ours.fileno()], np.int32), b"a word")

        assert (missed, rings.is_broken) == ([(0, -errno.EIO)], True)
