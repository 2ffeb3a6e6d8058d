"""What neighbouring villages read of the news."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse

from news import queries
from village.core.actor import Actor, Scope
from village.core.bulletin import ITEMS_MAX, Item
from village.federation.models import Shared
from village.federation.shelves import Shelf, declare_shelf


def _items(by: Actor, village: str, at: datetime) -> Sequence[Item]:
    told = queries.news_of(by, village).order_by("-published_at", "-pk")[:ITEMS_MAX]
    return [
        Item(
            article.title,
            at=article.published_at,
            text=f"{article.outlet.name}: {article.summary}",
            link=reverse("article", args=[village, article.pk]),
        )
        for article in told
    ]


declare_shelf(Shelf(Shared.NEWS, _items, Scope.NEWS_READ, "villages/{village}/news"))
