"""How the sources of warnings look on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from village.alerts.models import AlertFeed, FeedStatus
from village.core.schemas import In, Line, Out


class AlertSourceIn(In):
    """
    Another authority whose warnings the village hears, by a CAP 1.2 message or a feed of them.

    ``codes`` are the geocodes by which it knows this village. What a ``trusted`` one sends is told
    to the village at once.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "name": "Flood service",
                "url": "https://warnings.example.org/cap.atom",
                "codes": ["094770000000"],
                "trusted": False,
            }
        },
    )

    name: Annotated[Line, StringConstraints(max_length=120)]
    url: Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00-\x20]+$")]
    codes: Annotated[list[Annotated[Line, StringConstraints(max_length=60)]], Field(max_length=50)]
    trusted: bool


class AlertSourceOut(Out):
    """Another authority whose warnings the village hears, and how it answers."""

    id: UUID
    village: str
    created_at: datetime
    name: str
    url: str
    codes: list[str]
    trusted: bool
    status: FeedStatus
    last_error: str
    pulled_at: datetime | None
    due_at: datetime


def show_source(feed: AlertFeed) -> AlertSourceOut:
    """Show a source."""
    return AlertSourceOut(
        id=feed.pk,
        village=feed.village_id,
        created_at=feed.created_at,
        name=feed.name,
        url=feed.url,
        codes=feed.codes,
        trusted=feed.is_trusted,
        status=FeedStatus(feed.status),
        last_error=feed.last_error,
        pulled_at=feed.pulled_at,
        due_at=feed.due_at,
    )
