"""The verbs of the town hall: the only code that changes what was brought to it."""

from __future__ import annotations

from village.messaging.actions.cases import (
    CaseIsResolved,
    acknowledge_case,
    open_case,
    refer_case,
    resolve_case,
    write_message,
)
from village.messaging.actions.defects import (
    PhotoLater,
    name_defects,
    report_defect,
    show_photo,
)
from village.messaging.actions.departments import DepartmentKnown, open_department

__all__ = [
    "CaseIsResolved",
    "DepartmentKnown",
    "PhotoLater",
    "acknowledge_case",
    "name_defects",
    "open_case",
    "open_department",
    "refer_case",
    "report_defect",
    "resolve_case",
    "show_photo",
    "write_message",
]
