"""Nothing: this room tells what the others declare, and has nothing of its own to tell."""

from __future__ import annotations
