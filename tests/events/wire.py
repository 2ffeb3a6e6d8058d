"""What the tests say to the event board over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.test import Client

from events.models import Occurrence
from village.core.actor import Actor

Api = Callable[..., Client]
BOARD = "/api/v1/villages/lindental/events"
JSON = "application/json"


def coffee(now: datetime, **changes: Any) -> dict[str, Any]:
    return {
        "title": "Coffee and cake",
        "text": "Bring your neighbour.",
        "begins_at": (now + timedelta(days=7)).isoformat(),
        "ends_at": (now + timedelta(days=7, hours=2)).isoformat(),
        "place": {"name": "Alte Schule", "lat": 50.015, "lng": 11.508},
        "capacity": 2,
        "publish": True,
    } | changes


def attendance_url(date: Occurrence) -> str:
    return f"/api/v1/occurrences/{date.pk}/attendance"


def acting(by: Actor) -> dict[str, str]:
    return {"X-Acting-For": str(by.mandate_id)}
