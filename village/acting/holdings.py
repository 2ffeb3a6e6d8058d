"""What acting for somebody holds about her: what was prepared in her name."""

from __future__ import annotations

from village.acting.models import AssistedSession, PreparedAct, Statement
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
_SESSION = ("id", "village", "created_at", "place", "purpose", "starts_at", "ends_at", "ended_at")
Holding(
    "acting.sessions_with_her",
    of=AssistedSession,
    person="mandate__person",
    shows=_SESSION,
    kept="while its mandate is; erasing deletes them",
)
Holding(
    "acting.sessions_she_held",
    of=AssistedSession,
    person="volunteer",
    shows=_SESSION,
    kept="while its mandate is; erasing deletes them",
)
Holding(
    "acting.statements",
    of=Statement,
    person="person",
    shows=("id", "village", "created_at", "begins_at", "ends_at", "acts", "number", "mark"),
    kept="while she is here; erasing deletes them",
)
