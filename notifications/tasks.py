"""When people are told: after every fact that has a notice, and whenever letters are due."""

from __future__ import annotations

from functools import partial
from typing import cast

import structlog
from celery import Task, shared_task
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from notifications import actions, post
from village.core.actor import SYSTEM
from village.journal.notices import is_emergency, told_facts
from village.journal.readers import Recorded, after, after_any
from village.journal.tasks import EMERGENCIES
from village.residents.facts import ResidentBlocked
from village.residents.queries import blocked_with

log = structlog.get_logger(__name__)


@after_any(told_facts)
def tell(recorded: Recorded) -> None:
    """Tell everybody who wants to hear of a fact."""
    actions.tell(by=SYSTEM, recorded=recorded, at=timezone.now())
    if is_emergency(type(recorded.fact)):
        transaction.on_commit(partial(_nudge, send_emergencies, queue=EMERGENCIES))
    else:
        transaction.on_commit(partial(_nudge, send_due))


@after(ResidentBlocked)
def take_back_between(recorded: Recorded) -> None:
    """Take back what two who are not to meet were told of each other."""
    fact = cast(ResidentBlocked, recorded.fact)
    if fact.blocked_id in blocked_with(fact.blocker_id):
        actions.take_back_between(by=SYSTEM, one=fact.blocker_id, other=fact.blocked_id)


@shared_task
def send_due() -> int:
    """Tell large audiences and carry what is due; give the number of letters sent."""
    post.tell_large_audiences()
    return post.carry_due()


@shared_task
def send_emergencies() -> int:
    """Tell of emergencies and carry nothing else, while others carry the rest."""
    actions.escalate(by=SYSTEM, at=timezone.now())
    post.tell_large_audiences(only_emergencies=True)
    return post.carry_due(only_emergencies=True)


def _nudge(wanted: Task, **lane: str) -> None:
    """Wake a worker for what has just become due; without a broker the clock finds it."""
    try:
        wanted.apply_async(retry=False, expires=5, **lane)
    except (OperationalError, OSError) as error:
        log.warning("nudge_failed", error=type(error).__name__)
