"""When a letter goes out: with the next digest, after the night, in the reader's own zone."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

# Digests come with the breakfast; the weekly one on a Monday.
MORNING = time(8)
_MONDAY = 0


def next_hour(at: datetime) -> datetime:
    """Give the next full hour."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def next_morning(at: datetime, zone: ZoneInfo) -> datetime:
    """Give the next morning of a zone's clocks."""
    return _next(at, MORNING, zone)


def next_monday(at: datetime, zone: ZoneInfo) -> datetime:
    """Give the next Monday morning of a zone's clocks."""
    moment = next_morning(at, zone)
    while moment.astimezone(zone).weekday() != _MONDAY:
        moment = next_morning(moment, zone)
    return moment


def end_of_quiet(at: datetime, begins: time, ends: time, zone: ZoneInfo) -> datetime | None:
    """
    Give the end of the quiet hours that this moment is in, or nothing when it is in none.

    They are half open and may go over midnight: from 22:00 to 7:00 it is quiet at 22:00, and no
    longer at 7:00. Hours that begin when they end are none.
    """
    clock = at.astimezone(zone).time()
    is_quiet = begins <= clock < ends if begins <= ends else clock >= begins or clock < ends
    return _next(at, ends, zone) if is_quiet else None


def _next(at: datetime, clock: time, zone: ZoneInfo) -> datetime:
    day = at.astimezone(zone).date()
    while True:
        # Where summer time skips that hour, the clocks show it nowhere: then it is an hour later.
        moment = datetime.combine(day, clock, zone).astimezone(UTC)
        if moment > at:
            return moment
        day += timedelta(days=1)
