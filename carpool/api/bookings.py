"""Bookings over HTTP: asked for, answered, confirmed, ridden."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Query, Status

from carpool import actions, policies, queries
from carpool.api.addresses import BOOKING, DRIVER, EITHER, EITHER_IN_PERSON, OFFER, RIDER, router
from carpool.models import Booking
from carpool.schemas import BookingIn, BookingOut, TripOut, booking_out
from carpool.trips import link_of
from village.core.actor import Actor, Scope
from village.core.http import ActorRequest
from village.core.permissions import MEMBERS, Standing, may
from village.core.schemas import PageOut, PageQuery
from village.journal.listing import listing


@router.get(
    OFFER + "/bookings", response=PageOut[BookingOut], scope=Scope.RIDES_REQUEST, who=MEMBERS
)
def list_bookings(request: ActorRequest, offer_id: UUID, query: Query[PageQuery]) -> dict[str, Any]:
    """List the bookings of a ride: all to its driver, her own to a rider."""
    offer = queries.offer_or_404(request.actor, offer_id)
    return listing(
        lambda: queries.bookings_visible_to(request.actor).filter(offer=offer),
        lambda bookings: [_booking_for(request.actor, booking) for booking in bookings],
        query=query,
        order=("created_at", "id"),
        address=f"carpool/offers/{offer.pk}",
    )


@router.post(
    OFFER + "/bookings",
    response={201: BookingOut},
    scope=Scope.RIDES_REQUEST,
    who=may(Standing.MEMBER, never=[Standing.OWNER]),
)
def book_seats(request: ActorRequest, offer_id: UUID, payload: BookingIn) -> Status[BookingOut]:
    """Ask the driver for seats; they are kept until the answer."""
    booking = actions.book_seats(
        by=request.actor,
        offer_id=offer_id,
        seats=payload.seats,
        request_id=payload.request,
        at=timezone.now(),
    )
    return Status(201, _show_booking(request.actor, booking.pk))


@router.get(BOOKING, response=BookingOut, scope=Scope.RIDES_REQUEST, who=EITHER)
def show_booking(request: ActorRequest, booking_id: UUID) -> BookingOut:
    """Show a booking to its rider or the driver."""
    return _show_booking(request.actor, booking_id)


@router.post(BOOKING + "/accept", response=BookingOut, scope=None, who=DRIVER)
def accept_booking(request: ActorRequest, booking_id: UUID) -> BookingOut:
    """Take a rider along."""
    now = timezone.now()
    actions.answer_booking(by=request.actor, booking_id=booking_id, accept=True, at=now)
    return _show_booking(request.actor, booking_id)


@router.post(BOOKING + "/decline", response=BookingOut, scope=None, who=DRIVER)
def decline_booking(request: ActorRequest, booking_id: UUID) -> BookingOut:
    """Take a rider not along; the seats are free again."""
    now = timezone.now()
    actions.answer_booking(by=request.actor, booking_id=booking_id, accept=False, at=now)
    return _show_booking(request.actor, booking_id)


@router.post(
    BOOKING + "/cancel", response=BookingOut, scope=Scope.RIDES_REQUEST, who=EITHER_IN_PERSON
)
def cancel_booking(request: ActorRequest, booking_id: UUID) -> BookingOut:
    """Take a booking back, as its rider or as the driver."""
    actions.cancel_booking(by=request.actor, booking_id=booking_id, at=timezone.now())
    return _show_booking(request.actor, booking_id)


@router.post(BOOKING + "/confirm", response=BookingOut, scope=Scope.RIDES_REQUEST, who=RIDER)
def confirm_booking(request: ActorRequest, booking_id: UUID) -> BookingOut:
    """Say, as the rider, that one comes; from now on both know where the other waits."""
    actions.confirm_booking(by=request.actor, booking_id=booking_id, at=timezone.now())
    return _show_booking(request.actor, booking_id)


@router.post(
    BOOKING + "/board", response=BookingOut, scope=Scope.RIDES_REQUEST, who=EITHER_IN_PERSON
)
def board(request: ActorRequest, booking_id: UUID) -> BookingOut:
    """Say that the rider is on board, as herself or as the driver."""
    actions.board(by=request.actor, booking_id=booking_id, at=timezone.now())
    return _show_booking(request.actor, booking_id)


@router.post(
    BOOKING + "/arrive", response=BookingOut, scope=Scope.RIDES_REQUEST, who=EITHER_IN_PERSON
)
def arrive(request: ActorRequest, booking_id: UUID) -> BookingOut:
    """Say that the rider has arrived, as herself or as the driver."""
    actions.arrive(by=request.actor, booking_id=booking_id, at=timezone.now())
    return _show_booking(request.actor, booking_id)


@router.post(BOOKING + "/miss", response=BookingOut, scope=None, who=DRIVER)
def miss_rider(request: ActorRequest, booking_id: UUID) -> BookingOut:
    """Say, as the driver, that the rider did not come."""
    actions.miss_rider(by=request.actor, booking_id=booking_id, at=timezone.now())
    return _show_booking(request.actor, booking_id)


@router.get(BOOKING + "/trip", response=TripOut, scope=Scope.RIDES_REQUEST, who=RIDER)
def share_trip(request: ActorRequest, booking_id: UUID) -> TripOut:
    """Give the rider a link for somebody she trusts, who sees there how the ride goes."""
    booking = queries.booking_or_404(request.actor, booking_id)
    policies.may_ride(request.actor, booking).enforce()
    return TripOut(url=link_of(booking))


def _show_booking(by: Actor, booking_id: UUID) -> BookingOut:
    return _booking_for(by, queries.booking_or_404(by, booking_id))


def _booking_for(by: Actor, booking: Booking) -> BookingOut:
    return booking_out(booking, exact=queries.meets_exactly(by, booking, at=timezone.now()))
