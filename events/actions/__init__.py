"""The verbs of the event board: the only code that changes an event or who comes."""

from __future__ import annotations

from events.actions.attendances import (
    NoSeats,
    NotPublished,
    free_places,
    free_places_between,
    sign_up,
    withdraw,
)
from events.actions.events import Place, announce_event, publish_event
from events.actions.occurrences import Cancelled, Over, call_off_all, cancel_occurrence

__all__ = [
    "Cancelled",
    "NoSeats",
    "NotPublished",
    "Over",
    "Place",
    "announce_event",
    "call_off_all",
    "cancel_occurrence",
    "free_places",
    "free_places_between",
    "publish_event",
    "sign_up",
    "withdraw",
]
