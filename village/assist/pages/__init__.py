"""The web face of assisted mode."""

from __future__ import annotations
