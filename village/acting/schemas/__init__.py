"""How acting for somebody looks on the wire."""

from __future__ import annotations
