"""Rides over HTTP."""

from __future__ import annotations

from carpool.api import bookings, offers, requests, series, stops
from carpool.api.addresses import router

__all__ = ["bookings", "offers", "requests", "router", "series", "stops"]
