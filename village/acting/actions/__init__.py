"""The verbs of acting in somebody's name."""

from __future__ import annotations

from village.acting.actions.preparing import carry_out, drop, prepare

__all__ = ["carry_out", "drop", "prepare"]
