"""How long a stream can be resumed: a week or ten thousand frames, whichever is less."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from village.journal.models import Stream, StreamEntry

KEPT_FOR = timedelta(days=7)
KEPT_FRAMES = 10_000
BATCH = 1000


def trim(*, at: datetime) -> int:
    """
    Let go of the frames that no client can ask for any more; give their number.

    The entries stay in the journal: only their numbers in the streams go.
    """
    # All are known before the first is trimmed: on SQLite a read that is still open keeps the
    # moment at which it began, and whoever then writes is refused at once.
    ids = list(Stream.objects.order_by("pk").values_list("pk", flat=True))
    return sum(_trim(Stream.objects.get(pk=stream), at) for stream in ids)


def _trim(stream: Stream, at: datetime) -> int:
    old = stream.entries.filter(entry__at__lt=at - KEPT_FOR).aggregate(Max("seq"))["seq__max"]
    floor = max(old or 0, stream.last_seq - KEPT_FRAMES)
    if floor <= stream.floor_seq:
        return 0
    # The floor rises first: a client below it is sent to the list, never into a gap.
    Stream.objects.filter(pk=stream.pk, floor_seq__lt=floor).update(floor_seq=floor)
    gone = 0
    while True:
        with transaction.atomic():
            batch = StreamEntry.objects.filter(stream=stream, seq__lte=floor)
            deleted, _ = StreamEntry.objects.filter(
                pk__in=list(batch.order_by("seq").values_list("pk", flat=True)[:BATCH])
            ).delete()
        gone += deleted
        if deleted < BATCH:
            return gone
