"""The time in which somebody acts for somebody else, and what she has prepared meanwhile."""

from __future__ import annotations

from village.acting.models.prepared import KEPT_FOR, PreparedAct, WaitsFor
from village.acting.models.sessions import LASTS, AssistedSession, Place
from village.acting.models.statements import Statement

__all__ = ["KEPT_FOR", "LASTS", "AssistedSession", "Place", "PreparedAct", "Statement", "WaitsFor"]
