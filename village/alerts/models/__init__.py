"""Alerts, feeds, roll calls."""

from __future__ import annotations

from village.alerts.models.alerts import (
    GRAVE,
    Alert,
    AlertFeed,
    AlertQuerySet,
    FeedStatus,
    Heard,
    Stage,
)
from village.alerts.models.rollcalls import Answer, Condition, RollCall, Source

__all__ = [
    "GRAVE",
    "Alert",
    "AlertFeed",
    "AlertQuerySet",
    "Answer",
    "Condition",
    "FeedStatus",
    "Heard",
    "RollCall",
    "Source",
    "Stage",
]
