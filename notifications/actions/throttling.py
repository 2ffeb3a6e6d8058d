"""How many letters may go by a way now: a bucket that all workers share, below the quota."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from notifications.models import Throttle, Way

# A bucket holds what fills it in so many seconds.
BURST_SECONDS = 10.0


def tokens_for(way: Way, at: datetime) -> tuple[Throttle | None, int]:
    """
    Give the bucket of a way, locked until the transaction ends, and what is in it.

    A way without a quota has no bucket.
    """
    per_minute = settings.LETTERS_PER_MINUTE.get(way.value)
    if per_minute is None:
        return None, 0
    most = max(1.0, per_minute * BURST_SECONDS / 60)
    bucket, _ = Throttle.objects.select_for_update().get_or_create(
        way=way, defaults={"tokens": most, "filled_at": at}
    )
    seconds = max(0.0, (at - bucket.filled_at).total_seconds())
    bucket.tokens = min(most, bucket.tokens + seconds * per_minute / 60)
    bucket.filled_at = max(at, bucket.filled_at)
    return bucket, max(0, int(bucket.tokens))


def take(bucket: Throttle, number: int) -> None:
    """Take tokens out; emergencies may take more than there are, and others then wait longer."""
    bucket.tokens -= number
    bucket.save(update_fields=["tokens", "filled_at"])
