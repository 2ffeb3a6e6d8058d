"""Whom the rides tell, and in which words."""

from __future__ import annotations

from carpool.notices import bookings, feedback, matches, rides

__all__ = ["bookings", "feedback", "matches", "rides"]
