"""The verbs of carpooling: the only code that changes a ride, a request or a booking."""

from __future__ import annotations

from carpool.actions.benches import (
    WAITS,
    StillWaiting,
    connect_bench,
    end_wait,
    raise_wait,
    take_rider,
)
from carpool.actions.bookings import (
    AlreadyBooked,
    BookingSettled,
    NoFit,
    NotSuited,
    RideFull,
    answer_booking,
    book_seats,
)
from carpool.actions.changing import ask_driver, change_offer, still_go
from carpool.actions.ending import cancel_booking, expire_booking
from carpool.actions.feedback import AlreadyTold, TooLate, give_feedback, settle_feedback
from carpool.actions.leaving import end_bookings_between, end_rides, part_from_blocked
from carpool.actions.lifts import arrange_lifts
from carpool.actions.nights import share_out
from carpool.actions.offers import RideGone, RideOff, cancel_offer, offer_ride
from carpool.actions.partner_drivers import take_along_for_partner
from carpool.actions.partners import (
    MESSAGES_A_DAY,
    BookingKnown,
    Traveller,
    arrive_for_partner,
    book_for_partner,
    cancel_for_partner,
    confirm_for_partner,
    validate_for_partner,
    write_for_partner,
)
from carpool.actions.people import know_person, say_profile
from carpool.actions.requests import RequestClosed, ask_for_ride, withdraw_request
from carpool.actions.riding import TooEarly, arrive, board, confirm_booking, miss_rider
from carpool.actions.series import (
    end_series,
    leave_out_day,
    make_ahead,
    repeat_offer,
    repeat_request,
)
from carpool.actions.stops import close_stop, open_stop, set_rules
from carpool.actions.upkeep import replan_rides, tidy_index

__all__ = [
    "MESSAGES_A_DAY",
    "WAITS",
    "AlreadyBooked",
    "AlreadyTold",
    "BookingKnown",
    "BookingSettled",
    "NoFit",
    "NotSuited",
    "RequestClosed",
    "RideFull",
    "RideGone",
    "RideOff",
    "StillWaiting",
    "TooEarly",
    "TooLate",
    "Traveller",
    "answer_booking",
    "arrange_lifts",
    "arrive",
    "arrive_for_partner",
    "ask_driver",
    "ask_for_ride",
    "board",
    "book_for_partner",
    "book_seats",
    "cancel_booking",
    "cancel_for_partner",
    "cancel_offer",
    "change_offer",
    "close_stop",
    "confirm_booking",
    "confirm_for_partner",
    "connect_bench",
    "end_bookings_between",
    "end_rides",
    "end_series",
    "end_wait",
    "expire_booking",
    "give_feedback",
    "know_person",
    "leave_out_day",
    "make_ahead",
    "miss_rider",
    "offer_ride",
    "open_stop",
    "part_from_blocked",
    "raise_wait",
    "repeat_offer",
    "repeat_request",
    "replan_rides",
    "say_profile",
    "set_rules",
    "settle_feedback",
    "share_out",
    "still_go",
    "take_along_for_partner",
    "take_rider",
    "tidy_index",
    "validate_for_partner",
    "withdraw_request",
    "write_for_partner",
]
