"""How the town hall looks on the wire."""

from __future__ import annotations

from village.messaging.schemas.cases import (
    CaseIn,
    CaseOut,
    DepartmentIn,
    DepartmentOut,
    MessageIn,
    MessageOut,
    ReferralIn,
    badges_of_departments,
    show_case,
    show_cases,
    show_departments,
    show_message,
    show_messages,
)
from village.messaging.schemas.defects import (
    DefectIn,
    DefectKindsIn,
    DefectOut,
    show_defect,
)

__all__ = [
    "CaseIn",
    "CaseOut",
    "DefectIn",
    "DefectKindsIn",
    "DefectOut",
    "DepartmentIn",
    "DepartmentOut",
    "MessageIn",
    "MessageOut",
    "ReferralIn",
    "badges_of_departments",
    "show_case",
    "show_cases",
    "show_defect",
    "show_departments",
    "show_message",
    "show_messages",
]
