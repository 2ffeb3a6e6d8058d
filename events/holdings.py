"""What the event board holds about a person."""

from __future__ import annotations

from datetime import datetime

from events import facts
from events.models import Attendance, Event
from village.journal.holdings import Gone, Holding, Retention, Rows, declare_retention


def _forget_events(rows: Rows, gone: Gone) -> None:
    for event in rows.only("pk", "village_id", "published_at"):
        for date in event.occurrences.prefetch_related("attendances"):
            gone.ids.add(str(date.pk))
            gone.ids.update(str(each.pk) for each in date.attendances.all())
        if event.published_at is not None:
            gone.facts.append(facts.EventErased(village=event.village_id, event_id=event.pk))
    rows.delete()


Holding(
    "events.attendances",
    of=Attendance,
    person="resident",
    shows=(
        "id",
        "village",
        "created_at",
        "occurrence",
        "occurrence__event__title",
        "party_size",
        "needs_lift",
        "status",
        "via_helper",
    ),
    kept="a year after the date; erasing withdraws what is to come and deletes all",
)
Holding(
    "events.events",
    of=Event,
    person="organiser",
    shows=(
        "id",
        "village",
        "created_at",
        "title",
        "text",
        "begins_at",
        "ends_at",
        "place_name",
        "place_lat",
        "place_lng",
        "capacity",
        "status",
        "published_at",
        "via_helper",
    ),
    kept="as long as the board; erasing calls off what is to come and deletes all",
    erase=_forget_events,
)


def _let_go(before: datetime) -> int:
    return Attendance.objects.filter(occurrence__ends_at__lt=before).delete()[0]


declare_retention(
    Retention("events.attendances", 365, _let_go, "who came; that there was a date stays")
)
