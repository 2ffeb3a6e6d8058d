"""The verbs by which a booking ends before its ride: taken back, or never answered."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists

from carpool import facts, policies
from carpool.actions import bookings, matches
from carpool.actions.bookings import BookingSettled
from carpool.actions.offers import RideGone
from carpool.models import Booking, BookingStatus, RequestStatus, RideRequest
from village.core.actor import SYSTEM, Actor
from village.core.errors import NotFound
from village.journal.actions import record_all
from village.journal.facts import Fact

# Whoever cancels later than this before the ride leaves, cancels late.
LATE = timedelta(hours=2)
_SAID_YES = (
    BookingStatus.ACCEPTED,
    BookingStatus.CONFIRMED,
    BookingStatus.ON_BOARD,
    BookingStatus.COMPLETED,
)


@transaction.atomic
def cancel_booking(*, by: Actor, booking_id: UUID, at: datetime) -> Booking:
    """
    Take a booking back, as its rider or as the driver; a second call changes nothing.

    When the driver does, other rides are found for the rider at once.

    :raises NotFound: if the actor may see no such booking
    :raises OutOfScope: if the mandate does not cover it, or a helper acts for the driver
    :raises BookingSettled: if it was declined, or has ended
    :raises RideGone: if the ride has left
    """
    booking = bookings.locked(booking_id)
    policies.may_cancel_booking(by, booking).enforce()
    if booking.status == BookingStatus.CANCELLED:
        return booking
    if not booking.is_active or booking.status == BookingStatus.ON_BOARD:
        raise BookingSettled
    if booking.offer.departs_until <= at:
        raise RideGone
    by_driver = booking.offer.driver_id == by.principal_id
    record_all(end_booking(booking, by_driver=by_driver, at=at), by=by, at=at)
    return booking


def end_booking(
    booking: Booking, *, by_driver: bool, at: datetime, looks_on: bool = False
) -> list[Fact]:
    """
    Cancel an active booking whose ride is locked, and say so.

    Other rides are found for a rider who did not mean to cancel: the driver did, or she
    ``looks_on``.
    """
    was_agreed = booking.status != BookingStatus.REQUESTED
    booking.is_late = was_agreed and at > booking.offer.departs_at - LATE
    found = _end(booking, BookingStatus.CANCELLED, at=at)
    cancelled = facts.BookingCancelled(
        village=booking.village_id,
        offer_id=booking.offer_id,
        booking_id=booking.pk,
        driver_id=booking.offer.driver_id,
        rider_id=booking.rider_id,
        by_driver=by_driver,
        seats_left=booking.offer.seats_left,
    )
    # Whoever does not ride along after all still has a request; she need not hear of rides now.
    return [cancelled, *(found if by_driver or looks_on else [])]


@transaction.atomic
def expire_booking(*, by: Actor, booking_id: UUID, at: datetime) -> bool:
    """
    Let a booking fall that nobody answered or confirmed in time; tell whether it fell now.

    :raises Forbidden: if anybody but the village itself asks for it
    """
    policies.may_end_rides(by).enforce()
    try:
        booking = bookings.locked(booking_id)
    except NotFound:
        return False
    if not Booking.objects.lapsed(at).filter(pk=booking.pk).exists():
        return False
    found = _end(booking, BookingStatus.EXPIRED, at=at)
    expired = facts.BookingExpired(
        village=booking.village_id,
        offer_id=booking.offer_id,
        booking_id=booking.pk,
        driver_id=booking.offer.driver_id,
        rider_id=booking.rider_id,
        seats_left=booking.offer.seats_left,
    )
    record_all([expired, *found], by=SYSTEM, at=at)
    return True


def _end(booking: Booking, status: BookingStatus, *, at: datetime) -> list[Fact]:
    """End a booking whose ride is locked, open its request again, and find it other rides."""
    bookings.free_seats(booking)
    booking.status, booking.lapses_at = status, None
    booking.save(update_fields=["status", "lapses_at", "is_late"])
    request = booking.request
    if request is None or request.latest_arrival <= at:
        return []
    # Another driver may have said yes to her meanwhile: then she looks for nothing.
    elsewhere = Booking.objects.filter(request=request.pk, status__in=_SAID_YES)
    waiting = RideRequest.objects.filter(~Exists(elsewhere), status=RequestStatus.MATCHED)
    reopened = waiting.filter(pk=request.pk).update(status=RequestStatus.OPEN)
    if not reopened:
        return []
    request.status = RequestStatus.OPEN
    return matches.of_request(request, at=at)
