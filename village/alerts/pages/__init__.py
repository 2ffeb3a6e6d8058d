"""Warnings in a browser, and for the world."""

from __future__ import annotations

from village.alerts.pages.outside import show_atom, show_document, show_latest

__all__ = ["show_atom", "show_document", "show_latest"]
