"""The town hall in a browser."""

from __future__ import annotations

from village.messaging.pages.cases import (
    case,
    cases,
    desk,
    move_on,
    open_case,
    refer,
    write_message,
)
from village.messaging.pages.defects import (
    defect,
    defects,
    name_defects,
    photo,
    report_defect,
    show_photo,
)

__all__ = [
    "case",
    "cases",
    "defect",
    "defects",
    "desk",
    "move_on",
    "name_defects",
    "open_case",
    "photo",
    "refer",
    "report_defect",
    "show_photo",
    "write_message",
]
