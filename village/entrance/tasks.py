"""What the entrance does by the clock, and sends in the background."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from village.entrance import actions
from village.entrance.actions import texting

log = structlog.get_logger(__name__)


@shared_task
def tidy() -> int:
    """Forget codes that nobody shows any more, ways back that are closed, and old wrong tries."""
    at = timezone.now()
    forgotten = actions.forget_introductions(at) + actions.forget_recoveries(at)
    return forgotten + actions.forget_wrong_pins(at)


@shared_task
def send_text(message_id: int) -> bool:
    """Send a code that somebody has just asked for."""
    return actions.send_text(message_id, timezone.now())


@shared_task
def send_due_texts() -> int:
    """Send the codes that no nudge reached."""
    return actions.send_due_texts(timezone.now())


def _nudge(message_id: int) -> None:
    """Wake a worker; without a broker the clock finds it."""
    try:
        send_text.apply_async((message_id,), retry=False)
    except (OperationalError, OSError) as error:
        log.warning("nudge_failed", error=type(error).__name__)


texting.wakers.append(_nudge)
