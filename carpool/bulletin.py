"""
The rides of the week, for the bulletin.

Only those from stop to stop: nobody's door hangs on the notice board, and no driver's name.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from carpool import queries
from village.core.bulletin import ITEMS_MAX, Item, Section, declare_section


def _items(village: str, begins: datetime, ends: datetime) -> Sequence[Item]:
    return [
        Item(
            f"{ride.from_name} – {ride.to_name}",
            at=ride.departs_at,
            text=ngettext("%(number)s seat", "%(number)s seats", ride.seats_left)
            % {"number": ride.seats_left},
            link=f"/carpool/offers/{ride.pk}",
        )
        for ride in queries.public_rides(village, begins, ends)[:ITEMS_MAX]
    ]


declare_section(Section("carpool", 3, _("Who drives where"), _items))
