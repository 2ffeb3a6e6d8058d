"""One way of writing JSON: over HTTP, on sockets, and where an answer is compared with itself."""

from __future__ import annotations

from typing import Any

import orjson


def dump(value: Any) -> bytes:
    """Write a value; moments in UTC end in Z, everywhere alike (RFC 3339)."""
    return orjson.dumps(value, option=orjson.OPT_UTC_Z)
