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

__all__ = [
    "GRAVE",
    "Alert",
    "AlertFeed",
    "AlertQuerySet",
    "FeedStatus",
    "Heard",
    "Stage",
]
