"""Frames as bytes: rendered and encoded once per process, then shared by every socket."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson

from village.core import json
from village.core.actor import Scope
from village.journal.topics import GONE, Frame
from village.realtime.rfc6455 import Opcode
from village.realtime.rfc6455 import frame as wire_frame

# Stands for a frame that a mandate does not cover: the position counts, the content stays hidden.
WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Encoded:
    """
    Hold one event frame as it goes out: its JSON text, and what decides who may see it.

    ``people`` are the ids of those whom it shows.
    """

    seq: int
    kind: str
    scope: Scope | None
    text: str
    people: frozenset[str] = frozenset()
    _instead: dict[str, Encoded] = field(default_factory=dict, repr=False, compare=False)

    def shown_to(self, scopes: frozenset[Scope] | None, hidden: frozenset[str]) -> Encoded:
        """
        Give the frame as a follower may see it.

        ``scopes`` are those of a helper, ``hidden`` are the ids of the people whom a block keeps
        out of the follower's sight. To her it looks as if they had been erased since.
        """
        if scopes is not None and (self.scope is None or self.scope not in scopes):
            return self._showing(WITHHELD, {})
        if not hidden.isdisjoint(self.people):
            return self._showing(self.kind, GONE)
        return self

    def _showing(self, kind: str, data: dict[str, Any]) -> Encoded:
        if kind not in self._instead:
            head = orjson.loads(self.text) | {"kind": kind, "data": data}
            self._instead[kind] = Encoded(self.seq, kind, None, dump(head))
        return self._instead[kind]


def encode(frame: Frame, shown_as: str) -> Encoded:
    """Encode a rendered frame under the name by which clients follow its stream."""
    text = dump(
        {
            "type": "event",
            "topic": shown_as,
            "seq": frame.seq,
            "kind": frame.kind,
            "at": frame.at,
            "data": frame.data,
        }
    )
    people = frozenset(str(person) for person in frame.people)
    return Encoded(frame.seq, frame.kind, frame.scope, text, people)


def dump(message: dict[str, Any]) -> str:
    """Write a message of the protocol as JSON text."""
    return json.dump(message).decode()


class Batch:
    """Hold consecutive frames that one write carries to a socket, framed at most once."""

    def __init__(self, frames: Sequence[Encoded]) -> None:
        self.frames = frames
        self.first, self.last = frames[0].seq, frames[-1].seq

    @cached_property
    def wire(self) -> bytes:
        """Give the frames as one run of WebSocket bytes."""
        return b"".join(wire_frame(Opcode.TEXT, frame.text.encode()) for frame in self.frames)

    @property
    def texts(self) -> Iterable[str]:
        """Give the frames' texts."""
        return (frame.text for frame in self.frames)
