"""The ways a letter leaves the village; none of them knows a table."""

from __future__ import annotations
