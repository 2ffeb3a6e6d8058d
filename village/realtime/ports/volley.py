"""
The same bytes to many sockets in one system call, where the kernel lets us.

Linux's io_uring takes a list of sends and has carried them out when the call returns; nothing
stays in flight. What is left of a delivery is the kernel's own work. Layouts and numbers are
those of <linux/io_uring.h>; it sends since Linux 5.6. Where it is missing or forbidden, as in
many containers, there is no volley, and sockets are written to one by one.
"""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import socket
from functools import cache

import numpy as np
import structlog
from django.conf import settings
from numpy.typing import NDArray

log = structlog.get_logger(__name__)
# Fewer sockets than this are written to faster one by one.
WORTH_IT = 12
# How many sends one call carries; more are sent in several.
ENTRIES = 1024
_SETUP, _ENTER = 425, 426
_SQES_OFFSET = 0x10000000
_GET_EVENTS = 1
_OP_SEND = 26


class _Offsets(ctypes.Structure):
    """Say where a ring keeps its counters (io_sqring_offsets and io_cqring_offsets)."""

    _fields_ = (
        *(
            (name, ctypes.c_uint32)
            for name in ("head", "tail", "mask", "entries", "five", "six", "seven", "eight")
        ),
        ("user_addr", ctypes.c_uint64),
    )


class _Params(ctypes.Structure):
    """What the kernel tells of a new pair of rings (io_uring_params)."""

    _fields_ = (
        *(
            (name, ctypes.c_uint32)
            for name in ("sq_entries", "cq_entries", "flags", "cpu", "idle", "features", "wq_fd")
        ),
        ("reserved", ctypes.c_uint32 * 3),
        ("sq", _Offsets),
        ("cq", _Offsets),
    )


_SEND = np.dtype(
    [
        *(("opcode", "u1"), ("flags", "u1"), ("ioprio", "u2"), ("fd", "i4"), ("offset", "u8")),
        *(("address", "u8"), ("size", "u4"), ("how", "u4"), ("ticket", "u8"), ("rest", "u8", 3)),
    ]
)
_COUNTED = np.arange(ENTRIES)
_DONE = np.dtype([("ticket", "u8"), ("result", "i4"), ("flags", "u4")])


