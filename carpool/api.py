"""Rides over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Query, Status

from carpool import actions, policies, queries
from carpool.models import Booking, BookingStatus
from carpool.schemas import (
    BookingIn,
    BookingOut,
    FollowedOfferOut,
    MatchOut,
    OfferIn,
    OfferOut,
    RequestIn,
    RequestOut,
    RidesQuery,
    booking_out,
    match_out,
    offer_out,
    place,
    request_out,
)
from village.core.actor import Actor, Scope
from village.core.http import ActorRequest
from village.core.permissions import MEMBERS, Standing, may
from village.core.router import Router
from village.core.schemas import PageOut, PageQuery, PositionOut
from village.journal.listing import listing
from village.journal.queries import top
from village.residents.queries import member_of

# By alias, because a place to start from is called "from" on the wire.
router = Router(by_alias=True)
OWN = may(Standing.OWNER, seen_by=[Standing.MEMBER])
OFFERS = "/villages/{slug:v}/carpool/offers"
OFFER = "/carpool/offers/{uuid:offer_id}"
REQUESTS = "/villages/{slug:v}/carpool/requests"
REQUEST = "/carpool/requests/{uuid:request_id}"
BOOKING = "/carpool/bookings/{uuid:booking_id}"


@router.get(OFFERS, response=PageOut[OfferOut], scope=Scope.RIDES_REQUEST, who=MEMBERS)
def list_offers(request: ActorRequest, v: str, query: Query[RidesQuery]) -> dict[str, Any]:
    """List the rides of a village that one can still take, or all that one drives oneself."""
    village = member_of(request.actor, v)
    now = timezone.now()
    return listing(
        lambda: queries.offers(request.actor, village.pk, mine=query.mine, at=now),
        lambda offers: [offer_out(offer) for offer in offers],
        query=query,
        order=("departs_at", "id"),
        address=f"villages/{village.pk}/carpool",
    )


@router.post(OFFERS, response={201: OfferOut}, scope=Scope.RIDES_OFFER, who=MEMBERS)
def offer_ride(request: ActorRequest, v: str, payload: OfferIn) -> Status[OfferOut]:
    """Offer a ride."""
    offer = actions.offer_ride(
        by=request.actor,
        village=v,
        start=place(payload.from_),
        goal=place(payload.to),
        departs_at=payload.departs_at,
        flexible_minutes=payload.flexible_minutes,
        seats=payload.seats,
        detour_minutes=payload.detour_minutes,
        at=timezone.now(),
    )
    return Status(201, _offer_for(request.actor, offer.pk))


@router.get(OFFER, response=FollowedOfferOut, scope=Scope.RIDES_REQUEST, who=MEMBERS)
def show_offer(request: ActorRequest, offer_id: UUID, position: bool = False) -> FollowedOfferOut:
    """Show a ride; the exact places to its driver and to the riders she takes along."""
    stands = top(f"carpool/offers/{offer_id}") if position else None
    shown = _offer_for(request.actor, offer_id)
    return FollowedOfferOut(
        **shown.model_dump(by_alias=False),
        position=None if stands is None else PositionOut(epoch=stands.epoch, seq=stands.seq),
    )


@router.post(
    OFFER + "/cancel",
    response=OfferOut,
    scope=Scope.RIDES_OFFER,
    who=may(Standing.OWNER, seen_by=[Standing.MEMBER]),
)
def cancel_offer(request: ActorRequest, offer_id: UUID) -> OfferOut:
    """Take a ride back together with its bookings."""
    actions.cancel_offer(by=request.actor, offer_id=offer_id, at=timezone.now())
    return _offer_for(request.actor, offer_id)


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


@router.get(REQUESTS, response=PageOut[RequestOut], scope=Scope.RIDES_REQUEST, who=MEMBERS)
def list_requests(request: ActorRequest, v: str, query: Query[RidesQuery]) -> dict[str, Any]:
    """List those of a village who look for a ride, or all that one asked for oneself."""
    village = member_of(request.actor, v)
    now = timezone.now()
    return listing(
        lambda: queries.requests(request.actor, village.pk, mine=query.mine, at=now),
        lambda wishes: [request_out(wish) for wish in wishes],
        query=query,
        order=("earliest", "id"),
        address=f"villages/{village.pk}/carpool",
    )


@router.post(REQUESTS, response={201: RequestOut}, scope=Scope.RIDES_REQUEST, who=MEMBERS)
def ask_for_ride(request: ActorRequest, v: str, payload: RequestIn) -> Status[RequestOut]:
    """Look for a ride."""
    wish = actions.ask_for_ride(
        by=request.actor,
        village=v,
        start=place(payload.from_),
        goal=place(payload.to),
        earliest=payload.earliest,
        latest_arrival=payload.latest_arrival,
        seats=payload.seats,
        at=timezone.now(),
    )
    return Status(201, _request_for(request.actor, wish.pk))


@router.get(
    REQUEST,
    response=RequestOut,
    scope=Scope.RIDES_REQUEST,
    who=may(Standing.MEMBER, Standing.OWNER),
)
def show_request(request: ActorRequest, request_id: UUID) -> RequestOut:
    """Show a request; the exact places only to whom it belongs."""
    return _request_for(request.actor, request_id)


@router.post(REQUEST + "/withdraw", response=RequestOut, scope=Scope.RIDES_REQUEST, who=OWN)
def withdraw_request(request: ActorRequest, request_id: UUID) -> RequestOut:
    """Look for a ride no longer."""
    actions.withdraw_request(by=request.actor, request_id=request_id, at=timezone.now())
    return _request_for(request.actor, request_id)


@router.get(REQUEST + "/matches", response=PageOut[MatchOut], scope=Scope.RIDES_REQUEST, who=OWN)
def list_matches(request: ActorRequest, request_id: UUID) -> dict[str, Any]:
    """List the rides that could take one along, the smallest detour first; times are estimates."""
    wish = queries.request_or_404(request.actor, request_id)
    policies.may_see_matches(request.actor, wish).enforce()
    found = queries.matches_for(wish, at=timezone.now())
    return {"items": [match_out(offer, match, wish) for offer, match in found], "next": None}


@router.get(
    BOOKING,
    response=BookingOut,
    scope=Scope.RIDES_REQUEST,
    who=may(Standing.OWNER, Standing.PARTNER),
)
def show_booking(request: ActorRequest, booking_id: UUID) -> BookingOut:
    """Show a booking to its rider or the driver."""
    return _show_booking(request.actor, booking_id)


@router.post(
    BOOKING + "/accept",
    response=BookingOut,
    scope=None,
    who=may(Standing.PARTNER, seen_by=[Standing.OWNER]),
)
def accept_booking(request: ActorRequest, booking_id: UUID) -> BookingOut:
    """Take a rider along."""
    now = timezone.now()
    actions.answer_booking(by=request.actor, booking_id=booking_id, accept=True, at=now)
    return _show_booking(request.actor, booking_id)


@router.post(
    BOOKING + "/decline",
    response=BookingOut,
    scope=None,
    who=may(Standing.PARTNER, seen_by=[Standing.OWNER]),
)
def decline_booking(request: ActorRequest, booking_id: UUID) -> BookingOut:
    """Take a rider not along; the seats are free again."""
    now = timezone.now()
    actions.answer_booking(by=request.actor, booking_id=booking_id, accept=False, at=now)
    return _show_booking(request.actor, booking_id)


@router.post(
    BOOKING + "/cancel",
    response=BookingOut,
    scope=Scope.RIDES_REQUEST,
    who=may(Standing.OWNER, Standing.PARTNER, in_person=[Standing.PARTNER]),
)
def cancel_booking(request: ActorRequest, booking_id: UUID) -> BookingOut:
    """Take a booking back, as its rider or as the driver."""
    actions.cancel_booking(by=request.actor, booking_id=booking_id, at=timezone.now())
    return _show_booking(request.actor, booking_id)


def _offer_for(by: Actor, offer_id: UUID) -> OfferOut:
    offer = queries.offer_or_404(by, offer_id)
    return offer_out(offer, exact=queries.knows_exactly(by, offer))


def _request_for(by: Actor, request_id: UUID) -> RequestOut:
    wish = queries.request_or_404(by, request_id)
    return request_out(wish, exact=wish.person_id == by.principal_id)


def _show_booking(by: Actor, booking_id: UUID) -> BookingOut:
    return _booking_for(by, queries.booking_or_404(by, booking_id))


def _booking_for(by: Actor, booking: Booking) -> BookingOut:
    """Show where a rider waits exactly to herself, and to the driver who takes her along."""
    accepted = booking.status == BookingStatus.ACCEPTED
    return booking_out(booking, exact=accepted or booking.rider_id == by.principal_id)
