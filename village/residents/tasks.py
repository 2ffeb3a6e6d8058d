"""What must happen to residents on a clock, and what is written in the background."""

from __future__ import annotations

from uuid import UUID

import structlog
from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from village.core.actor import SYSTEM
from village.residents import erasing, exporting, retaining

log = structlog.get_logger(__name__)


@shared_task
def finish_erasures() -> int:
    """Let go of what those who were erased have left; give their number."""
    return erasing.finish_due_erasures(at=timezone.now())


@shared_task
def write_export(export_id: str) -> bool:
    """Write a file that somebody has just asked for."""
    return exporting.write_export(by=SYSTEM, export_id=UUID(export_id), at=timezone.now())


@shared_task
def write_due_exports() -> int:
    """Write the files that no nudge reached; give their number."""
    return exporting.write_due_exports(at=timezone.now())


@shared_task
def let_go() -> dict[str, int]:
    """Let go of what is older than its kind is kept; give the number of each kind."""
    return retaining.let_go(at=timezone.now())


def _nudge(export_id: UUID) -> None:
    """Wake a worker; without a broker the clock finds it."""
    try:
        write_export.apply_async((str(export_id),), retry=False)
    except (OperationalError, OSError) as error:
        log.warning("nudge_failed", error=type(error).__name__)


exporting.wakers.append(_nudge)
