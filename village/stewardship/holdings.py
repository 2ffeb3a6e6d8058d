"""What stewardship holds about a person: the keys by which a machine speaks, as digests."""

from __future__ import annotations

from village.journal.holdings import Holding
from village.stewardship.models import ApiKey

Holding(
    "stewardship.keys",
    of=ApiKey,
    person="machine",
    shows=("id", "village", "created_at", "name", "role", "scopes", "last_used_at", "ended_at"),
    kept="as long as the machine that speaks by it; erasing deletes it",
)
