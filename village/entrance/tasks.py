"""What the entrance forgets by the clock."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from village.entrance import actions


@shared_task
def tidy() -> int:
    """Forget codes that nobody shows any more, and the wrong tries of long ago."""
    at = timezone.now()
    return actions.forget_introductions(at) + actions.forget_wrong_pins(at)
