"""Rides for tests: between the linden tree and the town, ten kilometres apart."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from carpool import actions
from carpool.models import Booking, OfferSeries, RideOffer, RideRequest
from carpool.places import Place
from carpool.recurrence import Pattern
from village.core.actor import Actor
from village.core.geo import Point
from village.residents.models import Resident

LINDE = Place("Lindental, Linde", Point(50.01493, 11.50661))
TOWN = Place("Bayreuth, Bahnhof", Point(49.95182, 11.57934))
FAR = Place("Kulmbach", Point(50.10321, 11.43822))


def make_offer(driver: Resident | Actor, *, at: datetime, **changes: Any) -> RideOffer:
    """Offer a ride to the town in two hours."""
    what: dict[str, Any] = {
        "village": "lindental",
        "start": LINDE,
        "goal": TOWN,
        "departs_at": at + timedelta(hours=2),
        "flexible_minutes": 15,
        "seats": 3,
        "detour_minutes": 10,
    }
    by = driver if isinstance(driver, Actor) else Actor(driver.pk)
    return actions.offer_ride(by=by, at=at, **(what | changes))


def make_request(who: Resident | Actor, *, at: datetime, **changes: Any) -> RideRequest:
    """Look for a ride to the town, to arrive within three hours."""
    what: dict[str, Any] = {
        "village": "lindental",
        "start": LINDE,
        "goal": TOWN,
        "earliest": at + timedelta(hours=1),
        "latest_arrival": at + timedelta(hours=3),
        "seats": 1,
    }
    by = who if isinstance(who, Actor) else Actor(who.pk)
    return actions.ask_for_ride(by=by, at=at, **(what | changes))


def repeat(driver: Resident, *, at: datetime, **changes: Any) -> OfferSeries:
    """Offer a ride to the town on each Monday, Wednesday and Friday at a quarter past seven."""
    what: dict[str, Any] = {
        "village": "lindental",
        "start": LINDE,
        "goal": TOWN,
        "clock": time(7, 15),
        "pattern": Pattern(frozenset({0, 2, 4}), at.date()),
        "flexible_minutes": 15,
        "seats": 3,
        "detour_minutes": 10,
    }
    return actions.repeat_offer(by=Actor(driver.pk), at=at, **(what | changes))


def book(who: Resident | Actor, offer: RideOffer, seats: int = 1, **how: Any) -> Booking:
    """Ask for seats, when the ride was offered."""
    by = who if isinstance(who, Actor) else Actor(who.pk)
    how = {"at": offer.created_at} | how
    return actions.book_seats(by=by, offer_id=offer.pk, seats=seats, **how)


def answer(booking: Booking, *, accept: bool = True) -> Booking:
    """Let the driver answer, when the seats were asked for."""
    return actions.answer_booking(
        by=Actor(booking.offer.driver_id),
        booking_id=booking.pk,
        accept=accept,
        at=booking.created_at,
    )


def confirm(booking: Booking) -> Booking:
    """Let the rider say that she comes, when the seats were asked for."""
    return actions.confirm_booking(
        by=Actor(booking.rider_id), booking_id=booking.pk, at=booking.created_at
    )


def cancel(who: Resident, booking: Booking) -> Booking:
    """Let somebody take a booking back, when it was made."""
    return actions.cancel_booking(by=Actor(who.pk), booking_id=booking.pk, at=booking.created_at)
