"""What the server says to a screen, and screens that have come so far already."""

from __future__ import annotations

from typing import Any

from tests.realtime.clients import Client, Turn
from tests.support.effects import Frame, Position

NEWS = "villages/lindental/news"
ME = "residents/me"
ALMOST_ONE = 0.999_999


def welcome(**fields: Any) -> Frame:
    return {"type": "welcome", "resident": "edda", "heartbeat": 25, "window": 256} | fields


def subscribed(seq: int, *, epoch: str = "a", recovered: bool = True, topic: str = NEWS) -> Frame:
    return {
        "type": "subscribed",
        "topic": topic,
        "epoch": epoch,
        "seq": seq,
        "recovered": recovered,
    }


def reset(seq: int, *, epoch: str = "b", reason: str = "epoch") -> Frame:
    return {
        "type": "reset",
        "topic": NEWS,
        "reason": reason,
        "epoch": epoch,
        "seq": seq,
        "snapshot": "/api/v1/villages/lindental/articles",
    }


def event(seq: int, *, topic: str = NEWS, kind: str = "news.article_published") -> Frame:
    return {"type": "event", "topic": topic, "seq": seq, "kind": kind, "at": "", "data": {}}


def subscribe(position: Position | None, topic: str = NEWS) -> Frame:
    frame: Frame = {"type": "subscribe", "topic": topic}
    if position is not None:
        frame["since"] = {"epoch": position.epoch, "seq": position.seq}
    return frame


def connect(screen: Client, **options: Any) -> Turn:
    """Begin, and be welcomed."""
    screen.begin(**options)
    screen.opened()
    return screen.frame(welcome())


def go_live(screen: Client, seq: int = 57, **options: Any) -> None:
    """Begin, be welcomed, and follow the news from a position that the server has."""
    connect(screen, **options)
    screen.follow(NEWS, Position("a", seq))
    screen.frame(subscribed(seq))


def pause(screen: Client, longest: float) -> float:
    """Give the seconds until the client dials, having looked every tenth of a second."""
    for tenth in range(1, round(longest * 10) + 1):
        if screen.elapse(0.1).dialled:
            return tenth / 10
    raise AssertionError(f"did not dial within {longest} s")
