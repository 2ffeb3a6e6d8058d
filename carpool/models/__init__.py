"""Rides offered, rides looked for, and the bookings that join them."""

from __future__ import annotations

from carpool.models.bookings import (
    ACTIVE,
    AGREED,
    Booking,
    BookingQuerySet,
    BookingStatus,
)
from carpool.models.feedback import Feedback, FeedbackKind
from carpool.models.index import IndexedRide, RideCell
from carpool.models.journeys import Journey, about, columns
from carpool.models.matches import Match
from carpool.models.nights import Night
from carpool.models.offers import (
    OfferStatus,
    RideCall,
    RideOffer,
    RideOfferQuerySet,
    written_via,
)
from carpool.models.partners import PartnerBooking, PartnerMessage, PartnerTraveller
from carpool.models.people import Acquaintance, RideProfile
from carpool.models.requests import Leg, RequestStatus, RideRequest, RideRequestQuerySet
from carpool.models.series import OfferSeries, RequestSeries, Series
from carpool.models.stops import RideRules, Stop, StopKind

__all__ = [
    "ACTIVE",
    "AGREED",
    "Acquaintance",
    "Booking",
    "BookingQuerySet",
    "BookingStatus",
    "Feedback",
    "FeedbackKind",
    "IndexedRide",
    "Journey",
    "Leg",
    "Match",
    "Night",
    "OfferSeries",
    "OfferStatus",
    "PartnerBooking",
    "PartnerMessage",
    "PartnerTraveller",
    "RequestSeries",
    "RequestStatus",
    "RideCall",
    "RideCell",
    "RideOffer",
    "RideOfferQuerySet",
    "RideProfile",
    "RideRequest",
    "RideRequestQuerySet",
    "RideRules",
    "Series",
    "Stop",
    "StopKind",
    "about",
    "columns",
    "written_via",
]
