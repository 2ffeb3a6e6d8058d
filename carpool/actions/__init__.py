"""The verbs of carpooling: the only code that changes a ride, a request or a booking."""

from __future__ import annotations

from carpool.actions.bookings import (
    AlreadyBooked,
    BookingSettled,
    RideFull,
    answer_booking,
    book_seats,
    cancel_booking,
)
from carpool.actions.leaving import end_bookings_between, end_rides
from carpool.actions.offers import RideGone, RideOff, cancel_offer, offer_ride
from carpool.actions.requests import RequestClosed, ask_for_ride, withdraw_request

__all__ = [
    "AlreadyBooked",
    "BookingSettled",
    "RequestClosed",
    "RideFull",
    "RideGone",
    "RideOff",
    "answer_booking",
    "ask_for_ride",
    "book_seats",
    "cancel_booking",
    "cancel_offer",
    "end_bookings_between",
    "end_rides",
    "offer_ride",
    "withdraw_request",
]
