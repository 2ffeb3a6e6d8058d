"""How matches look on the wire: in steps so coarse that they lead to nobody's door."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from carpool import queries
from carpool.matching import Because, Match, Reason, Spot, reasons
from carpool.models import Match as Told
from carpool.models import RideOffer, RideRequest
from carpool.places import Place
from carpool.plans import wish_of
from carpool.schemas.ends import EndOut, end_out
from carpool.schemas.journeys import OfferOut, RequestOut, offer_out, request_out
from village.core.geo import Point
from village.core.schemas import Out

# Before both have said yes, detours and times are told in these steps, in seconds.
STEP = 300


class MatchOut(Out):
    """
    A ride that could take somebody along.

    Detour and times are told in steps of five minutes: exact ones would measure how far away
    somebody lives. ``estimate`` says that no real road was looked at. ``reasons`` are words.
    ``pickup`` and ``dropoff`` are where she gets in and out: at the ends of her request, or at
    stops that she walks to for ``walk_minutes`` in all.
    """

    offer: OfferOut
    detour_seconds: int
    pickup_at: datetime
    arrives_at: datetime
    pickup: EndOut
    dropoff: EndOut
    walk_minutes: int
    estimate: bool
    reasons: list[str]


class ToldMatchOut(Out):
    """
    A ride and a request that fit, as both sides are told of it.

    ``proposed`` says that the village chose them for each other, the evening before.
    """

    id: UUID
    village: str
    created_at: datetime
    offer: OfferOut
    request: RequestOut
    detour_seconds: int
    pickup_at: datetime
    proposed: bool


def matches_out(
    found: Iterable[tuple[RideOffer, Match]], wish: RideRequest, *, estimate: bool
) -> list[MatchOut]:
    """Show how rides could take somebody along."""
    looked_for = wish_of(wish, stops=())
    stops = {each.place.point: each.place for each in queries.stops_of(wish.village_id)}
    return [
        MatchOut(
            offer=offer_out(offer),
            detour_seconds=told.extra_seconds,
            pickup_at=datetime.fromtimestamp(told.pickup_at, UTC),
            arrives_at=datetime.fromtimestamp(told.arrives_at, UTC),
            pickup=_end(told.pickup, wish, wish.start, stops),
            dropoff=_end(told.dropoff, wish, wish.goal, stops),
            walk_minutes=round(told.walk / 60),
            estimate=estimate,
            reasons=[in_words(reason) for reason in reasons(told, looked_for)],
        )
        for offer, told in ((offer, _coarse(match)) for offer, match in found)
    ]


def _end(spot: Spot, wish: RideRequest, place: Place, stops: Mapping[Point, Place]) -> EndOut:
    """Show where somebody gets in or out: at her own place, or at a stop that she walks to."""
    met = stops.get(spot.point, place) if spot.walk else place
    return end_out(met, wish.village_id, exact=False)


def told_match_out(told: Told) -> ToldMatchOut:
    """Show a match, read with its ride, request and people, to both sides."""
    pickup_at = _down(int(told.pickup_at.timestamp()))
    return ToldMatchOut(
        id=told.pk,
        village=told.village_id,
        created_at=told.created_at,
        offer=offer_out(told.offer),
        request=request_out(told.request),
        detour_seconds=_up(told.detour_seconds),
        pickup_at=datetime.fromtimestamp(pickup_at, UTC),
        proposed=told.proposed_at is not None,
    )


def in_words(reason: Reason) -> str:
    """Say why a ride fits."""
    n = reason.count
    match reason.because:
        case Because.ON_THE_WAY:
            said = _("It is on the way.")
        case Because.DETOUR_MINUTES:
            said = ngettext("A detour of %(n)d minute.", "A detour of up to %(n)d minutes.", n)
        case Because.WALK_MINUTES:
            said = ngettext("You walk for %(n)d minute.", "You walk for %(n)d minutes.", n)
        case Because.EARLY_MINUTES:
            said = ngettext(
                "You arrive %(n)d minute before you have to.",
                "You arrive about %(n)d minutes before you have to.",
                n,
            )
        case Because.JUST_IN_TIME:
            said = _("You arrive just in time.")
        case Because.LEAVES_LATER_MINUTES:
            said = ngettext(
                "The driver would leave %(n)d minute later.",
                "The driver would leave up to %(n)d minutes later.",
                n,
            )
        case Because.RIDES_TOGETHER:
            said = ngettext(
                "You have ridden together %(n)d time before.",
                "You have ridden together %(n)d times before.",
                n,
            )
    return said % {"n": n} if n else said


def _coarse(match: Match) -> Match:
    """Round what is told: never sooner, nearer or earlier than it is likely to be."""
    return replace(
        match,
        extra_seconds=_up(max(0, match.extra_seconds)),
        shift=_up(match.shift),
        pickup_at=_down(match.pickup_at),
        arrives_at=_up(match.arrives_at),
    )


def _up(seconds: int) -> int:
    return -(-seconds // STEP) * STEP


def _down(seconds: int) -> int:
    return seconds // STEP * STEP
