"""How many letters may go by a way now: a bucket that all workers share, below the quota."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import F

from notifications.models import Throttle, Way

# A bucket holds what fills it in so many seconds.
BURST_SECONDS = 10.0


def tokens_for(way: Way, at: datetime) -> tuple[Throttle | None, int]:
    """
    Give the bucket of a way as it is filled now, and the whole tokens in it.

    It is not locked, so that workers lease side by side: together they may take a batch each too
    much, for which the others wait longer. A way without a quota has no bucket.
    """
    per_minute = settings.LETTERS_PER_MINUTE.get(way.value)
    if per_minute is None:
        return None, 0
    most = max(1.0, per_minute * BURST_SECONDS / 60)
    full = Throttle(way=way, tokens=most, filled_at=at)
    bucket = Throttle.objects.filter(pk=way).first() or full
    seconds = max(0.0, (at - bucket.filled_at).total_seconds())
    bucket.tokens = min(most, bucket.tokens + seconds * per_minute / 60)
    return bucket, max(0, int(bucket.tokens))


def take(bucket: Throttle, number: int, at: datetime) -> None:
    """Take tokens out; emergencies may take more than there are, and others then wait longer."""
    as_read = Throttle.objects.filter(pk=bucket.pk, filled_at=bucket.filled_at)
    left = bucket.tokens - number
    filled_at = max(at, bucket.filled_at)
    if as_read.update(tokens=left, filled_at=filled_at):
        return
    # Somebody else has filled it meanwhile: it is filled once. Or there was none yet.
    if not Throttle.objects.filter(pk=bucket.pk).update(tokens=F("tokens") - number):
        first = Throttle(way=bucket.way, tokens=left, filled_at=filled_at)
        Throttle.objects.bulk_create([first], ignore_conflicts=True)
