"""What the clock does for the stewards."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from village.stewardship import actions


@shared_task
def end_roles() -> None:
    """End the roles whose time is over, so that open sockets hear of it."""
    actions.end_over(at=timezone.now())
