"""What the news has to say in the weekly bulletin."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from news import queries
from village.core.bulletin import ITEMS_MAX, Item, Section, declare_section


def _items(village: str, begins: datetime, ends: datetime) -> Sequence[Item]:
    told = queries.published_in(village).filter(published_at__gte=begins, published_at__lt=ends)
    return [
        Item(article.title, text=article.summary, link=article.path)
        for article in told.order_by("-published_at", "-pk")[:ITEMS_MAX]
    ]


declare_section(Section("news", 1, _("What happened"), _items, looks_back=True))
