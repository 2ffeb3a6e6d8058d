"""The web face of acting for somebody."""

from __future__ import annotations
