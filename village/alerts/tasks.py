"""What the clock does for warnings."""

from __future__ import annotations

import random
from uuid import UUID

import structlog
from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from village.alerts import actions, pull, queries
from village.core.actor import SYSTEM

log = structlog.get_logger(__name__)


@shared_task
def pull_due_sources() -> int:
    """Have each source that is due pulled; give their number. Asked twice, it is pulled once."""
    begun = 0
    for feed_id in queries.due(timezone.now()).order_by("due_at").values_list("pk", flat=True):
        try:
            pull_source.apply_async((str(feed_id),), retry=False)
            begun += 1
        except (OperationalError, OSError) as error:
            log.warning("nudge_failed", error=type(error).__name__)
    return begun


@shared_task
def pull_source(feed_id: str) -> None:
    """Pull one source, unless somebody else is at it."""
    # Jitter is no secret, only spread.
    pull.pull_source(UUID(feed_id), at=timezone.now(), jitter=random.random())


@shared_task
def forget_answers() -> int:
    """Forget who answered what in roll calls that are long over."""
    return actions.forget_answers(by=SYSTEM, at=timezone.now())


@shared_task
def end_over() -> int:
    """End what is over, so that it leaves the screens."""
    return actions.end_over(by=SYSTEM, at=timezone.now())
