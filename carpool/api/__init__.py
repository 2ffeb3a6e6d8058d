"""Rides over HTTP."""

from __future__ import annotations

from carpool.api import benches, bookings, feedback, offers, requests, savings, series, stops
from carpool.api.addresses import router

__all__ = [
    "benches",
    "bookings",
    "feedback",
    "offers",
    "requests",
    "router",
    "savings",
    "series",
    "stops",
]
