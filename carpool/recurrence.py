"""Days that repeat, and moments on the clocks of a zone; this module is pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pattern:
    """Say on which days something repeats; ``weekdays`` counts Monday as 0."""

    weekdays: frozenset[int]
    valid_from: date
    valid_until: date | None = None
    skipped: frozenset[date] = frozenset()
    added: frozenset[date] = frozenset()

    def days(self, first: date, last: date) -> Iterator[date]:
        """Give the days from ``first`` to ``last``, both included, in their order."""
        day = first
        while day <= last:
            if self._takes(day):
                yield day
            day += _DAY

    def _takes(self, day: date) -> bool:
        if day in self.skipped:
            return False
        if day in self.added:
            return True
        within = self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)
        return within and day.weekday() in self.weekdays


def is_skipped(wall: datetime, zone: tzinfo) -> bool:
    """Tell whether the clocks of a zone jump over what a naive ``wall`` shows."""
    there = wall.replace(tzinfo=zone)
    return there.astimezone(UTC).astimezone(zone).replace(tzinfo=None, fold=0) != wall


def moment_on(day: date, clock: time, zone: tzinfo) -> datetime:
    """
    Give the moment, in UTC, at which the clocks of a zone show a time of day.

    What they show twice in autumn is the first of the two. What they jump over in spring is as
    long after midnight as it would have been: 02:30 becomes 03:30 (RFC 5545, 3.3.5).
    """
    return datetime.combine(day, clock.replace(fold=0), tzinfo=zone).astimezone(UTC)
