"""How long it is remembered that a bulletin came out; it holds nothing about anybody."""

from __future__ import annotations

from datetime import datetime

from village.bulletin.models import Bulletin
from village.journal.holdings import Retention, declare_retention


def _let_go(before: datetime) -> int:
    return Bulletin.objects.filter(created_at__lt=before).delete()[0]


declare_retention(Retention("bulletin.bulletins", 60, _let_go, "until nobody reads it any more"))
