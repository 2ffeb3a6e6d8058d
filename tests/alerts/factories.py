"""Warnings for tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from village.alerts import actions, composing
from village.alerts.cap import MsgType
from village.alerts.models import Alert, AlertFeed, RollCall, Stage
from village.alerts.wordings import TEMPLATES
from village.residents.models import Resident

FLOOD = TEMPLATES["flood"]


def danger(at: datetime, **said: Any) -> actions.Danger:
    """Give the flood of the template, for six hours."""
    what: dict[str, Any] = {
        "category": FLOOD.category,
        "response": FLOOD.response,
        "urgency": FLOOD.urgency,
        "severity": FLOOD.severity,
        "certainty": FLOOD.certainty,
        "texts": FLOOD.texts,
        "expires_at": at + timedelta(hours=6),
    }
    return actions.Danger(**(what | said))


def make_draft(
    village: str, *, at: datetime, drafted_by: Resident | None = None, **said: Any
) -> Alert:
    """Make a draft that waits for a second person."""
    id = uuid4()
    what: dict[str, Any] = {
        "identifier": str(id),
        "sender": composing.sender_of(village),
        "sent_at": composing.to_the_second(at),
        "msg_type": MsgType.ALERT.value,
        "category": FLOOD.category.value,
        "response": FLOOD.response.value,
        "urgency": FLOOD.urgency.value,
        "severity": FLOOD.severity.value,
        "certainty": FLOOD.certainty.value,
        "expires_at": composing.to_the_second(at) + timedelta(hours=6),
        "texts": FLOOD.texts,
        "area_name": "By the mill",
        "created_at": at,
    }
    return Alert.objects.create(id=id, village_id=village, drafted_by=drafted_by, **(what | said))


def make_alert(village: str, *, at: datetime, **said: Any) -> Alert:
    """Make an alert in force."""
    made = make_draft(village, at=at, **said)
    made.stage, made.released_at = Stage.RELEASED, at
    made.document = composing.write(made, made.village).decode()
    made.save()
    return made


def make_roll_call(village: str, *, at: datetime, **said: Any) -> RollCall:
    """Ask everybody of a village."""
    what: dict[str, Any] = {"forget_at": at + timedelta(days=14), "created_at": at}
    return RollCall.objects.create(village_id=village, **(what | said))


def make_source(url: str, *, at: datetime, village: str = "lindental", **said: Any) -> AlertFeed:
    """Make a source that is due."""
    what: dict[str, Any] = {"name": "Flood service", "due_at": at, "created_at": at}
    return AlertFeed.objects.create(village_id=village, url=url, **(what | said))
