"""What acting for somebody holds about her: what was prepared in her name."""

from __future__ import annotations

from village.acting.models import PreparedAct
from village.journal.holdings import Holding

Holding(
    "acting.prepared_for_her",
    of=PreparedAct,
    person="mandate__person",
    shows=("id", "village", "created_at", "waits_for", "scope", "settled_at", "is_done"),
    kept="while its mandate is; erasing deletes them",
)
Holding(
    "acting.prepared_by_her",
    of=PreparedAct,
    person="volunteer",
    shows=("id", "village", "created_at", "waits_for", "scope", "settled_at", "is_done"),
    kept="while its mandate is; erasing deletes them",
)
