"""What a client of the socket protocol can be told to do, and the words it is told with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Frame = dict[str, Any]


class State(StrEnum):
    """Say how a followed topic stands."""

    AWAY = "away"  # there is no connection
    ASKED = "asked"  # subscribed, and not answered yet
    LIVE = "live"
    RESETTING = "resetting"  # the snapshot is being fetched
    REFUSED = "refused"  # the door is shut; whoever wants to knock again follows again
    ENDED = "ended"  # the client has stopped for good


@dataclass(frozen=True, slots=True)
class Position:
    """Name a place in the log of a topic: everything up to ``seq`` has been seen."""

    epoch: str
    seq: int


@dataclass(frozen=True, slots=True)
class Dial:
    """Wait so many seconds, get a ticket if there is a source of them, and call ``ready``."""

    after: float


@dataclass(frozen=True, slots=True)
class Connect:
    """Open the connection; ``opened`` when it stands, ``lost`` when it does not."""


@dataclass(frozen=True, slots=True)
class HangUp:
    """Close what is left of the connection, and listen to it no longer."""


@dataclass(frozen=True, slots=True)
class Send:
    """Send a frame on the connection that stands."""

    frame: Frame


@dataclass(frozen=True, slots=True)
class Apply:
    """Show an event; the position of its topic has moved on to it."""

    topic: str
    frame: Frame


@dataclass(frozen=True, slots=True)
class Fetch:
    """Wait, fetch a snapshot whose position was taken before its data, and call ``restored``."""

    topic: str
    reset: Frame
    after: float


@dataclass(frozen=True, slots=True)
class Typing:
    """Show that somebody is writing."""

    topic: str
    frame: Frame


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell how a topic stands now; ``code`` says why it was refused or ended."""

    topic: str
    state: State
    code: str | int | None = None


Effect = Dial | Connect | HangUp | Send | Apply | Fetch | Typing | Tell
