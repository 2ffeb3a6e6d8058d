"""The rules of a client of the socket protocol: what it does with a frame, and when it gives up."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

from tests.support.effects import (
    Connect,
    Dial,
    Effect,
    Frame,
    HangUp,
    Position,
    Send,
    State,
)
from tests.support.subscription import ACK_EVERY, Subscription, ceiling

FIRST_HEARTBEAT_S = 25.0  # until the welcome names one
PULSE_S = 5.0  # twice in the 10 s within which an event has to be acknowledged
LONGEST_AWAY_S = 300.0  # a server that asks for more has miscounted
GOING_AWAY, GOING_AWAY_S = 4410, 3.0
NOT_SIGNED_IN, NOT_ADMITTED = 4401, 4403


class Follower:
    """
    Decide what a client does, one input at a time; every method answers with effects to carry out.

    ``now`` gives seconds that never run backwards, ``random`` a number of [0, 1).
    ``renewable`` says that there is a source of tickets, so that a connection which was
    refused for its ticket may be tried once more.
    """

    def __init__(
        self,
        *,
        now: Callable[[], float],
        random: Callable[[], float],
        renewable: bool = False,
    ) -> None:
        self._now, self._random, self._renewable = now, random, renewable
        self._subscriptions: dict[str, Subscription] = {}
        self._connected = False
        self._welcomed_at: float | None = None
        self._heard_at = 0.0
        self._heartbeat = FIRST_HEARTBEAT_S
        self._ack_every = ACK_EVERY
        self._resident: object = None
        self._ticket: str | None = None
        self._refusal: int | None = None
        self._attempts = 0
        self._away_for = GOING_AWAY_S
        self._ended: int | None = None

    @property
    def positions(self) -> dict[str, Position]:
        """Give the position of every followed topic that has one."""
        return {s.topic: s.position for s in self._subscriptions.values() if s.position is not None}

    @property
    def states(self) -> dict[str, State]:
        """Tell how every followed topic stands."""
        return {s.topic: s.state for s in self._subscriptions.values()}

    @property
    def welcomed(self) -> bool:
        """Tell whether a connection stands and the server knows who we are."""
        return self._welcomed_at is not None

    @property
    def ended(self) -> int | None:
        """Give the code with which the client has stopped for good, if it has."""
        return self._ended

    @property
    def pulse(self) -> float:
        """Give the seconds after which ``tick`` is due."""
        return min(PULSE_S, self._heartbeat / 2)

    # What the program wants

    def start(self) -> list[Effect]:
        """Begin."""
        return [Dial(0.0)]

    def follow(self, topic: str, since: Position | None = None) -> list[Effect]:
        """
        Follow a topic from a position, or from what the server has at the moment of its answer.

        :raises ValueError: if the topic is followed already
        """
        if topic in self._subscriptions:
            raise ValueError(f"{topic} is followed already")
        subscription = self._subscriptions[topic] = Subscription(topic, since, self._random)
        subscription.ack_every = self._ack_every
        if self._ended is not None:
            return subscription.tell(State.ENDED, self._ended)
        return subscription.ask() if self.welcomed else []

    def leave(self, topic: str) -> list[Effect]:
        """Follow a topic no longer."""
        left = self._subscriptions.pop(topic, None)
        if left is None or left.state not in (State.ASKED, State.LIVE):
            return []
        return [Send({"type": "unsubscribe", "topic": topic})]

    def restored(self, topic: str, position: Position | None) -> list[Effect]:
        """Go on from the position of a snapshot, or fetch again when there was none to be had."""
        subscription = self._subscriptions.get(topic)
        if subscription is None:
            return []
        return subscription.restored(position, connected=self.welcomed)

    def end(self, code: int = 1000) -> list[Effect]:
        """Stop for good."""
        if self._ended is not None:
            return []
        self._ended, self._connected, self._welcomed_at = code, False, None
        effects: list[Effect] = [HangUp()]
        for subscription in self._subscriptions.values():
            effects += subscription.tell(State.ENDED, code)
        return effects

    # What the connection does

    def ready(self, ticket: str | None) -> list[Effect]:
        """Connect with a ticket, or without one where the session is known by a cookie."""
        if self._ended is not None:
            return []
        if self._refusal is not None and ticket is None:
            return self.end(self._refusal)
        self._ticket, self._connected, self._heard_at = ticket, True, self._now()
        self._away_for = GOING_AWAY_S
        return [Connect()]

    def opened(self) -> list[Effect]:
        """Say hello, which has to be the first frame."""
        hello: Frame = {"type": "hello"}
        return [Send(hello if self._ticket is None else hello | {"ticket": self._ticket})]

    def lost(self, code: int | None = None, reason: str = "") -> list[Effect]:
        """Take note that the connection, or the attempt at one, is gone; try again, spread out."""
        if self._ended is not None:
            return []
        # Only a connection that lasted proves the server well; one that merely opened does not.
        if self._welcomed_at is not None and self._now() - self._welcomed_at >= self._heartbeat:
            self._attempts = 0
        self._connected, self._welcomed_at = False, None
        effects: list[Effect] = [HangUp()]
        for subscription in self._subscriptions.values():
            effects += subscription.away()
        if code in (NOT_SIGNED_IN, NOT_ADMITTED):
            # A new ticket heals this once. Refused again without a welcome, it never will.
            if not self._renewable or self._refusal is not None:
                return effects + self.end(code)
            self._refusal = code
        if found := re.search(r'retry_after"?\s*[:=]\s*(\d+(?:\.\d+)?)', reason):
            self._away_for = float(found[1])
        away_for = min(LONGEST_AWAY_S, self._away_for)
        longest = away_for if code == GOING_AWAY else ceiling(self._attempts)
        self._attempts += 1
        return [*effects, Dial(self._random() * longest)]

    def tick(self) -> list[Effect]:
        """Acknowledge what is owed, ask a silent server for a sign of life, leave a dead one."""
        if not self._connected:
            return []
        silence = self._now() - self._heard_at
        if silence >= 2 * self._heartbeat:
            return self.lost()
        effects: list[Effect] = []
        if self.welcomed and silence >= self._heartbeat:
            effects.append(Send({"type": "ping"}))
        for subscription in self._subscriptions.values():
            effects += subscription.ack()
        return effects

    def receive(self, frame: object) -> list[Effect]:
        """Take in one frame; what is unknown or malformed is ignored."""
        if not self._connected:
            return []
        self._heard_at = self._now()
        if not isinstance(frame, dict):
            return []
        match frame:
            case {"type": "welcome"}:
                return self._welcome(frame)
            case {"type": "ping"}:
                return [Send({"type": "pong"})]
            case {"type": "going_away", "retry_after": seconds} if _is_positive(seconds):
                # Said before a close with 4410, where a server cannot give a reason with it.
                self._away_for = seconds
            case {"type": "top", "positions": dict(positions)}:
                return [
                    effect
                    for subscription in self._subscriptions.values()
                    for effect in subscription.top(positions.get(subscription.topic))
                ]
            case {"topic": str(topic)} if topic in self._subscriptions:
                return self._subscriptions[topic].receive(frame)
        return []

    def _welcome(self, frame: Mapping[str, Any]) -> list[Effect]:
        resident = frame.get("resident")
        if self._resident not in (None, resident):
            # Somebody else has signed in here: her positions are not ours.
            return self.end(NOT_SIGNED_IN)
        self._resident, self._refusal = resident, None
        self._welcomed_at = self._now()
        if _is_positive(heartbeat := frame.get("heartbeat")):
            self._heartbeat = float(heartbeat)
        if _is_positive(window := frame.get("window")):
            self._ack_every = max(1, int(min(ACK_EVERY, window / 2)))
        effects: list[Effect] = []
        for subscription in self._subscriptions.values():
            subscription.ack_every = self._ack_every
            if subscription.state is State.AWAY:
                effects += subscription.ask()
        return effects


def _is_positive(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0
