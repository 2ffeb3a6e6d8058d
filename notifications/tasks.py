"""When people are told: after every fact that has a notice, and whenever letters are due."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from notifications import actions, post
from village.core.actor import SYSTEM
from village.journal.notices import told_facts
from village.journal.readers import Recorded, after_any

log = structlog.get_logger(__name__)


@after_any(told_facts)
def tell(recorded: Recorded) -> None:
    """Tell everybody who wants to hear of a fact."""
    actions.tell(by=SYSTEM, recorded=recorded, at=timezone.now())
    transaction.on_commit(_nudge)


@shared_task
def send_due() -> int:
    """Tell large audiences and carry what is due; give the number of letters sent."""
    post.tell_large_audiences()
    return post.carry_due()


def _nudge() -> None:
    """Wake a worker for what has just become due; without a broker the clock finds it."""
    try:
        send_due.apply_async(retry=False, expires=5)
    except (OperationalError, OSError) as error:
        log.warning("nudge_failed", error=type(error).__name__)
