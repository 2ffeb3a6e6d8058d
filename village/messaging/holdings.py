"""What the town hall's desk holds about a person: what it was told leaves with her."""

from __future__ import annotations

from datetime import datetime

from village.journal.holdings import (
    ERASED,
    Gone,
    Holding,
    Retention,
    Rows,
    declare_retention,
)
from village.messaging.models import Case, Defect, Message


def _empty_cases(rows: Rows, gone: Gone) -> None:
    # What the clerks answered speaks of her as well.
    said = Message.objects.filter(case__in=rows.values("pk"))
    gone.ids.update(str(pk) for pk in said.values_list("pk", flat=True))
    said.update(text="")
    rows.update(title=ERASED)


def _keep_official_words(rows: Rows, gone: Gone) -> None:
    """Keep what a clerk wrote for her department in other people's cases, without her name."""


Holding(
    "messaging.cases",
    of=Case,
    person="author",
    shows=(
        "id",
        "village",
        "created_at",
        "department__name",
        "category__name",
        "title",
        "status",
        "via_helper",
    ),
    kept="ten years after it was opened; erasing leaves that there was a case, and empties it",
    erase=_empty_cases,
)
Holding(
    "messaging.defects",
    of=Defect,
    person="case__author",
    shows=("case", "case__village", "place", "lat", "lng", "photo__url"),
    kept="as long as their case; erasing deletes where it was, and the photo",
)
Holding(
    "messaging.threads",
    of=Message,
    person="case__author",
    shows=("id", "village", "case", "number", "text", "written_at", "via_helper"),
    kept="as long as their case, and emptied with it",
    erase=_keep_official_words,
)
Holding(
    "messaging.messages",
    of=Message,
    person="author",
    shows=("id", "village", "case", "number", "text", "written_at", "via_helper"),
    kept="as long as their case; what a clerk wrote stays in the case without her name",
    erase=_keep_official_words,
)


def _let_go(before: datetime) -> int:
    return Case.objects.filter(created_at__lt=before).delete()[0]


declare_retention(
    Retention("messaging.cases", 3650, _let_go, "as long as a town hall keeps such files")
)
