"""Rides in a browser: who drives, who looks for a ride, and a seat for the asking."""

from __future__ import annotations

from carpool.pages.board import board
from carpool.pages.bookings import answer, book, cancel_booking, step
from carpool.pages.feedback import all_feedback, feedback, settle
from carpool.pages.feeds import rides_feed, rides_now
from carpool.pages.offers import call_off, card, new_offer, offer, ride, still_go
from carpool.pages.requests import new_request, request_, withdraw
from carpool.pages.savings import saved
from carpool.pages.trips import trip, trip_link
from carpool.pages.waits import take, wait, wait_at

__all__ = [
    "all_feedback",
    "answer",
    "board",
    "book",
    "call_off",
    "cancel_booking",
    "card",
    "feedback",
    "new_offer",
    "new_request",
    "offer",
    "request_",
    "ride",
    "rides_feed",
    "rides_now",
    "saved",
    "settle",
    "step",
    "still_go",
    "take",
    "trip",
    "trip_link",
    "wait",
    "wait_at",
    "withdraw",
]
