"""How rides, requests, matches and bookings look on the wire."""

from __future__ import annotations

from carpool.schemas.bookings import BookingIn, BookingOut, booking_out
from carpool.schemas.journeys import (
    EndIn,
    EndOut,
    FollowedOfferOut,
    OfferIn,
    OfferOut,
    RequestIn,
    RequestOut,
    RidesQuery,
    TravellerOut,
    end_out,
    offer_out,
    place,
    request_out,
    terms,
)
from carpool.schemas.matches import MatchOut, ToldMatchOut, match_out, told_match_out
from carpool.schemas.stops import (
    ProfileIn,
    ProfileOut,
    RulesIn,
    RulesOut,
    StopIn,
    StopOut,
    profile_out,
    stop_out,
)

__all__ = [
    "BookingIn",
    "BookingOut",
    "EndIn",
    "EndOut",
    "FollowedOfferOut",
    "MatchOut",
    "OfferIn",
    "OfferOut",
    "ProfileIn",
    "ProfileOut",
    "RequestIn",
    "RequestOut",
    "RidesQuery",
    "RulesIn",
    "RulesOut",
    "StopIn",
    "StopOut",
    "ToldMatchOut",
    "TravellerOut",
    "booking_out",
    "end_out",
    "match_out",
    "offer_out",
    "place",
    "profile_out",
    "request_out",
    "stop_out",
    "terms",
    "told_match_out",
]
