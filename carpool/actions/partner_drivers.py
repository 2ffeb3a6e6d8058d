"""The verb by which a driver of another service would take somebody of the village along."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil
from typing import Any
from uuid import UUID

from django.db import transaction

from carpool import facts, plans, policies, queries
from carpool.actions import bookings, offers, requests
from carpool.actions.bookings import NoFit
from carpool.actions.journeys import check_price
from carpool.actions.offers import RideGone
from carpool.actions.partners import AT_THE_STOP_M, BookingKnown, Traveller, known_as
from carpool.models import (
    Booking,
    BookingStatus,
    OfferStatus,
    PartnerBooking,
    RequestStatus,
    RideOffer,
    RideRequest,
    columns,
)
from carpool.places import Place
from village.core.actor import Actor
from village.core.errors import NotFound
from village.core.geo import Point, distance_m
from village.journal.actions import record
from village.residents.models import Resident
from village.residents.queries import blocked_with

# Until somebody else can take her along: the other service has not to be believed for longer.
ASKED_WITHIN = timedelta(hours=4)
# Time to stop at both ends.
_SPARE_MINUTES = 10
# What rides are shared in here is counted in cents of it.
_CURRENCY = "EUR"


@transaction.atomic
def take_along_for_partner(
    *,
    by: Actor,
    traveller: Traveller,
    booking_id: UUID,
    request_id: UUID,
    pickup: Point,
    drop: Point,
    picked_up_at: datetime,
    price: dict[str, Any],
    at: datetime,
) -> Booking:
    """
    Say for a driver of another service that she would take somebody along, between her two stops.

    It is as if a driver of the village had said yes: the passenger is asked, and comes only when
    she says so herself. Until she answers, or too long has passed, nobody else is asked.

    :raises Forbidden: if anybody but the village itself brings it
    :raises BookingKnown: if there is a booking of this id
    :raises NotFound: if nobody who looks for such a ride is told to other services
    :raises NoFit: if places, time or currency are none of hers, or a block keeps the two apart
    :raises Invalid: if more is asked of her than the village lets drivers share
    :raises RideGone: if the time has passed
    """
    policies.may_end_rides(by).enforce()
    if Booking.objects.filter(pk=booking_id).exists():
        raise BookingKnown
    # Locked before anything is written: two drivers cannot both have her.
    request = requests.locked(request_id)
    if request is None or not request.is_told_outside:
        raise NotFound
    if picked_up_at <= at:
        raise RideGone
    _check_ends(request, pickup, drop)
    known = known_as(traveller)
    if known.resident_id in blocked_with(request.person_id):
        raise NoFit
    offer = _ride(request, known.resident, picked_up_at, at)
    wish = plans.wish_of(request, stops=())
    # From stop to stop, as it was told: she walks to no other one for this.
    wish = replace(wish, pickups=wish.pickups[:1], dropoffs=wish.dropoffs[:1])
    ride = plans.lay_out(offer)
    match = bookings.seated(offer, ride, wish, at)
    cost = plans.cost_of(match)
    offer.cents_per_km = _shared(price, request, cost["direct_metres"])
    offers.write(offer)
    booking, is_new = Booking.objects.get_or_create(
        id=booking_id,
        defaults={
            "village_id": request.village_id,
            "offer": offer,
            "request": request,
            "rider_id": request.person_id,
            "seats": request.seats,
            "status": BookingStatus.ACCEPTED,
            "detour_seconds": max(0, match.extra_seconds),
            **cost,
            "lapses_at": min(at + ASKED_WITHIN, offer.departs_until),
            "created_at": at,
        },
    )
    if not is_new:
        raise BookingKnown
    PartnerBooking.objects.create(
        booking=booking, operator=traveller.operator, traveller=known, price=price
    )
    RideRequest.objects.filter(pk=request.pk).update(status=RequestStatus.MATCHED)
    plans.keep(offer, plans.take_along(ride, match, wish, booking.pk))
    record(
        facts.BookingAnswered(
            village=offer.village_id,
            offer_id=offer.pk,
            booking_id=booking.pk,
            driver_id=offer.driver_id,
            rider_id=booking.rider_id,
            accepted=True,
            seats_left=offer.seats_left,
        ),
        by=Actor(offer.driver_id),
        at=at,
    )
    return booking


def _check_ends(request: RideRequest, pickup: Point, drop: Point) -> None:
    told: tuple[tuple[Place, Point], ...] = ((request.start, pickup), (request.goal, drop))
    if any(distance_m(place.point, point) > AT_THE_STOP_M for place, point in told):
        raise NoFit


def _shared(price: dict[str, Any], request: RideRequest, metres: int) -> int:
    """
    Give how many cents a kilometre the ride costs, so that her share is what is asked of her.

    Where nothing is said of money, it is the most that the village allows.
    """
    amount: float | None = price.get("amount", 0 if price.get("type") == "FREE" else None)
    if amount is None:
        return queries.cents_per_km(request.village_id)
    if amount and price.get("currency", _CURRENCY) != _CURRENCY:
        raise NoFit
    # All in the car share equally, her driver too.
    whole = amount * 100 * (request.seats + 1) / request.seats
    cents = ceil(round(whole * 1000 / max(metres, 1), 6))
    check_price(cents, request.village_id)
    return cents


def _ride(request: RideRequest, driver: Resident, leaves_at: datetime, at: datetime) -> RideOffer:
    """Give the ride that is driven for her alone, not yet written; nobody else is shown it."""
    return RideOffer(
        village_id=request.village_id,
        driver=driver,
        departs_at=leaves_at,
        departs_until=leaves_at,
        detour_minutes=_SPARE_MINUTES,
        seats=request.seats,
        status=OfferStatus.ONE_RIDER,
        created_at=at,
        **columns(request.start, request.goal, request.terms),
    )
