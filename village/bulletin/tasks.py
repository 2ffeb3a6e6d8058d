"""What the clock does for the bulletin."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from village.bulletin import actions
from village.core.actor import SYSTEM


@shared_task
def publish_due() -> int:
    """Bring out the bulletins that are due."""
    return actions.publish_due(by=SYSTEM, at=timezone.now())
