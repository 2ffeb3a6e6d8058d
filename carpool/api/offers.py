"""Offering rides over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Query, Status

from carpool import actions, queries
from carpool.api.addresses import OFFER, OFFERS, OWN, router
from carpool.schemas import (
    FollowedOfferOut,
    OfferChangeIn,
    OfferIn,
    OfferOut,
    RidesQuery,
    offer_out,
    place,
    terms,
)
from village.core.actor import Actor, Scope
from village.core.etags import guard_edit
from village.core.http import ActorRequest
from village.core.json import dump
from village.core.permissions import MEMBERS, Standing, may
from village.core.schemas import PageOut, PositionOut
from village.journal.listing import listing
from village.journal.queries import top

# Neighbours are shown rides for everybody, and nobody who looks for one.
READS = may(Standing.MEMBER, Standing.NEIGHBOUR)


@router.get(OFFERS, response=PageOut[OfferOut], scope=Scope.RIDES_REQUEST, who=READS)
def list_offers(request: ActorRequest, v: str, query: Query[RidesQuery]) -> dict[str, Any]:
    """List the rides of a village that one can still take, or all that one drives oneself."""
    now = timezone.now()
    return listing(
        lambda: queries.offers_to_read(request.actor, v, mine=query.mine, at=now),
        lambda offers: [offer_out(offer) for offer in offers],
        query=query,
        order=("departs_at", "id"),
        address=f"villages/{v}/carpool",
    )


@router.post(OFFERS, response={201: OfferOut}, scope=Scope.RIDES_OFFER, who=MEMBERS)
def offer_ride(request: ActorRequest, v: str, payload: OfferIn) -> Status[OfferOut]:
    """Offer a ride."""
    offer = actions.offer_ride(
        by=request.actor,
        village=v,
        start=place(payload.from_, "from"),
        goal=place(payload.to, "to"),
        via=[place(each, "via") for each in payload.via],
        terms=terms(payload),
        cents_per_km=payload.cents_per_km,
        departs_at=payload.departs_at,
        flexible_minutes=payload.flexible_minutes,
        seats=payload.seats,
        detour_minutes=payload.detour_minutes,
        at=timezone.now(),
    )
    return Status(201, _offer_for(request.actor, offer.pk))


@router.get(OFFER, response=FollowedOfferOut, scope=Scope.RIDES_REQUEST, who=READS)
def show_offer(request: ActorRequest, offer_id: UUID, position: bool = False) -> FollowedOfferOut:
    """Show a ride; the exact places to its driver and to riders who confirmed."""
    stands = top(f"carpool/offers/{offer_id}") if position else None
    shown = _offer_for(request.actor, offer_id)
    return FollowedOfferOut(
        **shown.model_dump(by_alias=False),
        position=None if stands is None else PositionOut(epoch=stands.epoch, seq=stands.seq),
    )


@router.post(OFFER + "/cancel", response=OfferOut, scope=Scope.RIDES_OFFER, who=OWN)
def cancel_offer(request: ActorRequest, offer_id: UUID) -> OfferOut:
    """Take a ride back together with its bookings."""
    actions.cancel_offer(by=request.actor, offer_id=offer_id, at=timezone.now())
    return _offer_for(request.actor, offer_id)


@router.patch(OFFER, response=OfferOut, scope=Scope.RIDES_OFFER, who=OWN)
def change_offer(request: ActorRequest, offer_id: UUID, payload: OfferChangeIn) -> OfferOut:
    """Change a ride; riders are told what changed, and who no longer fits is let go."""
    guard_edit(request, dump(show_offer(request, offer_id).model_dump(by_alias=True)))
    actions.change_offer(
        by=request.actor, offer_id=offer_id, at=timezone.now(), **payload.model_dump()
    )
    return _offer_for(request.actor, offer_id)


@router.post(OFFER + "/still", response=OfferOut, scope=Scope.RIDES_OFFER, who=OWN)
def still_go(request: ActorRequest, offer_id: UUID) -> OfferOut:
    """Say, as the driver, that one still goes; riders are told."""
    actions.still_go(by=request.actor, offer_id=offer_id, at=timezone.now())
    return _offer_for(request.actor, offer_id)


def _offer_for(by: Actor, offer_id: UUID) -> OfferOut:
    offer = queries.offer_to_read(by, offer_id)
    return offer_out(offer, exact=queries.knows_exactly(by, offer, at=timezone.now()))
