"""How long another server asks us to wait."""

from __future__ import annotations

import re
from datetime import UTC
from email.utils import parsedate_to_datetime


def seconds_to_wait(header: str, *, now: float, at_most: float) -> float | None:
    """
    Read a Retry-After header (RFC 9110, section 10.2.3: a number of seconds, or a date).

    ``now`` is in seconds since 1970. What is neither a number nor a date gives ``None``.
    """
    if re.fullmatch(r"[0-9]{1,9}", header):
        return min(float(header), at_most)
    try:
        date = parsedate_to_datetime(header)
        seconds = date.replace(tzinfo=date.tzinfo or UTC).timestamp() - now
    except (ValueError, OverflowError):
        return None
    return min(max(0.0, seconds), at_most)
