"""
Those who are sung to together: followers at the top of a stream whose sockets hold nothing.

Nothing is asked of any of them before a delivery. Whoever is written to by somebody else, closes,
or runs out of window leaves the choir, and comes back when she has been looked at again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from village.realtime.frames import Batch
from village.realtime.ports import volley

if TYPE_CHECKING:
    from village.realtime.channel import Follower
    from village.realtime.ports.wire import WirePort

NONE = np.array([], np.int32)


class Choir:
    """Write the same bytes to all members at once."""

    __slots__ = ("_lines", "_members", "_reach", "_sockets")

    def __init__(self) -> None:
        self._members: dict[Follower, WirePort] = {}
        # Made anew after somebody came or went.
        self._lines: list[tuple[Follower, WirePort]] = []
        self._sockets = NONE
        # The last number that everybody has asked for.
        self._reach = 0

    def join(self, follower: Follower, line: WirePort) -> None:
        """Take in who stands at the top of the stream, with a socket that holds nothing."""
        self._members[follower] = line
        self._sockets = NONE

    def leave(self, follower: Follower) -> bool:
        """Let somebody go; ``False`` when she was no member."""
        self._sockets = NONE
        return self._members.pop(follower, None) is not None

    def show(self, batch: Batch) -> list[Follower]:
        """Write frames to all members; give those who have not got them, who are no more."""
        late: list[Follower] = []
        if batch.last > self._reach or not self._sockets.size:
            late = [each for each in self._members if each.reach < batch.last]
            for follower in late:
                self.leave(follower)
            self._reach = min((each.reach for each in self._members), default=0)
            self._lines = list(self._members.items())
            self._sockets = np.array([line.fd for _, line in self._lines], np.int32)
        wire, lines = batch.wire, self._lines
        for place, written in volley.send(self._sockets, wire):
            follower, line = lines[place]
            if not line.went(written, wire):
                self.leave(follower)
                late.append(follower)
        return late
