"""Whom the rides tell, and in which words."""

from __future__ import annotations

from carpool.notices import bookings, matches, rides

__all__ = ["bookings", "matches", "rides"]
