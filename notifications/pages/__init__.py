"""The web face of telling people: what one was told, and what is said and carried by hand."""

from __future__ import annotations