class Volley:
    """
    Hold the two rings of one thread: sends that are asked for, and how they ended.

    :raises OSError: where the kernel has none for us
    """

    def __init__(self) -> None:
        self.is_broken = False
        self._syscall = ctypes.CDLL(None, use_errno=True).syscall
        params = _Params()
        self._fd = self._call(_SETUP, ENTRIES, ctypes.byref(params))
        # In `sq` the seventh number is where the list of entries is, in `cq` the sixth.
        listed, done = params.sq.seven, params.cq.six
        rings = self._map(max(listed + 4 * ENTRIES, done + 16 * params.cq_entries), 0)
        self._sends = np.frombuffer(self._map(64 * ENTRIES, _SQES_OFFSET), _SEND, ENTRIES)
        self._done = np.frombuffer(rings, _DONE, params.cq_entries, done)
        self._asked_for = np.frombuffer(rings, np.uint32, 1, params.sq.tail)
        self._taken_back = np.frombuffer(rings, np.uint32, 1, params.cq.head)
        self._finished = np.frombuffer(rings, np.uint32, 1, params.cq.tail)
        self._listed = np.frombuffer(rings, np.uint32, ENTRIES, listed)
        self._sends["opcode"] = _OP_SEND
        # What does not fit is not waited for.
        self._sends["how"] = socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL
        self._sends["ticket"] = _COUNTED
        # What the sends say already, so that it need not be said again.
        self._aimed_at = np.empty(0, np.int32)
        self._words = np.empty(0, np.uint8)
        self._size = 0
        self._prove()

    def send(self, sockets: NDArray[np.int32], data: bytes) -> list[tuple[int, int]]:
        """
        Send bytes to every socket, each named once, without waiting for any.

        Gives the place of each that did not take all, with what it took, or minus its error's
        number. An array is not changed after it was given.
        """
        self._load(data)
        if len(sockets) <= ENTRIES:
            return self._fire(sockets)
        return [
            (begin + place, written)
            for begin in range(0, len(sockets), ENTRIES)
            for place, written in self._fire(sockets[begin : begin + ENTRIES])
        ]

    def _load(self, data: bytes) -> None:
        """Put the bytes where every send finds them."""
        size = len(data)
        if size > len(self._words):
            self._words = np.empty(max(2 * size, 64 * 1024), np.uint8)
            self._sends["address"] = self._words.ctypes.data
        self._words[:size] = np.frombuffer(data, np.uint8)
        if size != self._size:
            self._sends["size"] = self._size = size

    def _fire(self, sockets: NDArray[np.int32]) -> list[tuple[int, int]]:
        count, tail = len(sockets), int(self._asked_for[0])
        if sockets is not self._aimed_at:
            self._sends["fd"][:count] = self._aimed_at = sockets
        # The ring goes on where it was; what it names are always the first sends.
        for place, slots in _around(tail, count, ENTRIES):
            self._listed[slots] = _COUNTED[place : place + slots.stop - slots.start]
        self._asked_for[0] = (tail + count) % 2**32
        first, asked, finished = int(self._taken_back[0]), 0, 0
        while finished < count and not self.is_broken:
            try:
                asked += self._call(
                    *(_ENTER, self._fd, count - asked, count - finished),
                    *(_GET_EVENTS, None, ctypes.c_size_t(0)),
                )
            except InterruptedError:
                continue
            except OSError as error:
                log.error("volley_broken", reason=str(error))
                self.is_broken = True
            finished = (int(self._finished[0]) - first) % 2**32
        done = [self._done[slots] for _, slots in _around(first, finished, len(self._done))]
        self._taken_back[0] = (first + finished) % 2**32
        if finished == count and all((each["result"] == self._size).all() for each in done):
            return []
        # Of what is never finished nobody can say how far it came.
        results = np.full(count, -errno.EIO, np.int32)
        for each in done:
            results[each["ticket"]] = each["result"]
        return [
            (place, written)
            for place, written in enumerate(results.tolist())
            if written != self._size
        ]

    def _map(self, size: int, offset: int) -> mmap.mmap:
        return mmap.mmap(
            self._fd, size, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE, offset=offset
        )

    def _call(self, *arguments: object) -> int:
        answer = int(self._syscall(*arguments))
        if answer < 0:
            error = ctypes.get_errno()
            raise OSError(error, os.strerror(error))
        return answer

    def _prove(self) -> None:
        """See the rings work once before anybody relies on them."""
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.setblocking(False)
            missed = self.send(np.array([ours.fileno()], np.int32), b"a word")
            if missed or theirs.recv(16) != b"a word":
                raise OSError("the rings do not send")


def send(sockets: NDArray[np.int32], data: bytes) -> list[tuple[int, int]]:
    """
    Send bytes to every socket, each named once, without waiting for any.

    Gives the place of each that did not take all, with what it took, or minus its error's number.
    """
    many = _of_process(os.getpid()) if len(sockets) >= WORTH_IT else None
    if many is None or many.is_broken:
        return _one_by_one(sockets, data)
    return many.send(sockets, data)


def _around(first: int, count: int, size: int) -> list[tuple[int, slice]]:
    """Give the slots of a ring from a counter on: one slice, or two where it goes around."""
    begin = first % size
    if begin + count <= size:
        return [(0, slice(begin, begin + count))]
    return [(0, slice(begin, size)), (size - begin, slice(0, begin + count - size))]


def _one_by_one(sockets: NDArray[np.int32], data: bytes) -> list[tuple[int, int]]:
    missed = []
    size, write = len(data), os.write
    for place, descriptor in enumerate(sockets.tolist()):
        try:
            written = write(descriptor, data)
        except OSError as error:
            written = -(error.errno or 1)
        if written != size:
            missed.append((place, written))
    return missed


@cache
def _of_process(pid: int) -> Volley | None:
    """Give a process's volley; ``None`` where the kernel has none."""
    if settings.VILLAGE_PORT != "fastest":
        return None
    try:
        return Volley()
    except OSError as error:
        log.info("no_volley", reason=str(error))
        return None
