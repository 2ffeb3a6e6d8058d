"""The rules of one followed topic: which events are applied, and what to do when one is missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeGuard

from tests.support.effects import Apply, Effect, Fetch, Frame, Position, Send, State, Tell, Typing

ACK_EVERY = 64
LONGEST_PAUSE_S = 30.0
# The position of a list that was read before its topic's first event: it has no epoch yet.
BEGINNING = Position("", 0)


class Subscription:
    """
    Follow one topic, over as many connections as it takes.

    An event is applied iff it is the next one and the server has answered the last question.
    Events carry no epoch, so what comes between a question and its answer is never applied:
    the answer starts over from the position anyway.
    """

    def __init__(self, topic: str, since: Position | None, random: Callable[[], float]) -> None:
        self.topic, self.position, self.state = topic, since, State.AWAY
        self.ack_every = ACK_EVERY
        self._random = random
        self._asked_since = False
        self._tops_unanswered = 0
        self._unacked = 0
        self._resets_in_a_row = 0
        self._reset: Frame = {}

    def ask(self) -> list[Effect]:
        """Subscribe from the position, or from now where there is none."""
        self._unacked = self._tops_unanswered = 0
        self._asked_since = self.position is not None
        frame: Frame = {"type": "subscribe", "topic": self.topic}
        if self.position is not None:
            frame["since"] = {"epoch": self.position.epoch, "seq": self.position.seq}
        return [Send(frame), *self.tell(State.ASKED)]

    def away(self) -> list[Effect]:
        """Take note that the connection is gone; a snapshot on its way is still wanted."""
        self._unacked = 0
        return self.tell(State.AWAY) if self.state in (State.ASKED, State.LIVE) else []

    def ack(self) -> list[Effect]:
        """Acknowledge what has been applied, if anything is owed."""
        if not self._unacked or self.position is None:
            return []
        self._unacked = 0
        return [Send({"type": "ack", "topic": self.topic, "seq": self.position.seq})]

    def top(self, top: object) -> list[Effect]:
        """Compare with where the server stands, and ask again when events are missing."""
        if self.state is State.LIVE and self.position is not None:
            return self.ask() if is_seq(top) and top > self.position.seq else []
        if self.state is State.ASKED:
            # One heartbeat may cross the answer on its way; after two there is none coming.
            self._tops_unanswered += 1
            return self.ask() if self._tops_unanswered == 2 else []
        return []

    def receive(self, frame: Frame) -> list[Effect]:
        """Take in one frame of the topic; what is unknown or malformed is ignored."""
        match frame:
            case {"type": "event", "seq": seq} if is_seq(seq):
                return self._event(seq, frame)
            case {"type": "subscribed", "epoch": str(epoch), "seq": seq} if is_seq(seq):
                return self._subscribed(Position(epoch, seq), frame)
            case {"type": "reset", "epoch": str(), "seq": seq} if is_seq(seq):
                return self._start_over(frame)
            case {"type": "refused"}:
                return self.tell(State.REFUSED, frame.get("code"))
            case {"type": "typing"}:
                return [Typing(self.topic, frame)]
        return []

    def restored(self, position: Position | None, *, connected: bool) -> list[Effect]:
        """Go on from the position of a snapshot, or fetch again when there was none to be had."""
        if self.state is not State.RESETTING:
            return []
        if position is None:
            return self._fetch()
        self.position = position
        return self.ask() if connected else self.tell(State.AWAY)

    def tell(self, state: State, code: str | int | None = None) -> list[Effect]:
        """Change the state, and say so when it is another."""
        if self.state is state:
            return []
        self.state = state
        return [Tell(self.topic, state, code)]

    def _event(self, seq: int, frame: Frame) -> list[Effect]:
        if self.state is not State.LIVE or self.position is None or seq <= self.position.seq:
            return []
        if seq > self.position.seq + 1:
            return self.ask()
        self.position = Position(self.position.epoch, seq)
        self._unacked += 1
        acks = self.ack() if self._unacked >= self.ack_every else []
        return [*acks, Apply(self.topic, frame)]

    def _subscribed(self, at: Position, frame: Frame) -> list[Effect]:
        if self.state not in (State.ASKED, State.LIVE):
            return []
        if self.position is None:
            self.position = at
        elif self.position == BEGINNING:
            self.position = Position(at.epoch, 0)
        moved = self.position.epoch != at.epoch
        unrecovered = self._asked_since and frame.get("recovered") is not True
        if moved or (unrecovered and self.state is State.ASKED):
            # The server goes on from elsewhere than we are: a reset by another name.
            reason = "epoch" if moved else "trimmed"
            return self._start_over({**frame, "type": "reset", "reason": reason})
        self._resets_in_a_row = 0
        return self.tell(State.LIVE)

    def _start_over(self, reset: Frame) -> list[Effect]:
        if self.state not in (State.ASKED, State.LIVE):
            return []
        self._unacked, self._reset = 0, reset
        return [*self.tell(State.RESETTING), *self._fetch()]

    def _fetch(self) -> list[Effect]:
        # The first snapshot is fetched at once; one that did not help is not asked for in a hurry.
        tries, self._resets_in_a_row = self._resets_in_a_row, self._resets_in_a_row + 1
        after = self._random() * ceiling(tries) if tries else 0.0
        return [Fetch(self.topic, self._reset, after)]


def ceiling(attempts: int) -> float:
    """Give the longest wait before an attempt in seconds: full jitter, doubled up to 30 s."""
    return min(LONGEST_PAUSE_S, 0.5 * 2.0 ** min(attempts, 10))


def is_seq(value: object) -> TypeGuard[int]:
    """Tell whether a value can be a place in a log."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
