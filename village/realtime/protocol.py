"""
The socket protocol ``village.v1``, without a socket: texts in, commands out.

It knows who may speak when, how much, and in which shape; it does no input or output and
reads no clock, so every rule is tested without a loop. The wire is described in
docs/realtime.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import orjson

SUBPROTOCOL = "village.v1"
FRAME_MAX = 16 * 1024
TOPICS_MAX = 50
FRAMES_PER_SECOND = 20
# A client that comes back speaks for all its topics at once.
FRAMES_BURST = 120
# Acknowledging is what we ask for: far behind on many topics, a client does little else.
ACK_COSTS = 0.1
HELLO_WITHIN = 5.0
HEARTBEAT = 25
WINDOW = 256
MAX_AGE = 12 * 3600.0
_ADDRESS = re.compile(r"[A-Za-z0-9_/-]{1,200}")
_TICKET = re.compile(r"[A-Za-z0-9_-]{1,100}")
_EPOCH = re.compile(r"[A-Za-z0-9]{0,32}")
_SEQ_MAX = 2**53
# An acknowledgement as nearly every client writes it; in other words it is read as any frame is.
_ACK = re.compile(r'\{"type":"ack","topic":"([A-Za-z0-9_/-]{1,200})","seq":(0|[1-9][0-9]{0,14})\}')


class Close(IntEnum):
    """Say why a socket is closed."""

    BAD_FRAME = 4400
    NOT_SIGNED_IN = 4401
    NO_LONGER_ADMITTED = 4403
    TOO_SLOW = 4408
    GOING_AWAY = 4410
    TOO_MANY = 4429


@dataclass(frozen=True, slots=True)
class Since:
    """Hold a client's position in a stream."""

    epoch: str
    seq: int


@dataclass(frozen=True, slots=True)
class Greet:
    """Sign the socket in, with a ticket or with the cookie it came with."""

    ticket: str | None


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Follow a stream."""

    topic: str
    since: Since | None


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """Follow a stream no longer."""

    topic: str


@dataclass(frozen=True, slots=True)
class Ack:
    """Note how far the client has come."""

    topic: str
    seq: int


@dataclass(frozen=True, slots=True)
class Typing:
    """Tell the others on a stream that somebody is writing."""

    topic: str


@dataclass(frozen=True, slots=True)
class Pong:
    """Answer a ping."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """Refuse a subscription."""

    topic: str
    code: str


@dataclass(frozen=True, slots=True)
class Hangup:
    """Close the socket."""

    code: Close


Command = Greet | Subscribe | Unsubscribe | Ack | Typing | Pong | Refuse | Hangup


class Session:
    """Judge what one client says, in the order in which it says it."""

    __slots__ = ("_allowance", "_counted_at", "greeted", "topics")

    def __init__(self, now: float) -> None:
        self.greeted = False
        self.topics: set[str] = set()
        self._allowance = float(FRAMES_BURST)
        self._counted_at = now

    def receive(self, text: str | None, now: float) -> Command | None:
        """
        Judge one frame; ``None`` when nothing is to be done.

        ``text`` is ``None`` for a binary frame; ``now`` is a monotonic clock in seconds.
        """
        self._allowance = min(
            FRAMES_BURST, self._allowance + (now - self._counted_at) * FRAMES_PER_SECOND
        )
        self._counted_at = now
        if self._allowance < 1:
            return Hangup(Close.TOO_MANY)
        self._allowance -= 1
        if text is None or len(text) > FRAME_MAX:
            return Hangup(Close.BAD_FRAME)
        if self.greeted and (ack := _ACK.fullmatch(text)) is not None:
            return self._acknowledge(ack[1], int(ack[2]))
        try:
            frame = orjson.loads(text)
        except orjson.JSONDecodeError:
            return Hangup(Close.BAD_FRAME)
        if not isinstance(frame, dict):
            return Hangup(Close.BAD_FRAME)
        return self._judge(frame)

    def _judge(self, frame: dict[str, Any]) -> Command | None:
        match frame.get("type"):
            case "hello":
                return self._hello(frame)
            case "ping":
                return Pong()
            case "pong":
                return None
            case "subscribe" | "unsubscribe" | "ack" | "typing" as verb:
                if not self.greeted:
                    return Hangup(Close.NOT_SIGNED_IN)
                topic = frame.get("topic")
                if not isinstance(topic, str) or not is_address(topic):
                    return Hangup(Close.BAD_FRAME)
                return self._about(verb, topic, frame)
        return Hangup(Close.BAD_FRAME)

    def _hello(self, frame: dict[str, Any]) -> Command:
        ticket = frame.get("ticket")
        if self.greeted or not (ticket is None or _is_ticket(ticket)):
            return Hangup(Close.BAD_FRAME)
        return Greet(ticket)

    def _about(self, verb: str, topic: str, frame: dict[str, Any]) -> Command | None:
        match verb:
            case "subscribe":
                return self._subscribe(topic, frame.get("since"))
            case "unsubscribe":
                self.topics.discard(topic)
                return Unsubscribe(topic)
            case "ack":
                seq = _number(frame.get("seq"))
                return Hangup(Close.BAD_FRAME) if seq is None else self._acknowledge(topic, seq)
        return Typing(topic) if topic in self.topics else None

    def _acknowledge(self, topic: str, seq: int) -> Ack | None:
        self._allowance += 1 - ACK_COSTS
        return Ack(topic, seq) if topic in self.topics else None

    def _subscribe(self, topic: str, since: Any) -> Command:
        position = None
        if since is not None:
            if (
                not isinstance(since, dict)
                or not isinstance(epoch := since.get("epoch"), str)
                or not _EPOCH.fullmatch(epoch)
                or (seq := _number(since.get("seq"))) is None
            ):
                return Hangup(Close.BAD_FRAME)
            position = Since(epoch, seq)
        return self.subscribe(topic, position)

    def subscribe(self, topic: str, since: Since | None) -> Subscribe | Refuse:
        """Count a topic as followed, as far as the limit goes."""
        if topic not in self.topics and len(self.topics) >= TOPICS_MAX:
            return Refuse(topic, "topic.limit")
        self.topics.add(topic)
        return Subscribe(topic, since)


def is_address(text: str) -> bool:
    """Tell whether a text can be the name of a stream."""
    return _ADDRESS.fullmatch(text) is not None


def _is_ticket(value: Any) -> bool:
    # JSON can hold texts that are none, such as half of a surrogate pair.
    return isinstance(value, str) and _TICKET.fullmatch(value) is not None


def _number(value: Any) -> int | None:
    is_number = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _SEQ_MAX
    return value if is_number else None
