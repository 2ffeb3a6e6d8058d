"""Which rides there are, who looks for one, and which of them fit."""

from __future__ import annotations

from carpool.queries.bookings import (
    booking,
    booking_or_404,
    bookings_visible_to,
    lapsed_bookings,
    meets_exactly,
)
from carpool.queries.matches import matches_for, matches_of, told_match
from carpool.queries.offers import (
    KNOWN_FOR,
    knows_exactly,
    leaving_between,
    offer,
    offer_or_404,
    offers,
    offers_visible_to,
)
from carpool.queries.people import known_by, pairs_with, profile_of
from carpool.queries.requests import (
    request,
    request_or_404,
    requests,
    requests_visible_to,
)
from carpool.queries.stops import cents_per_km, stop, stops_of

__all__ = [
    "KNOWN_FOR",
    "booking",
    "booking_or_404",
    "bookings_visible_to",
    "cents_per_km",
    "known_by",
    "knows_exactly",
    "lapsed_bookings",
    "leaving_between",
    "matches_for",
    "matches_of",
    "meets_exactly",
    "offer",
    "offer_or_404",
    "offers",
    "offers_visible_to",
    "pairs_with",
    "profile_of",
    "request",
    "request_or_404",
    "requests",
    "requests_visible_to",
    "stop",
    "stops_of",
    "told_match",
]
