"""What a screen can follow of the rides: places are shown to about a kilometre."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from carpool import facts, queries
from carpool.schemas import (
    BookingOut,
    OfferOut,
    RequestOut,
    booking_out,
    offer_out,
    request_out,
)
from village.core.actor import Actor, Scope
from village.core.permissions import MEMBERS
from village.core.schemas import GoneOut
from village.journal.topics import Topic, uuid_or_none
from village.residents.queries import is_member, members_among
from village.residents.topics import residents_me

Booked = facts.SeatsBooked | facts.BookingAnswered | facts.BookingCancelled
BOOKED = (facts.SeatsBooked, facts.BookingAnswered, facts.BookingCancelled)


def offer_card(fact: facts.RideOffered | facts.RideCancelled | Booked) -> OfferOut | None:
    """Show a ride with the seats that are left."""
    offer = queries.offer(fact.offer_id)
    return None if offer is None else offer_out(offer)


def request_card(fact: facts.RideRequested | facts.RequestWithdrawn) -> RequestOut | None:
    """Show who looks for a ride."""
    request = queries.request(fact.request_id)
    return None if request is None else request_out(request)


def booking_card(fact: Booked) -> BookingOut | None:
    """Show a booking to its rider and the driver."""
    booking = queries.booking(fact.booking_id)
    return None if booking is None else booking_out(booking)


def gone(fact: facts.RideErased | facts.RequestErased) -> GoneOut:
    """Take away what went with whoever it belonged to."""
    return GoneOut(id=fact.offer_id if isinstance(fact, facts.RideErased) else fact.request_id)


def sees_offer(by: Actor, *, offer_id: str) -> bool:
    """Admit the village of a ride."""
    key = uuid_or_none(offer_id)
    return key is not None and queries.offers_visible_to(by).filter(pk=key).exists()


def _rider_and_driver(fact: Booked) -> Iterable[Mapping[str, Any]]:
    return [{"resident": fact.rider_id}, {"resident": fact.driver_id}]


def _everybody_on_board(fact: facts.RideCancelled) -> Iterable[Mapping[str, Any]]:
    return [{"resident": person} for person in (fact.driver_id, *fact.rider_ids)]


board = Topic(
    "villages/{village}/carpool",
    admits=is_member,
    admits_all=members_among,
    scope=Scope.RIDES_REQUEST,
    who=MEMBERS,
    snapshot="/api/v1/villages/{village}/carpool/offers?position=1",
    carries={
        **dict.fromkeys((facts.RideOffered, facts.RideCancelled, *BOOKED), offer_card),
        **dict.fromkeys((facts.RideRequested, facts.RequestWithdrawn), request_card),
    },
    hot=True,
)
ride = Topic(
    "carpool/offers/{offer_id}",
    admits=sees_offer,
    scope=Scope.RIDES_REQUEST,
    who=MEMBERS,
    snapshot="/api/v1/carpool/offers/{offer_id}?position=1",
    carries=dict.fromkeys((facts.RideCancelled, *BOOKED), offer_card),
)
for booked in BOOKED:
    residents_me.carry(booked, booking_card, to=_rider_and_driver, scope=Scope.RIDES_REQUEST)
residents_me.carry(
    facts.RideCancelled, offer_card, to=_everybody_on_board, scope=Scope.RIDES_REQUEST
)
for erased in (facts.RideErased, facts.RequestErased):
    board.carry(erased, gone, erases=True)
