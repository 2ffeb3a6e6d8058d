"""How assisted mode looks on the wire."""

from __future__ import annotations
