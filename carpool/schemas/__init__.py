"""How rides, requests, matches and bookings look on the wire."""

from __future__ import annotations

from carpool.schemas.benches import BenchKeyOut, TakeIn, WaitIn
from carpool.schemas.bookings import BookingIn, BookingOut, TripOut, booking_out
from carpool.schemas.ends import EndIn, EndOut, end_out, place
from carpool.schemas.feedback import FeedbackIn, FeedbackOut, feedback_out
from carpool.schemas.journeys import (
    FollowedOfferOut,
    OfferChangeIn,
    OfferIn,
    OfferOut,
    RequestIn,
    RequestOut,
    RidesQuery,
    TravellerOut,
    offer_out,
    request_out,
    terms,
)
from carpool.schemas.matches import MatchOut, ToldMatchOut, matches_out, told_match_out
from carpool.schemas.savings import SavedOut, SavingsOut, savings_out
from carpool.schemas.series import (
    DayIn,
    OfferSeriesIn,
    RequestSeriesIn,
    SeriesOut,
    pattern,
    series_out,
)
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
    "BenchKeyOut",
    "BookingIn",
    "BookingOut",
    "DayIn",
    "EndIn",
    "EndOut",
    "FeedbackIn",
    "FeedbackOut",
    "FollowedOfferOut",
    "MatchOut",
    "OfferChangeIn",
    "OfferIn",
    "OfferOut",
    "OfferSeriesIn",
    "ProfileIn",
    "ProfileOut",
    "RequestIn",
    "RequestOut",
    "RequestSeriesIn",
    "RidesQuery",
    "RulesIn",
    "RulesOut",
    "SavedOut",
    "SavingsOut",
    "SeriesOut",
    "StopIn",
    "StopOut",
    "TakeIn",
    "ToldMatchOut",
    "TravellerOut",
    "TripOut",
    "WaitIn",
    "booking_out",
    "end_out",
    "feedback_out",
    "matches_out",
    "offer_out",
    "pattern",
    "place",
    "profile_out",
    "request_out",
    "savings_out",
    "series_out",
    "stop_out",
    "terms",
    "told_match_out",
]
