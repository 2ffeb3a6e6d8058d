"""The verbs that join riders and drivers."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from carpool import facts, plans, policies, queries
from carpool.actions import offers, requests
from carpool.actions.offers import RideGone, RideOff
from carpool.actions.requests import RequestClosed
from carpool.matching import Match, Ride, Wish
from carpool.models import Booking, BookingStatus, RequestStatus, RideOffer, RideRequest
from carpool.terms import Terms, suits
from village.core.actor import Actor
from village.core.errors import DomainError, NotFound
from village.journal.actions import record

# How long a driver may think it over.
ANSWER_WITHIN = timedelta(hours=24)
# Without a request nobody has said what she brings or minds.
_UNSAID = Terms(smoking=True)


class RideFull(DomainError):
    """Fewer seats are left than were asked for."""

    code = "carpool.ride_full"

    def __init__(self, left: int) -> None:
        words = ngettext("Only %(left)d seat is left.", "Only %(left)d seats are left.", left)
        super().__init__(words % {"left": left} if left else _("This ride is full."))


class NoFit(DomainError):
    """The way there and back would be too long, or the times do not meet."""

    code = "carpool.no_fit"

    def __init__(self) -> None:
        super().__init__(_("This ride cannot come by for you: the way or the times do not fit."))


class NotSuited(DomainError):
    """The driver's terms and the rider's do not go together."""

    code = "carpool.not_suited"

    def __init__(self) -> None:
        super().__init__(_("This ride does not suit what you or the driver have asked for."))


class AlreadyBooked(DomainError):
    """The rider holds seats on this ride already."""

    code = "carpool.already_booked"

    def __init__(self) -> None:
        super().__init__(_("You have already booked this ride."))


class BookingSettled(DomainError):
    """The booking can no longer be answered: it was, or it has ended."""

    code = "carpool.booking_settled"

    def __init__(self) -> None:
        super().__init__(_("This booking has already been settled."))


@transaction.atomic
def book_seats(
    *, by: Actor, offer_id: UUID, seats: int, request_id: UUID | None = None, at: datetime
) -> Booking:
    """
    Ask the driver for seats, for the actor's principal; they are kept until the answer.

    With a request she rides from where it begins to where it ends, or from and to stops that she
    walks to, as fits best; without one the whole way.
    Whether she fits is looked at twice: before the ride is locked, so that nobody queues for a
    ride that is full, and under the lock when it changed in between.

    :raises NotFound: if the actor may see no such ride, or has no such request
    :raises Forbidden: if it is her own ride
    :raises RideFull: if fewer seats are left on some leg
    :raises NoFit: if the way or the times do not fit
    :raises NotSuited: if the terms do not go together
    :raises AlreadyBooked: if she holds seats on it already
    :raises RideOff: if it has been cancelled
    :raises RideGone: if it has left
    :raises RequestClosed: if the request is no longer open
    """
    offer = queries.offer_or_404(by, offer_id)
    policies.may_book(by, offer).enforce()
    check_open(offer, by, at)
    request = None if request_id is None else _own_request(by, offer, request_id)
    check_terms(by, offer, request)
    wish = _wish(offer, request, seats)
    ride = plans.ride_of(offer)
    match = seated(offer, ride, wish, at)
    seen, offer = offer.version, offers.locked(offer_id)
    if offer.version != seen:
        check_open(offer, by, at)
        wish, ride = _wish(offer, request, seats), plans.ride_of(offer)
        match = seated(offer, ride, wish, at)
    if request is not None:
        _check_open_request(requests.locked(request.pk))
    booking = Booking.objects.create(
        village_id=offer.village_id,
        offer=offer,
        request=request,
        rider_id=by.principal_id,
        pickup_stop=queries.stop_at(offer.village_id, match.pickup),
        dropoff_stop=queries.stop_at(offer.village_id, match.dropoff),
        seats=seats,
        detour_seconds=max(0, match.extra_seconds),
        **plans.cost_of(match),
        lapses_at=min(at + ANSWER_WITHIN, offer.departs_until),
        via_helper=by.is_assisted,
        created_at=at,
    )
    plans.keep(offer, plans.take_along(ride, match, wish, booking.pk))
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

    The rider then confirms; until she does, she has the time until the ride leaves.

    :raises NotFound: if the actor may see no such booking
    :raises Forbidden: if she is not the driver
    :raises OutOfScope: if a helper answers
    :raises BookingSettled: if it was settled otherwise
    :raises RequestClosed: if the rider has found another ride meanwhile
    :raises RideGone: if the ride has left
    """
    booking = locked(booking_id)
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
        booking.lapses_at = offer.departs_until
    else:
        free_seats(booking)
    booking.status = answer
    booking.save(update_fields=["status", "lapses_at"])
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


