"""What must happen to residents on a clock."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from village.residents import erasing


@shared_task
def finish_erasures() -> int:
    """Let go of what those who were erased have left; give their number."""
    return erasing.finish_due_erasures(at=timezone.now())
