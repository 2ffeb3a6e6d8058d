"""What the bulletin of a week says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from village.bulletin.models import Bulletin
from village.core.bulletin import ITEMS_MAX, Item, Section, sections
from village.residents.models import Village

WEEK = timedelta(days=7)
# It comes out on Fridays, before the weekend, when the first people are up.
FRIDAY = 4
HOUR = 6


@dataclass(frozen=True, slots=True)
class Edition:
    """Hold a bulletin: from when until when it looks ahead, and what each room says."""

    village: Village
    begins_at: datetime
    ends_at: datetime
    parts: list[tuple[Section, list[Item]]]


def edition(village: Village, begins_on: date) -> Edition:
    """Give the bulletin for the seven days from a day on, with the news of the seven before."""
    begins = datetime.combine(begins_on, time.min, tzinfo=village.tzinfo)
    ends = begins + WEEK
    parts = []
    for section in sections():
        span = (begins - WEEK, begins) if section.looks_back else (begins, ends)
        items = list(section.items(village.pk, *span))[:ITEMS_MAX]
        if items:
            parts.append((section, items))
    return Edition(village, begins, ends, parts)


def this_week(village: Village, at: datetime) -> date:
    """Give the day from which the newest bulletin looks ahead: the last Friday."""
    local = at.astimezone(village.tzinfo) - timedelta(hours=HOUR)
    return local.date() - timedelta(days=(local.weekday() - FRIDAY) % 7)


def due(at: datetime) -> list[tuple[Village, date]]:
    """Give the villages whose bulletin of this week has not come out yet."""
    weeks = [(village, this_week(village, at)) for village in Village.objects.order_by("pk")]
    out = set(
        Bulletin.objects.filter(begins_on__in={day for _, day in weeks}).values_list(
            "village", "begins_on"
        )
    )
    return [(village, day) for village, day in weeks if (village.pk, day) not in out]


def bulletin(bulletin_id: UUID) -> Bulletin | None:
    """Find a bulletin that has come out."""
    return Bulletin.objects.select_related("village").filter(pk=bulletin_id).first()