def locked(booking_id: UUID) -> Booking:
    """
    Lock the ride of a booking, then read the booking: it changes only under that lock.

    :raises NotFound: if there is none of this id
    """
    offer_id = Booking.objects.filter(pk=booking_id).values_list("offer", flat=True).first()
    if offer_id is None:
        raise NotFound
    offer = offers.locked(offer_id)
    booking = Booking.objects.select_related("request").get(pk=booking_id)
    booking.offer = offer
    found: Booking = booking
    return found


def free_seats(booking: Booking) -> None:
    """Take a rider out of the plan of a ride that is locked."""
    plans.keep(booking.offer, plans.leave_out(plans.ride_of(booking.offer), [booking.pk]))


def check_open(offer: RideOffer, by: Actor, at: datetime, *, until: datetime | None = None) -> None:
    """
    Refuse a ride that the actor cannot join, whatever its seats.

    :raises RideOff: if it has been cancelled
    :raises RideGone: if it has left, or the moment ``until`` has passed instead
    :raises AlreadyBooked: if she holds seats on it already
    :raises NoFit: if a block keeps her apart from somebody aboard
    """
    if offer.is_cancelled or offer.is_for_one_rider:
        raise RideOff
    if (until or offer.departs_until) <= at:
        raise RideGone
    if offer.bookings.active().filter(rider=by.principal_id).exists():
        raise AlreadyBooked
    # Two who are not to meet are told no more than that it does not fit.
    if queries.is_kept_apart_on(offer, by.principal_id):
        raise NoFit


def _own_request(by: Actor, offer: RideOffer, request_id: UUID) -> RideRequest:
    request = queries.request_or_404(by, request_id)
    if request.person_id != by.principal_id or request.village_id != offer.village_id:
        raise NotFound
    _check_open_request(request)
    return request


def _check_open_request(request: RideRequest | None) -> None:
    if request is None or request.status != RequestStatus.OPEN:
        raise RequestClosed(_("You no longer look for this ride."))


def check_terms(by: Actor, offer: RideOffer, request: RideRequest | None) -> None:
    """
    Refuse who does not suit the driver, or whom the driver does not suit.

    :raises NotSuited: if the terms do not go together
    """
    wanted = _UNSAID if request is None else request.terms
    pairs = queries.pairs_with(
        by.principal_id, {offer.driver_id}, village=offer.village_id, drives=False
    )
    if not suits(offer.terms, wanted, pairs[offer.driver_id]):
        raise NotSuited


def _wish(offer: RideOffer, request: RideRequest | None, seats: int) -> Wish:
    return plans.whole_way(offer, seats) if request is None else plans.wish_of(request, seats)


def seated(offer: RideOffer, ride: Ride, wish: Wish, at: datetime) -> Match:
    """
    Say how a ride takes somebody along.

    :raises RideFull: if fewer seats are left on some leg
    :raises NoFit: if the way or the times do not fit
    """
    match = plans.fit(ride, wish, at=at)
    if match is None:
        raise RideFull(offer.seats_left) if plans.is_full_for(ride, wish, at=at) else NoFit
    return match


def _match_request(booking: Booking) -> None:
    """Close the request of an accepted booking; two drivers cannot both have it."""
    if booking.request is None or booking.request.status == RequestStatus.ONE_RIDE:
        return
    matched = RideRequest.objects.filter(pk=booking.request.pk, status=RequestStatus.OPEN).update(
        status=RequestStatus.MATCHED
    )
    if not matched:
        raise RequestClosed(_("The rider has found another ride meanwhile."))
