"""Letting go, each night, of what has been kept for as long as its kind is kept."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from prometheus_client import Counter, Gauge

from village.journal.holdings import retentions

log = structlog.get_logger(__name__)
LET_GO = Counter("village_retention_let_go_total", "What was let go of, by kind.", ["kind"])
LAST = Gauge(
    "village_retention_last_run_seconds", "When retention last ran to its end, in Unix time."
)


def let_go(*, at: datetime) -> dict[str, int]:
    """Let go of everything that is older than its kind is kept; give the number by kind."""
    gone: dict[str, int] = {}
    for key, retention in retentions.items():
        # Each kind is a transaction of its own: a long one holds up no other.
        with transaction.atomic():
            gone[key] = retention.forget(at - timedelta(days=retention.days))
        LET_GO.labels(key).inc(gone[key])
    LAST.set(at.timestamp())
    log.info("let_go", **gone)
    return gone
