"""Seats for riders and with drivers of other services, and what these write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from pydantic import BaseModel, ValidationError

from carpool import actions, queries
from carpool.models import Booking, RideOffer, RideRequest
from carpool.standard import shapes
from carpool.standard.access import Malformed, error, for_operators
from carpool.standard.inputs import BookingSent, MessageSent, User
from village.core.actor import SYSTEM
from village.core.geo import Point

S = TypeVar("S", bound=BaseModel)
_MESSAGE_MAX = 500
Verb = Callable[..., Booking]
# What another service may say of a seat of its rider's or driver's, and what it does here.
_VERBS: dict[str, Verb] = {
    "CANCELLED": actions.cancel_for_partner,
    "COMPLETED_PENDING_VALIDATION": actions.arrive_for_partner,
    "VALIDATED": actions.validate_for_partner,
}


@for_operators("POST")
def bookings(request: HttpRequest, operator: str) -> HttpResponse:
    """Ask a driver for a seat, or a passenger whether she comes, for one of the service's own."""
    sent = _read(BookingSent, request)
    if sent.driver.operator == operator and sent.passenger.operator == shapes.operator():
        return _take_along(sent, operator)
    _check_sender(sent.passenger, operator)
    if sent.driverJourneyId is None:
        raise Malformed("driverJourneyId: seats are booked on rides that were found here")
    offer = _offer(sent.driverJourneyId)
    if offer is None or not _is(sent.driver, offer):
        return error(404, "missing_journey")
    booking = actions.book_for_partner(
        by=SYSTEM,
        traveller=_traveller(sent.passenger, operator),
        booking_id=sent.id,
        offer_id=offer.pk,
        pickup=Point(sent.passengerPickupLat, sent.passengerPickupLng),
        drop=Point(sent.passengerDropLat, sent.passengerDropLng),
        price=sent.price.model_dump(exclude_none=True),
        at=timezone.now(),
    )
    return _show(booking.pk, operator, status=201)


def _take_along(sent: BookingSent, operator: str) -> HttpResponse:
    """Ask somebody who looks for a ride whether she comes along with a driver of the service."""
    if sent.passengerJourneyId is None:
        raise Malformed("passengerJourneyId: passengers are asked who were found here")
    wish = _request(sent.passengerJourneyId)
    if wish is None or not _is(sent.passenger, wish):
        return error(404, "missing_journey")
    booking = actions.take_along_for_partner(
        by=SYSTEM,
        traveller=_traveller(sent.driver, operator),
        booking_id=sent.id,
        request_id=wish.pk,
        pickup=Point(sent.passengerPickupLat, sent.passengerPickupLng),
        drop=Point(sent.passengerDropLat, sent.passengerDropLng),
        picked_up_at=datetime.fromtimestamp(sent.passengerPickupDate, UTC),
        price=sent.price.model_dump(exclude_none=True),
        at=timezone.now(),
    )
    return _show(booking.pk, operator, status=201)


@for_operators("GET", "PATCH")
def booking(request: HttpRequest, operator: str, booking_id: UUID) -> HttpResponse:
    """Show a booking of the service's, or say what becomes of it."""
    if request.method == "GET":
        return _show(booking_id, operator)
    wanted = request.GET.get("status", "")
    if wanted not in shapes.STATUSES:
        raise Malformed("status is one of " + ", ".join(shapes.STATUSES))
    if len(request.GET.get("message", "")) > _MESSAGE_MAX:
        raise Malformed(f"message has at most {_MESSAGE_MAX} letters")
    found = queries.partner_booking(booking_id)
    if found is None or found.operator != operator:
        return error(404, "missing_booking")
    if shapes.status_of(found) == wanted:
        return error(409, "status_already_set")
    verb = _VERBS.get(wanted)
    if verb is None:
        # Whoever lives here says yes, and nobody in her name; then it is confirmed.
        raise Malformed(f"{wanted} does not follow {shapes.status_of(found)}")
    verb(by=SYSTEM, booking_id=booking_id, at=timezone.now())
    return _show(booking_id, operator)


@for_operators("POST")
def messages(request: HttpRequest, operator: str) -> HttpResponse:
    """Hand a message to a driver, or to who looks for a ride."""
    sent = _read(MessageSent, request)
    _check_sender(sent.from_, operator)
    about = _about(sent, operator)
    if about is None:
        return error(404, "missing_journey")
    if not _is(sent.to, about):
        return error(404, "missing_user")
    actions.write_for_partner(
        by=SYSTEM,
        traveller=_traveller(sent.from_, operator),
        about=about,
        text=sent.message,
        at=timezone.now(),
    )
    return HttpResponse(status=201)


def _read(shape: type[S], request: HttpRequest) -> S:
    try:
        return shape.model_validate_json(request.body)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise Malformed(f"{where}: {first['msg']}" if where else first["msg"]) from None


def _check_sender(sender: User, operator: str) -> None:
    if sender.operator != operator:
        raise Malformed("operator: whoever is spoken for is known to the service that asks")


def _traveller(user: User, operator: str) -> actions.Traveller:
    return actions.Traveller(operator, user.id, user.alias[:80])


def _offer(journey: str) -> RideOffer | None:
    """Find a ride that other services are told of."""
    found = queries.offer(key) if (key := _uuid(journey)) else None
    return found if found is not None and found.is_told_outside else None


def _request(journey: str) -> RideRequest | None:
    found = queries.request(key) if (key := _uuid(journey)) else None
    return found if found is not None and found.is_told_outside else None


def _about(sent: MessageSent, operator: str) -> RideOffer | RideRequest | None:
    """Find the ride or the request that a message is about; without one, nobody is known here."""
    if sent.bookingId is not None:
        found = queries.partner_booking(sent.bookingId)
        if found is None or found.operator != operator:
            return None
        return found.booking.request if found.drives else found.booking.offer
    if sent.recipientCarpoolerType == "DRIVER":
        return None if sent.driverJourneyId is None else _offer(sent.driverJourneyId)
    return None if sent.passengerJourneyId is None else _request(sent.passengerJourneyId)


def _is(user: User, about: RideOffer | RideRequest) -> bool:
    """Tell whether somebody is named as the search names her on this ride alone."""
    person = about.driver if isinstance(about, RideOffer) else about.person
    named = shapes.person(person, about.pk)
    return (user.id, user.operator) == (named["id"], named["operator"])


def _show(booking_id: UUID, operator: str, status: int = 200) -> HttpResponse:
    found = queries.partner_booking(booking_id)
    if found is None or found.operator != operator:
        return error(404, "missing_booking")
    shown: dict[str, Any] = shapes.booking(found)
    return JsonResponse(shown, status=status)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
