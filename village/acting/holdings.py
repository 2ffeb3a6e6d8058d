"""What acting for somebody holds about the two: what was prepared, done and refused."""

from __future__ import annotations

from datetime import datetime

from village.acting.models import AssistedSession, Graduation, PreparedAct, Refusal, Statement
from village.journal.holdings import Holding, Retention, declare_retention

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
_SESSION = (
    "id",
    "village",
    "created_at",
    "place",
    "purpose",
    "proof",
    "starts_at",
    "ends_at",
    "ended_at",
)
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
Holding(
    "acting.graduations",
    of=Graduation,
    person="mandate__person",
    shows=("id", "village", "created_at", "mandate", "scope"),
    kept="as long as its mandate; erasing deletes them",
)
_REFUSAL = ("mandate", "code", "day", "times", "last_at")
Holding(
    "acting.refused_to_her",
    of=Refusal,
    person="who",
    shows=_REFUSAL,
    kept="half a year; erasing deletes them",
)
Holding(
    "acting.refused_about_her",
    of=Refusal,
    person="mandate__person",
    shows=_REFUSAL,
    kept="half a year; erasing deletes them",
)


def _let_go_of_refusals(before: datetime) -> int:
    return Refusal.objects.filter(last_at__lt=before).delete()[0]


declare_retention(
    Retention("acting.refusals", 182, _let_go_of_refusals, "coordinators look back thirty days")
)
