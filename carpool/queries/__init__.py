"""Which rides there are, who looks for one, and which of them fit."""

from __future__ import annotations

from carpool.queries.bookings import (
    booking,
    booking_or_404,
    bookings_visible_to,
    is_kept_apart_on,
    lapsed_bookings,
    meets_exactly,
    partner_booking,
    partner_message,
    partner_messages,
)
from carpool.queries.clock import lifted_to, own_series, running_series, to_be_asked
from carpool.queries.faults import faults
from carpool.queries.feedback import (
    feedback,
    feedback_visible_to,
    moderates_rides,
    readers_of,
)
from carpool.queries.matches import matches_for, matches_of, told_match
from carpool.queries.nights import Market, market_of, nights_due
from carpool.queries.offers import (
    KNOWN_FOR,
    knows_exactly,
    offer,
    offer_or_404,
    offer_to_read,
    offers,
    offers_shown_to,
    offers_to_read,
    offers_visible_to,
    public_rides,
)
from carpool.queries.people import kept_apart_from, known_by, pairs_with, profile_of
from carpool.queries.requests import (
    request,
    request_or_404,
    requests,
    requests_visible_to,
    waited_in_vain,
)
from carpool.queries.savings import FEWEST, first_year, saved_by, saved_in
from carpool.queries.stops import (
    benches_of,
    cents_per_km,
    stop,
    stop_at,
    stops_of,
    usual_stop,
)

__all__ = [
    "FEWEST",
    "KNOWN_FOR",
    "Market",
    "benches_of",
    "booking",
    "booking_or_404",
    "bookings_visible_to",
    "cents_per_km",
    "faults",
    "feedback",
    "feedback_visible_to",
    "first_year",
    "is_kept_apart_on",
    "kept_apart_from",
    "known_by",
    "knows_exactly",
    "lapsed_bookings",
    "lifted_to",
    "market_of",
    "matches_for",
    "matches_of",
    "meets_exactly",
    "moderates_rides",
    "nights_due",
    "offer",
    "offer_or_404",
    "offer_to_read",
    "offers",
    "offers_shown_to",
    "offers_to_read",
    "offers_visible_to",
    "own_series",
    "pairs_with",
    "partner_booking",
    "partner_message",
    "partner_messages",
    "profile_of",
    "public_rides",
    "readers_of",
    "request",
    "request_or_404",
    "requests",
    "requests_visible_to",
    "running_series",
    "saved_by",
    "saved_in",
    "stop",
    "stop_at",
    "stops_of",
    "to_be_asked",
    "told_match",
    "usual_stop",
    "waited_in_vain",
]
