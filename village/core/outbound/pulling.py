"""When to ask a feed again, and what its answer means."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from village.core.outbound.waiting import seconds_to_wait

USUAL = timedelta(minutes=30)
SOONEST = timedelta(minutes=10)
LATEST = timedelta(days=1)

_DOUBLINGS = 16
_JITTER = 0.1
_LONGEST_DATE = 100
# What may stand in a header field, RFC 9110 section 5.5, without the obsolete bytes above ASCII.
_FIELD = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,510}[\x21-\x7e])?")


class Outcome(StrEnum):
    """What a status of HTTP means to somebody who reads a feed."""

    OK = "ok"
    UNCHANGED = "unchanged"
    MOVED = "moved"
    GONE = "gone"
    TRY_LATER = "try_later"


def outcome(status: int) -> Outcome:
    """Sort a status: a moved feed keeps its new address, a gone one is not asked again."""
    if 200 <= status < 300:
        return Outcome.OK
    match status:
        case 304:
            return Outcome.UNCHANGED
        case 301 | 308:
            return Outcome.MOVED
        case 410:
            return Outcome.GONE
        case _:
            return Outcome.TRY_LATER


def moved_to(hops: Iterable[tuple[int, str]]) -> str | None:
    """
    Return the address to keep after following redirects, given as (status, target) in order.

    Only an unbroken run of permanent ones from the start counts: what comes after a temporary one
    is somebody's decision for today.
    """
    kept = None
    for status, target in hops:
        if outcome(status) is not Outcome.MOVED:
            break
        kept = target
    return kept


def conditional_headers(etag: str, last_modified: str) -> dict[str, str]:
    """
    Ask only for what changed since the answer that carried these two, RFC 9110 section 13.1.

    Both go back as they came, for only the server knows what they mean; a value that is no header
    field, or is endless, is left out.
    """
    fields = {"if-none-match": etag, "if-modified-since": last_modified}
    return {name: value for name, value in fields.items() if _FIELD.fullmatch(value)}


def next_pull(
    at: datetime,
    *,
    status: int | None,
    retry_after: str,
    ttl_minutes: int | None,
    failures: int,
    jitter: float,
    soonest: timedelta = SOONEST,
    latest: timedelta = LATEST,
) -> datetime:
    """
    Say when to ask again after an answer at ``at``; ``status`` is None if there was none.

    ``failures`` counts the answers in a row that were no use, this one included; each doubles the
    wait. The feed's own ``ttl_minutes`` and ``Retry-After`` lengthen it. It is never longer than
    ``latest``, plus up to a tenth by ``jitter`` (0 to 1), so that feeds do not all wake at once.
    """
    wait = max(USUAL if ttl_minutes is None else timedelta(minutes=ttl_minutes), soonest)
    result = Outcome.TRY_LATER if status is None else outcome(status)
    if result is Outcome.GONE:
        wait = latest
    elif result is Outcome.TRY_LATER:
        wait = min(wait, latest) * 2 ** min(max(failures, 0), _DOUBLINGS)
    asked = seconds_to_wait(
        retry_after.strip()[:_LONGEST_DATE], now=at.timestamp(), at_most=latest.total_seconds()
    )
    wait = min(max(wait, timedelta(seconds=asked or 0)), latest)
    return at + wait * (1 + _JITTER * jitter)
