"""The ground on which the rooms stand: people, trust, journal, nerves, town hall."""

from __future__ import annotations

from village.celery import app as celery_app

__all__ = ["celery_app"]
