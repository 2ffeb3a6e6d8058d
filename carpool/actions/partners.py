"""The verbs of other carpooling services: their riders' seats, and what these write."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from carpool import facts, plans, policies, queries
from carpool.actions import bookings, ending, offers, riding
from carpool.actions.bookings import ANSWER_WITHIN, BookingSettled, NoFit
from carpool.actions.riding import TooEarly
from carpool.models import (
    Booking,
    BookingStatus,
    PartnerBooking,
    PartnerMessage,
    PartnerTraveller,
    RequestStatus,
    RideOffer,
    RideRequest,
    columns,
)
from carpool.places import Place
from carpool.terms import Terms
from village.core.actor import SYSTEM, Actor
from village.core.errors import DomainError, NotFound, TooMany
from village.core.geo import Point, distance_m
from village.journal.actions import record, record_all
from village.residents.models import Resident

# A stop is told to five decimals of a degree; nobody means another one within this.
AT_THE_STOP_M = 50.0
# As many messages reach one person from other services in a day.
MESSAGES_A_DAY = 10
_DAY = timedelta(days=1)


class BookingKnown(DomainError):
    """There is a booking of this id."""

    code = "carpool.booking_known"

    def __init__(self) -> None:
        super().__init__(_("There is a booking of this id already."))


@dataclass(frozen=True, slots=True)
class Traveller:
    """Name somebody as another service does."""

    operator: str
    their_id: str
    alias: str


@transaction.atomic
def book_for_partner(
    *,
    by: Actor,
    traveller: Traveller,
    booking_id: UUID,
    offer_id: UUID,
    pickup: Point,
    drop: Point,
    price: dict[str, Any],
    at: datetime,
) -> Booking:
    """
    Ask a driver for a seat, for a rider of another service, between two stops of the ride.

    The driver answers as always; that the rider comes is said by her asking.

    :raises Forbidden: if anybody but the village itself brings it
    :raises BookingKnown: if there is a booking of this id
    :raises NotFound: if no ride of this id is told to other services
    :raises NoFit: if the ride does not call there, in that order, or has no time for it
    :raises RideFull: if no seat is left
    :raises RideGone: if it has left
    :raises AlreadyBooked: if she holds a seat on it already
    """
    policies.may_end_rides(by).enforce()
    if Booking.objects.filter(pk=booking_id).exists():
        raise BookingKnown
    offer = offers.locked(offer_id)
    if not offer.is_told_outside:
        raise NotFound
    known = known_as(traveller)
    rider = Actor(known.resident_id)
    bookings.check_open(offer, rider, at)
    request = _between(offer, rider, _stops(offer, pickup, drop), at)
    wish = plans.whole_way(offer, 1) if request is None else plans.wish_of(request)
    ride = plans.ride_of(offer)
    match = bookings.seated(offer, ride, wish, at)
    if request is not None:
        request.save(force_insert=True)
    booking = Booking.objects.create(
        id=booking_id,
        village_id=offer.village_id,
        offer=offer,
        request=request,
        rider_id=rider.principal_id,
        seats=1,
        detour_seconds=max(0, match.extra_seconds),
        lapses_at=min(at + ANSWER_WITHIN, offer.departs_until),
        created_at=at,
    )
    PartnerBooking.objects.create(
        booking=booking, operator=traveller.operator, traveller=known, price=price
    )
    plans.keep(offer, plans.take_along(ride, match, wish, booking.pk))
    record(
        facts.SeatsBooked(
            village=offer.village_id,
            offer_id=offer.pk,
            booking_id=booking.pk,
            driver_id=offer.driver_id,
            rider_id=booking.rider_id,
            seats=1,
            seats_left=offer.seats_left,
        ),
        by=rider,
        at=at,
    )
    return booking


@transaction.atomic
def confirm_for_partner(*, by: Actor, booking_id: UUID, at: datetime) -> bool:
    """
    Say that a rider of another service comes, once the driver has said yes; tell whether she does.

    :raises Forbidden: if anybody but the village itself asks for it
    """
    policies.may_end_rides(by).enforce()
    try:
        booking = bookings.locked(booking_id)
    except NotFound:
        return False
    theirs = queries.partner_booking(booking_id)
    if booking.status != BookingStatus.ACCEPTED or theirs is None or theirs.drives:
        return False
    _move(booking, BookingStatus.CONFIRMED, facts.BookingConfirmed, Actor(booking.rider_id), at)
    return True


@transaction.atomic
def cancel_for_partner(*, by: Actor, booking_id: UUID, at: datetime) -> Booking:
    """
    Take a seat back for a rider or a driver of another service.

    :raises NotFound: if no other service booked it
    :raises BookingSettled: if it has ended, or the rider is on board
    """
    booking, speaks = _locked(by, booking_id)
    if not booking.is_active or booking.status == BookingStatus.ON_BOARD:
        raise BookingSettled
    by_driver = speaks.principal_id == booking.offer.driver_id
    told = ending.end_booking(booking, by_driver=by_driver, at=at)
    record_all(told, by=speaks, at=at)
    return booking


@transaction.atomic
def arrive_for_partner(*, by: Actor, booking_id: UUID, at: datetime) -> Booking:
    """
    Say for another service that a rider has arrived, whose service it is or her driver's.

    :raises NotFound: if no other service booked it
    :raises BookingSettled: if she was not to ride along
    :raises TooEarly: if the ride has not left yet
    """
    booking, speaks = _locked(by, booking_id)
    if booking.status == BookingStatus.CONFIRMED:
        if at < booking.offer.departs_at:
            raise TooEarly
        _move(booking, BookingStatus.ON_BOARD, facts.RiderBoarded, speaks, at)
    if booking.status != BookingStatus.ON_BOARD:
        raise BookingSettled
    return _move(booking, BookingStatus.COMPLETED, facts.RiderArrived, speaks, at)


@transaction.atomic
def validate_for_partner(*, by: Actor, booking_id: UUID, at: datetime) -> Booking:
    """
    Note that another service has settled all that a ride of its people was about.

    :raises NotFound: if no other service booked it
    :raises BookingSettled: if she has not arrived
    """
    booking, speaks = _locked(by, booking_id)
    if booking.status != BookingStatus.COMPLETED:
        raise BookingSettled
    PartnerBooking.objects.filter(booking=booking).update(validated_at=at)
    validated = facts.PartnerValidated(village=booking.village_id, booking_id=booking.pk)
    record(validated, by=speaks, at=at)
    return booking


@transaction.atomic
def write_for_partner(
    *, by: Actor, traveller: Traveller, about: RideOffer | RideRequest, text: str, at: datetime
) -> PartnerMessage:
    """
    Hand what somebody of another service wrote to a driver, or to who looks for a ride.

    :raises Forbidden: if anybody but the village itself brings it
    :raises TooMany: if that person has had many already today
    """
    policies.may_end_rides(by).enforce()
    is_offer = isinstance(about, RideOffer)
    recipient = about.driver_id if isinstance(about, RideOffer) else about.person_id
    had = PartnerMessage.objects.filter(recipient=recipient, created_at__gt=at - _DAY)
    if had.count() >= MESSAGES_A_DAY:
        raise TooMany(_("This person has had many messages today."), retry_after=3600)
    message = PartnerMessage.objects.create(
        village_id=about.village_id,
        operator=traveller.operator,
        alias=traveller.alias,
        recipient_id=recipient,
        offer_id=about.pk if is_offer else None,
        request_id=None if is_offer else about.pk,
        text=text,
        created_at=at,
    )
    written = facts.PartnerWrote(
        village=message.village_id, message_id=message.pk, recipient_id=recipient
    )
    record(written, by=SYSTEM, at=at)
    return message


def known_as(traveller: Traveller) -> PartnerTraveller:
    """Find as whom somebody counts here, or let her count from now on; nobody signs in as her."""
    found = PartnerTraveller.objects.filter(
        operator=traveller.operator, their_id=traveller.their_id
    ).first()
    if found is not None:
        return found
    name = f"{traveller.alias} ({traveller.operator})"[:80]
    # The name of her service belongs to hers, on the board too.
    resident = Resident.objects.create_user(name, is_active=False, full_name_on_board=True)
    return PartnerTraveller.objects.create(
        operator=traveller.operator, their_id=traveller.their_id, resident=resident
    )


def _stops(offer: RideOffer, pickup: Point, drop: Point) -> tuple[Place, Place]:
    way = [offer.start, *offer.vias, offer.goal]
    near = [
        (here, there)
        for turn, here in enumerate(way)
        for there in way[turn + 1 :]
        if distance_m(here.point, pickup) <= AT_THE_STOP_M
        and distance_m(there.point, drop) <= AT_THE_STOP_M
    ]
    if not near:
        raise NoFit
    return near[0]


def _between(
    offer: RideOffer, rider: Actor, ends: tuple[Place, Place], at: datetime
) -> RideRequest | None:
    """Give what she looks for: nothing but this ride, and nobody else is asked."""
    start, goal = ends
    if (start, goal) == (offer.start, offer.goal):
        return None
    return RideRequest(
        village_id=offer.village_id,
        person_id=rider.principal_id,
        earliest=offer.departs_at,
        latest_arrival=offer.arrives_at + timedelta(hours=1),
        seats=1,
        status=RequestStatus.ONE_RIDE,
        created_at=at,
        **columns(start, goal, Terms(smoking=True)),
    )


def _locked(by: Actor, booking_id: UUID) -> tuple[Booking, Actor]:
    """Lock a booking of another service; give it with whom that service speaks for."""
    policies.may_end_rides(by).enforce()
    theirs = queries.partner_booking(booking_id)
    if theirs is None:
        raise NotFound
    return bookings.locked(booking_id), Actor(theirs.traveller.resident_id)


def _move(
    booking: Booking, status: BookingStatus, fact: type[riding.Happened], by: Actor, at: datetime
) -> Booking:
    booking.lapses_at = None
    return riding.move(booking, status, fact, by=by, at=at)
