"""
The ledger's chain: each act that a helper did, bound to all that were done before it.

Each village has one chain. A link is the SHA-256 of the link before it, the entry's number and
the digest of what the entry says; so nobody can change, drop, add or reorder one entry without
changing every link after it, the tip that ``ledger tips`` prints, and the statements on which
that tip stands.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

# What comes before the first link.
ORIGIN = bytes(32)


def digest(
    *,
    village: str,
    kind: str,
    data: Mapping[str, Any],
    principal_id: UUID,
    helper_id: UUID | None,
    mandate_id: UUID | None,
    at: datetime,
) -> bytes:
    """Give the 32 bytes that stand for what an entry says, whichever database keeps it."""
    said = [
        village,
        kind,
        data,
        str(principal_id),
        str(helper_id),
        str(mandate_id),
        at.astimezone(UTC).isoformat(timespec="microseconds"),
    ]
    return sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).digest()


def link(before: bytes, number: int, said: bytes) -> bytes:
    """Bind an entry to those before it; PostgreSQL does the same in ``journal_append``."""
    return sha256(before + number.to_bytes(8, "big") + said).digest()
