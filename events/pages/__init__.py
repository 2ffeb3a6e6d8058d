"""The event board for people, and the calendar for their phones."""

from __future__ import annotations

from events.pages.board import (
    announce,
    attend,
    board,
    call_off,
    card,
    date,
    event,
    publish,
    withdraw,
)
from events.pages.ical import calendar

__all__ = [
    "announce",
    "attend",
    "board",
    "calendar",
    "call_off",
    "card",
    "date",
    "event",
    "publish",
    "withdraw",
]
