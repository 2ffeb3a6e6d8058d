"""How warnings look on the wire."""

from __future__ import annotations

from village.alerts.schemas.alerts import (
    AlertCancelIn,
    AlertDraftOut,
    AlertIn,
    AlertOut,
    AlertTemplateOut,
    show_alert,
    show_draft,
    show_template,
)
from village.alerts.schemas.rollcalls import (
    AnswerIn,
    MyRollCallOut,
    RollCallAnswerOut,
    RollCallFiguresOut,
    RollCallIn,
    RollCallOut,
    UnaccountedOut,
    show_answer,
    show_mine,
    show_roll_call,
    show_unaccounted,
)
from village.alerts.schemas.sources import AlertSourceIn, AlertSourceOut, show_source

__all__ = [
    "AlertCancelIn",
    "AlertDraftOut",
    "AlertIn",
    "AlertOut",
    "AlertSourceIn",
    "AlertSourceOut",
    "AlertTemplateOut",
    "AnswerIn",
    "MyRollCallOut",
    "RollCallAnswerOut",
    "RollCallFiguresOut",
    "RollCallIn",
    "RollCallOut",
    "UnaccountedOut",
    "show_alert",
    "show_answer",
    "show_draft",
    "show_mine",
    "show_roll_call",
    "show_source",
    "show_template",
    "show_unaccounted",
]
