"""What neighbouring villages read of the event board."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from events import queries
from village.core.actor import Actor, Scope
from village.core.bulletin import ITEMS_MAX, Item
from village.federation.models import Shared
from village.federation.shelves import Shelf, declare_shelf


def _items(by: Actor, village: str, at: datetime) -> Sequence[Item]:
    coming = queries.board_to_read(by, village, past=False, at=at)
    return [
        Item(event.title, at=event.begins_at, text=f"{event.place_name}. {event.text[:400]}")
        for event in coming.order_by("begins_at", "pk")[:ITEMS_MAX]
    ]


declare_shelf(Shelf(Shared.EVENTS, _items, Scope.EVENTS_JOIN, "villages/{village}/events"))
