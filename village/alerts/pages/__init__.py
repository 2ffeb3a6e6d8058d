"""Warnings in a browser, and for the world."""

from __future__ import annotations

from village.alerts.pages.outside import show_atom, show_document, show_latest
from village.alerts.pages.rollcalls import close_roll_call, open_roll_call, print_roll, roll_call
from village.alerts.pages.warnings import alert, alerts, compose, decide, follow

__all__ = [
    "alert",
    "alerts",
    "close_roll_call",
    "compose",
    "decide",
    "follow",
    "open_roll_call",
    "print_roll",
    "roll_call",
    "show_atom",
    "show_document",
    "show_latest",
]
