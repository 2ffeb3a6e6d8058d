"""The time in which somebody acts for somebody else, what she prepares, and what is refused her."""

from __future__ import annotations

from village.acting.models.graduations import Graduation
from village.acting.models.prepared import KEPT_FOR, PreparedAct, WaitsFor
from village.acting.models.refusals import COUNTED_UP_TO, Refusal
from village.acting.models.sessions import LASTS, AssistedSession, Place, Proof
from village.acting.models.statements import Statement

__all__ = [
    "COUNTED_UP_TO",
    "KEPT_FOR",
    "LASTS",
    "AssistedSession",
    "Graduation",
    "Place",
    "PreparedAct",
    "Proof",
    "Refusal",
    "Statement",
    "WaitsFor",
]
