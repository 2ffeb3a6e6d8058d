"""What somebody does for somebody else, and has yet to be agreed to."""

from __future__ import annotations

from village.acting.models.prepared import KEPT_FOR, PreparedAct, WaitsFor

__all__ = ["KEPT_FOR", "PreparedAct", "WaitsFor"]
