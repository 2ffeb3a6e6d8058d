"""The verbs that join riders and drivers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from carpool import facts, policies, queries
from carpool.actions import offers, requests
from carpool.actions.offers import RideGone, RideOff
from carpool.actions.requests import RequestClosed
from carpool.models import (
    Booking,
    BookingStatus,
    OfferStatus,
    RequestStatus,
    RideOffer,
    RideRequest,
)
from village.core.actor import Actor
from village.core.errors import DomainError, NotFound
from village.journal.actions import record


class RideFull(DomainError):
    """Fewer seats are left than were asked for."""

    code = "carpool.ride_full"

    def __init__(self, left: int) -> None:
        words = ngettext("Only %(left)d seat is left.", "Only %(left)d seats are left.", left)
        super().__init__(words % {"left": left} if left else _("This ride is full."))


class AlreadyBooked(DomainError):
    """The rider holds seats on this ride already."""

    code = "carpool.already_booked"

    def __init__(self) -> None:
        super().__init__(_("You have already booked this ride."))


class BookingSettled(DomainError):
    """The booking has been declined or cancelled."""

    code = "carpool.booking_settled"

    def __init__(self) -> None:
        super().__init__(_("This booking has already been declined or cancelled."))


@transaction.atomic
def book_seats(
    *, by: Actor, offer_id: UUID, seats: int, request_id: UUID | None = None, at: datetime
) -> Booking:
    """
    Ask the driver for seats, for the actor's principal; they are kept until the answer.

    :raises NotFound: if the actor may see no such ride, or has no such request
    :raises Forbidden: if it is her own ride
    :raises RideFull: if fewer seats are left
    :raises AlreadyBooked: if she holds seats on it already
    :raises RideOff: if it has been cancelled
    :raises RideGone: if it has left
    :raises RequestClosed: if the request is no longer open
    """
    offer = queries.offer_or_404(by, offer_id)
    policies.may_book(by, offer).enforce()
    if offer.departs_until <= at:
        raise RideGone
    # One conditional update takes the seats and locks the ride: two cannot both have the last.
    taken = RideOffer.objects.filter(
        pk=offer.pk, status=OfferStatus.OPEN, seats_left__gte=seats
    ).update(seats_left=F("seats_left") - seats)
    offer.refresh_from_db(fields=["status", "seats_left"])
    if offer.is_cancelled:
        raise RideOff
    if offer.bookings.active().filter(rider=by.principal_id).exists():
        raise AlreadyBooked
    if not taken:
        raise RideFull(offer.seats_left)
    if request_id is not None:
        _open_request(by, offer, request_id)
    booking = Booking.objects.create(
        village_id=offer.village_id,
        offer=offer,
        request_id=request_id,
        rider_id=by.principal_id,
        seats=seats,
        via_helper=by.is_assisted,
        created_at=at,
    )
    record(
        facts.SeatsBooked(
            village=offer.village_id,
            offer_id=offer.pk,
            booking_id=booking.pk,
            driver_id=offer.driver_id,
            rider_id=booking.rider_id,
            seats=seats,
            seats_left=offer.seats_left,
        ),
        by=by,
        at=at,
    )
    return booking


@transaction.atomic
def answer_booking(*, by: Actor, booking_id: UUID, accept: bool, at: datetime) -> Booking:
    """
    Take a rider along, or not; the same answer twice changes nothing.

    :raises NotFound: if the actor may see no such booking
    :raises Forbidden: if she is not the driver
    :raises OutOfScope: if a helper answers
    :raises BookingSettled: if it was declined, cancelled, or accepted and is to be declined
    :raises RequestClosed: if the rider has found another ride meanwhile
    :raises RideGone: if the ride has left
    """
    booking = _locked(booking_id)
    offer = booking.offer
    policies.may_answer(by, booking).enforce()
    answer = BookingStatus.ACCEPTED if accept else BookingStatus.DECLINED
    if booking.status == answer:
        return booking
    if booking.status != BookingStatus.REQUESTED:
        raise BookingSettled
    if offer.departs_until <= at:
        raise RideGone
    if accept:
        _match_request(booking)
    else:
        _give_back_seats(booking)
    booking.status = answer
    booking.save(update_fields=["status"])
    record(
        facts.BookingAnswered(
            village=booking.village_id,
            offer_id=offer.pk,
            booking_id=booking.pk,
            driver_id=offer.driver_id,
            rider_id=booking.rider_id,
            accepted=accept,
            seats_left=offer.seats_left,
        ),
        by=by,
        at=at,
    )
    return booking


@transaction.atomic
def cancel_booking(*, by: Actor, booking_id: UUID, at: datetime) -> Booking:
    """
    Take a booking back, as its rider or as the driver; a second call changes nothing.

    :raises NotFound: if the actor may see no such booking
    :raises OutOfScope: if the mandate does not cover it, or a helper acts for the driver
    :raises BookingSettled: if it was declined
    :raises RideGone: if the ride has left
    """
    booking = _locked(booking_id)
    policies.may_cancel_booking(by, booking).enforce()
    if booking.status == BookingStatus.CANCELLED:
        return booking
    if not booking.is_active:
        raise BookingSettled
    if booking.offer.departs_until <= at:
        raise RideGone
    by_driver = booking.offer.driver_id == by.principal_id
    record(end_booking(booking, by_driver=by_driver), by=by, at=at)
    return booking


def end_booking(booking: Booking, *, by_driver: bool) -> facts.BookingCancelled:
    """Cancel an active booking whose ride is locked, and say so."""
    if booking.status == BookingStatus.ACCEPTED and booking.request_id is not None:
        RideRequest.objects.filter(pk=booking.request_id, status=RequestStatus.MATCHED).update(
            status=RequestStatus.OPEN
        )
    _give_back_seats(booking)
    booking.status = BookingStatus.CANCELLED
    booking.save(update_fields=["status"])
    return facts.BookingCancelled(
        village=booking.village_id,
        offer_id=booking.offer_id,
        booking_id=booking.pk,
        driver_id=booking.offer.driver_id,
        rider_id=booking.rider_id,
        by_driver=by_driver,
        seats_left=booking.offer.seats_left,
    )


def _locked(booking_id: UUID) -> Booking:
    """Lock the ride of a booking, then read the booking: it changes only under that lock."""
    offer_id = Booking.objects.filter(pk=booking_id).values_list("offer", flat=True).first()
    if offer_id is None:
        raise NotFound
    offer = offers.locked(offer_id)
    booking = Booking.objects.get(pk=booking_id)
    booking.offer = offer
    found: Booking = booking
    return found


def _open_request(by: Actor, offer: RideOffer, request_id: UUID) -> None:
    request = requests.locked(request_id)
    if request is None or request.person_id != by.principal_id:
        raise NotFound
    if request.village_id != offer.village_id:
        raise NotFound
    if request.status != RequestStatus.OPEN:
        raise RequestClosed(_("You no longer look for this ride."))


def _match_request(booking: Booking) -> None:
    """Close the request of an accepted booking; two drivers cannot both have it."""
    if booking.request_id is None:
        return
    matched = RideRequest.objects.filter(pk=booking.request_id, status=RequestStatus.OPEN).update(
        status=RequestStatus.MATCHED
    )
    if not matched:
        raise RequestClosed(_("The rider has found another ride meanwhile."))


def _give_back_seats(booking: Booking) -> None:
    booking.offer.seats_left += booking.seats
    booking.offer.save(update_fields=["seats_left"])
