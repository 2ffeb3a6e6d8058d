"""Telling the reactions: nudged after each commit, swept for whatever a nudge did not reach."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import structlog
from celery import shared_task
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import OperationalError

from village.core.idempotency import forget_old_answers
from village.journal import queries, readers, retention
from village.journal.models import Reading
from village.journal.notices import is_emergency
from village.journal.readers import Recorded

log = structlog.get_logger(__name__)
# A reaction that is not done by then is given to somebody else: it crashed, or it hangs.
LEASE = timedelta(seconds=60)
EMERGENCIES = "emergencies"
RETRY_AFTER = (5, 30, 120, 600, 3600)
SWEEP_AT_ONCE = 200
READINGS_KEPT = timedelta(days=7)


def nudge(recorded: Sequence[Recorded]) -> None:
    """Wake a worker for each fresh entry; without a broker the sweep finds them."""
    try:
        for each in recorded:
            if readers.reactions_to(type(each.fact)):
                lane = {"queue": EMERGENCIES} if is_emergency(type(each.fact)) else {}
                read_entry.apply_async((each.entry_id,), retry=False, **lane)
    except (OperationalError, OSError) as error:
        log.warning("nudge_failed", error=type(error).__name__)


@shared_task
def read_entry(entry_id: int) -> None:
    """Tell every reaction that still has to hear of an entry."""
    for reading in Reading.objects.filter(entry_id=entry_id, done_at=None):
        _tell(reading)


@shared_task
def sweep() -> int:
    """Tell the reactions that nobody told in time; give their number."""
    due = Reading.objects.filter(done_at=None, due_at__lte=timezone.now()).order_by("due_at")
    return sum(_tell(reading) for reading in due[:SWEEP_AT_ONCE])


@shared_task
def tidy() -> None:
    """Let go of what is over: frames that nobody can resume from, kept answers, told readings."""
    now = timezone.now()
    retention.trim(at=now)
    forget_old_answers()
    Reading.objects.filter(done_at__lt=now - READINGS_KEPT).delete()
    # A newer process would have told them by now: whoever they were for is gone for good.
    unknown = Reading.objects.exclude(reader__in=readers.known_reactions())
    unknown.filter(done_at=None, entry__at__lt=now - READINGS_KEPT).delete()


def _tell(reading: Reading) -> bool:
    """Lease a reading, call its reaction, and keep what came of it."""
    now = timezone.now()
    leased = Reading.objects.filter(
        pk=reading.pk, done_at=None, due_at__lte=now, tries=reading.tries
    ).update(due_at=now + LEASE, tries=F("tries") + 1)
    if not leased:
        return False
    reaction = readers.reaction(reading.reader)
    try:
        # The effect and the mark that it was made: both, or neither.
        with transaction.atomic():
            if reaction is None:
                raise LookupError("no such reaction in this process; a newer one may have it")
            reaction.react(queries.recorded(reading.entry))
            Reading.objects.filter(pk=reading.pk).update(done_at=timezone.now(), last_error="")
    except Exception as error:
        log.exception("reaction_failed", reader=reading.reader, entry=reading.entry_id)
        wait = RETRY_AFTER[min(reading.tries, len(RETRY_AFTER) - 1)]
        Reading.objects.filter(pk=reading.pk).update(
            due_at=timezone.now() + timedelta(seconds=wait), last_error=repr(error)[:300]
        )
        return False
    return True
