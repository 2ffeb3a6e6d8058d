"""
One stream in one process: its newest frames, and a cursor for each socket that follows it.

A socket is a cursor, not a queue: a slow one falls behind in the log and costs no memory.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from itertools import islice
from typing import TYPE_CHECKING

from village.journal.topics import Followed
from village.realtime.choir import Choir
from village.realtime.frames import Batch, Encoded
from village.realtime.ports.wire import WirePort
from village.realtime.protocol import WINDOW

if TYPE_CHECKING:
    from village.realtime.consumer import Connection

RING = 256
PAGE = 200
# A stream without acknowledgements is held back by its server's send alone.
NO_WINDOW = 2**53


class Follower:
    """Remember how far one socket has come in one stream."""

    __slots__ = (
        "_sent",
        "_window",
        "acked",
        "channel",
        "connection",
        "line",
        "reach",
        "shown",
        "sings",
        "stalled_at",
        "write",
    )

    def __init__(self, connection: Connection, channel: Channel, shown: str, sent: int) -> None:
        self.connection, self.channel, self.shown = connection, channel, shown
        self._sent = self.acked = sent
        # In the choir she has what the stream has.
        self.sings = False
        self._window = WINDOW if connection.acknowledges else NO_WINDOW
        # The last number that may be sent before the client acknowledges some more.
        self.reach = sent + self._window
        self.stalled_at: float | None = None
        self.look_again()

    @property
    def sent(self) -> int:
        """Give the number of the last frame that was written to the socket."""
        return (self.channel.seq or 0) if self.sings else self._sent

    @sent.setter
    def sent(self, seq: int) -> None:
        self._sent = seq

    @property
    def room(self) -> int:
        """Give the number of frames that may be sent before the client acknowledges some."""
        return self.reach - self.sent

    def look_again(self) -> None:
        """Find anew how the follower is shown frames, after whom she may meet has changed."""
        # The same bytes for everybody, but in assisted mode for each what the mandate covers,
        # and for whoever a block keeps apart from somebody nothing of her.
        connection = self.connection
        is_plain = not connection.actor.is_assisted and not connection.hidden
        port = connection.port
        self.write = port.write if is_plain else self._write_covered
        # Where the same bytes can be written together with everybody else's.
        self.line = port if is_plain and isinstance(port, WirePort) else None
        self.channel.step_aside(self)

    def _write_covered(self, batch: Batch) -> bool:
        connection = self.connection
        scopes = connection.actor.scopes if connection.actor.is_assisted else None
        shown = [each.shown_to(scopes, connection.hidden) for each in batch.frames]
        return connection.port.write(Batch(shown))

    def ack(self, seq: int) -> None:
        """Note how far the client has come, and send what waited for it."""
        if self.acked < seq <= self.sent:
            self.acked = seq
            self.reach = seq + self._window
            if self in self.channel.behind:
                self.channel.pump(self)


class Channel:
    """Hold one followed stream: where it stands, the ring of its newest frames, who follows."""

    def __init__(self, followed: Followed, *, reach_back: Callable[[Channel], None]) -> None:
        self.followed = followed
        self.address = followed.address
        self.epoch = ""
        # The number of the newest frame taken; None until the log has been read once.
        self.seq: int | None = None
        # A hint came before that: what it told stands in the log.
        self.missed_hints = False
        self.ring: deque[Encoded] = deque(maxlen=RING)
        # Counts what took back earlier frames.
        self.erasures = 0
        self.followers: dict[Follower, None] = {}
        # Who is written to together with others, and who alone.
        self.choir = Choir()
        self.apart: dict[Follower, None] = {}
        self.behind: set[Follower] = set()
        self.listeners: list[Callable[[Encoded], None]] = []
        self._reach_back = reach_back
        self._batches: dict[tuple[int, int], Batch] = {}

    @property
    def ring_begins(self) -> int:
        """Give the number of the first frame in the ring, or of the next one when it is empty."""
        return (self.seq or 0) - len(self.ring) + 1

    def start(self, epoch: str, seq: int) -> None:
        """Stand at a position; frames that follow it are taken from now on."""
        self.epoch, self.seq = epoch, seq
        self.ring.clear()
        self._batches.clear()

    def take(self, frames: Iterable[Encoded]) -> bool:
        """
        Take frames that follow the newest one and show them; older ones are dropped.

        Gives ``False`` when there is a gap: then the log must be read.
        """
        if self.seq is None:
            return False
        fresh: list[Encoded] = []
        whole = True
        for frame in frames:
            expected = self.seq + len(fresh) + 1
            if frame.seq == expected:
                fresh.append(frame)
            elif frame.seq > expected:
                whole = False
                break
        if fresh:
            self._append(fresh)
            self._show(Batch(fresh))
        return whole

    def prepend(self, frames: list[Encoded]) -> None:
        """Put older frames, read from the log, in front of the ring, as far as they fit it."""
        begins = self.ring_begins
        space = RING - len(self.ring)
        older = [frame for frame in frames if frame.seq < begins][-space:] if space else []
        if older and older[-1].seq == begins - 1:
            self.ring.extendleft(reversed(older))
            self._batches.clear()

    def pump(self, follower: Follower) -> None:
        """Send a follower what it lacks, as far as its window, its socket and the ring reach."""
        if self.seq is None:
            return
        connection = follower.connection
        while follower.sent < self.seq:
            room = follower.room
            if room <= 0 or not connection.port.ready:
                self._stall(follower)
                return
            if follower.sent + 1 < self.ring_begins:
                self.behind.add(follower)
                self._reach_back(self)
                return
            batch = self._slice(follower.sent, min(room, PAGE))
            if not self.send(follower, batch):
                self._stall(follower)
                return
        self.behind.discard(follower)
        follower.stalled_at = None
        self._let_sing(follower)

    def send(self, follower: Follower, batch: Batch) -> bool:
        """Write the frames that follow the cursor, as the follower may see them."""
        if not follower.write(batch):
            return False
        follower.sent = batch.last
        follower.stalled_at = None
        return True

    def join(self, follower: Follower) -> None:
        """Take in a follower, and send her what she lacks."""
        self.followers[follower] = self.apart[follower] = None
        self.pump(follower)

    def leave(self, follower: Follower) -> None:
        """Forget a follower."""
        self.step_aside(follower)
        self.followers.pop(follower, None)
        self.apart.pop(follower, None)
        self.behind.discard(follower)

    def forget(self) -> None:
        """Forget what frames showed: they are read anew, as tombstones where that is due."""
        self.ring.clear()
        self._batches.clear()
        self.erasures += 1

    def step_aside(self, follower: Follower) -> None:
        """Write to a follower alone from now on, until it is known how her socket stands."""
        if self.choir.leave(follower):
            self._set_apart(follower, self.seq or 0)

    def _set_apart(self, follower: Follower, sent: int) -> None:
        follower.sings, follower.sent = False, sent
        self.apart[follower] = None

    def _let_sing(self, follower: Follower) -> None:
        if (line := follower.line) is not None and not follower.sings and line.is_clear:
            follower.sings = True
            self.apart.pop(follower, None)
            self.choir.join(follower, line)

    def _append(self, frames: list[Encoded]) -> None:
        erasing = self.followed.topic.erasing_kinds
        for frame in frames:
            if frame.kind in erasing:
                # What earlier frames showed is taken back.
                self.forget()
            self.ring.append(frame)
        self.seq = frames[-1].seq
        self._batches.clear()

    def _show(self, batch: Batch) -> None:
        before, last = batch.first - 1, batch.last
        apart = list(self.apart)
        for follower in self.choir.show(batch):
            self._set_apart(follower, before)
            self.pump(follower)
        for follower in apart:
            if follower.sent == before and follower.reach >= last and follower.write(batch):
                follower.sent = last
                self._let_sing(follower)
            else:
                self.pump(follower)
        for listen in self.listeners:
            for frame in batch.frames:
                listen(frame)

    def _slice(self, sent: int, count: int) -> Batch:
        begin = sent + 1 - self.ring_begins
        key = (begin, count)
        if (batch := self._batches.get(key)) is None:
            batch = self._batches[key] = Batch(list(islice(self.ring, begin, begin + count)))
        return batch

    def _stall(self, follower: Follower) -> None:
        self.behind.add(follower)
        if follower.stalled_at is None:
            follower.stalled_at = follower.connection.clock()
