"""What neighbouring villages read of the rides: those for everybody, to about a kilometre."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import ngettext

from carpool import queries
from carpool.schemas import offer_out
from village.core.actor import Actor, Scope
from village.core.bulletin import ITEMS_MAX, Item
from village.federation.models import Shared
from village.federation.shelves import Shelf, declare_shelf


def _items(by: Actor, village: str, at: datetime) -> Sequence[Item]:
    rides = queries.offers_to_read(by, village, mine=False, at=at)
    told = [offer_out(each) for each in rides.order_by("departs_at", "pk")[:ITEMS_MAX]]
    return [
        Item(
            f"{each.from_.name} – {each.to.name}",
            at=each.departs_at,
            text=ngettext("%(number)s seat", "%(number)s seats", each.seats_left)
            % {"number": each.seats_left},
        )
        for each in told
    ]


declare_shelf(Shelf(Shared.RIDES, _items, Scope.RIDES_REQUEST))
