"""What a screen can follow of the rides: private places are shown to about a kilometre."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from carpool import facts, queries
from carpool.schemas import (
    BookingOut,
    OfferOut,
    RequestOut,
    ToldMatchOut,
    booking_out,
    offer_out,
    request_out,
    told_match_out,
)
from village.core.actor import Actor, Scope
from village.core.permissions import MEMBERS, Standing, may
from village.core.schemas import GoneOut
from village.journal.topics import Topic, uuid_or_none
from village.residents.queries import is_member, members_among
from village.residents.topics import residents_me

# What changes how many seats are left.
Booked = (
    facts.SeatsBooked
    | facts.BookingAnswered
    | facts.BookingCancelled
    | facts.BookingExpired
    | facts.RiderTaken
)
BOOKED = (
    facts.SeatsBooked,
    facts.BookingAnswered,
    facts.BookingCancelled,
    facts.BookingExpired,
    facts.RiderTaken,
)
# What a driver says of her ride.
Moved = facts.RideChanged | facts.RideStillOn
MOVED = (facts.RideChanged, facts.RideStillOn)
# What is between a rider and her driver alone.
Ridden = facts.BookingConfirmed | facts.RiderBoarded | facts.RiderArrived | facts.RiderMissed
RIDDEN = (
    facts.BookingConfirmed,
    facts.RiderBoarded,
    facts.RiderArrived,
    facts.RiderMissed,
)


def offer_card(fact: facts.RideOffered | facts.RideCancelled | Moved | Booked) -> OfferOut | None:
    """Show a ride with the seats that are left."""
    offer = queries.offer(fact.offer_id)
    # A ride for one rider is nobody else's to see: to them it looks gone.
    return None if offer is None or offer.is_for_one_rider else offer_out(offer)


def request_card(fact: facts.RideRequested | facts.RequestWithdrawn) -> RequestOut | None:
    """Show who looks for a ride."""
    request = queries.request(fact.request_id)
    return None if request is None else request_out(request)


def booking_card(fact: Booked | Ridden) -> BookingOut | None:
    """Show a booking to its rider and the driver; where they meet is fetched, never pushed."""
    booking = queries.booking(fact.booking_id)
    return None if booking is None else booking_out(booking)


def gone(fact: facts.RideErased | facts.RequestErased) -> GoneOut:
    """Take away what went with whoever it belonged to."""
    return GoneOut(id=fact.offer_id if isinstance(fact, facts.RideErased) else fact.request_id)


def match_card(fact: facts.MatchFound | facts.MatchProposed) -> ToldMatchOut | None:
    """Show a match to its driver and to who looks for a ride."""
    match = queries.told_match(fact.match_id)
    return None if match is None else told_match_out(match)


def sees_offer(by: Actor, *, offer_id: str) -> bool:
    """Admit the village of a ride, and those that show it."""
    key = uuid_or_none(offer_id)
    return key is not None and any(
        rides.filter(pk=key).exists()
        for rides in (queries.offers_visible_to(by), queries.offers_shown_to(by))
    )


def _both_matched(fact: facts.MatchFound | facts.MatchProposed) -> Iterable[Mapping[str, Any]]:
    return [{"resident": fact.person_id}, {"resident": fact.driver_id}]


def _rider_and_driver(fact: Booked | Ridden) -> Iterable[Mapping[str, Any]]:
    return [{"resident": fact.rider_id}, {"resident": fact.driver_id}]


def _everybody_on_board(fact: facts.RideCancelled | Moved) -> Iterable[Mapping[str, Any]]:
    return [{"resident": person} for person in (fact.driver_id, *fact.rider_ids)]


board = Topic(
    "villages/{village}/carpool",
    admits=is_member,
    admits_all=members_among,
    scope=Scope.RIDES_REQUEST,
    who=MEMBERS,
    snapshot="/api/v1/villages/{village}/carpool/offers?position=1",
    carries={
        **dict.fromkeys((facts.RideOffered, facts.RideCancelled, *MOVED, *BOOKED), offer_card),
        **dict.fromkeys((facts.RideRequested, facts.RequestWithdrawn), request_card),
    },
    hot=True,
)
ride = Topic(
    "carpool/offers/{offer_id}",
    admits=sees_offer,
    scope=Scope.RIDES_REQUEST,
    who=may(Standing.MEMBER, Standing.NEIGHBOUR),
    snapshot="/api/v1/carpool/offers/{offer_id}?position=1",
    carries=dict.fromkeys((facts.RideCancelled, *MOVED, *BOOKED), offer_card),
)
for happened in (*BOOKED, *RIDDEN):
    residents_me.carry(happened, booking_card, to=_rider_and_driver, scope=Scope.RIDES_REQUEST)
for matched in (facts.MatchFound, facts.MatchProposed):
    residents_me.carry(matched, match_card, to=_both_matched, scope=Scope.RIDES_REQUEST)
for moved in (facts.RideCancelled, *MOVED):
    residents_me.carry(moved, offer_card, to=_everybody_on_board, scope=Scope.RIDES_REQUEST)
for erased in (facts.RideErased, facts.RequestErased):
    board.carry(erased, gone, erases=True)
