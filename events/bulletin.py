"""What comes, in the weekly bulletin."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from events import queries
from village.core.bulletin import ITEMS_MAX, Item, Section, declare_section


def _items(village: str, begins: datetime, ends: datetime) -> Sequence[Item]:
    return [
        Item(
            date.event.title,
            at=date.begins_at,
            text=date.event.place_name,
            link=f"/events/{date.event_id}",
        )
        for date in queries.dates_between(village, begins, ends)[:ITEMS_MAX]
    ]


declare_section(Section("events", 2, _("What comes"), _items))
