"""The verbs of acting in somebody's name."""

from __future__ import annotations

from village.acting.actions.graduations import suggest_graduation
from village.acting.actions.preparing import carry_out, drop, prepare
from village.acting.actions.refusals import count_refusal
from village.acting.actions.sessions import begin_session, close_session, end_session
from village.acting.actions.statements import make_statement

__all__ = [
    "begin_session",
    "carry_out",
    "close_session",
    "count_refusal",
    "drop",
    "end_session",
    "make_statement",
    "prepare",
    "suggest_graduation",
]
