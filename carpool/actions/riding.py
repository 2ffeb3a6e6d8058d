"""The verbs of a ride that takes place: coming, boarding, arriving, and not having come."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from carpool import facts, policies
from carpool.actions import bookings
from carpool.actions.bookings import BookingSettled
from carpool.actions.offers import RideGone
from carpool.models import Booking, BookingStatus
from village.core.actor import Actor
from village.core.errors import DomainError
from village.journal.actions import record


class TooEarly(DomainError):
    """The ride has not left yet."""

    code = "carpool.too_early"

    def __init__(self) -> None:
        super().__init__(_("The ride has not left yet."))


Happened = facts.BookingConfirmed | facts.RiderBoarded | facts.RiderArrived | facts.RiderMissed


@transaction.atomic
def confirm_booking(*, by: Actor, booking_id: UUID, at: datetime) -> Booking:
    """
    Say, as the rider, that she comes; a second call changes nothing.

    From now on both may know exactly where the other waits.

    :raises NotFound: if the actor may see no such booking
    :raises Forbidden: if she is not the rider
    :raises BookingSettled: if the driver has not accepted, or it has ended
    :raises RideGone: if the ride has left
    """
    booking = bookings.locked(booking_id)
    policies.may_ride(by, booking).enforce()
    if booking.status == BookingStatus.CONFIRMED:
        return booking
    if booking.status != BookingStatus.ACCEPTED:
        raise BookingSettled
    if booking.offer.departs_until <= at:
        raise RideGone
    booking.lapses_at = None
    return move(booking, BookingStatus.CONFIRMED, facts.BookingConfirmed, by=by, at=at)


@transaction.atomic
def board(*, by: Actor, booking_id: UUID, at: datetime) -> Booking:
    """
    Say that the rider is on board, as herself or as the driver; a second call changes nothing.

    :raises NotFound: if the actor may see no such booking
    :raises BookingSettled: if it was not confirmed, or has ended
    :raises TooEarly: if the ride has not left yet
    """
    booking = bookings.locked(booking_id)
    policies.may_go_along(by, booking).enforce()
    if booking.status == BookingStatus.ON_BOARD:
        return booking
    if booking.status not in (BookingStatus.CONFIRMED, BookingStatus.ACCEPTED):
        raise BookingSettled
    if at < booking.offer.departs_at:
        raise TooEarly
    booking.lapses_at = None
    return move(booking, BookingStatus.ON_BOARD, facts.RiderBoarded, by=by, at=at)


@transaction.atomic
def arrive(*, by: Actor, booking_id: UUID, at: datetime) -> Booking:
    """
    Say that the rider has arrived, as herself or as the driver; a second call changes nothing.

    :raises NotFound: if the actor may see no such booking
    :raises BookingSettled: if she is not on board
    """
    booking = bookings.locked(booking_id)
    policies.may_go_along(by, booking).enforce()
    if booking.status == BookingStatus.COMPLETED:
        return booking
    if booking.status != BookingStatus.ON_BOARD:
        raise BookingSettled
    return move(booking, BookingStatus.COMPLETED, facts.RiderArrived, by=by, at=at)


@transaction.atomic
def miss_rider(*, by: Actor, booking_id: UUID, at: datetime) -> Booking:
    """
    Say, as the driver, that the rider did not come; a second call changes nothing.

    :raises NotFound: if the actor may see no such booking
    :raises Forbidden: if she is not the driver
    :raises BookingSettled: if it was not confirmed, or has ended
    :raises TooEarly: if the rider's time has not come yet
    """
    booking = bookings.locked(booking_id)
    policies.may_answer(by, booking).enforce()
    if booking.status == BookingStatus.NO_SHOW:
        return booking
    if booking.status not in (BookingStatus.CONFIRMED, BookingStatus.ACCEPTED):
        raise BookingSettled
    if at < (booking.pickup_at or booking.offer.departs_at):
        raise TooEarly
    return move(booking, BookingStatus.NO_SHOW, facts.RiderMissed, by=by, at=at)


def move(
    booking: Booking, status: BookingStatus, fact: type[Happened], *, by: Actor, at: datetime
) -> Booking:
    """Let a booking whose ride is locked come as far as this, and say so."""
    booking.status = status
    booking.save(update_fields=["status", "lapses_at"])
    record(
        fact(
            village=booking.village_id,
            offer_id=booking.offer_id,
            booking_id=booking.pk,
            driver_id=booking.offer.driver_id,
            rider_id=booking.rider_id,
        ),
        by=by,
        at=at,
    )
    return booking
