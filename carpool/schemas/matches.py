"""How matches look on the wire: in steps so coarse that they lead to nobody's door."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from carpool.matching import Because, Match, Reason, reasons
from carpool.models import Match as Told
from carpool.models import RideOffer, RideRequest
from carpool.plans import wish_of
from carpool.schemas.journeys import (
    OfferOut,
    RequestOut,
    offer_out,
    request_out,
)
from village.core.schemas import Out

# Before both have said yes, detours and times are told in these steps, in seconds.
STEP = 300


class MatchOut(Out):
    """
    A ride that could take somebody along.

    Detour and times are told in steps of five minutes: exact ones would measure how far away
    somebody lives. ``estimate`` says that no real road was looked at. ``reasons`` are words.
    """

    offer: OfferOut
    detour_seconds: int
    pickup_at: datetime
    arrives_at: datetime
    estimate: bool
    reasons: list[str]


class ToldMatchOut(Out):
    """A ride and a request that fit, as both sides are told of it."""

    id: UUID
    village: str
    created_at: datetime
    offer: OfferOut
    request: RequestOut
    detour_seconds: int
    pickup_at: datetime


def match_out(offer: RideOffer, match: Match, wish: RideRequest, *, estimate: bool) -> MatchOut:
    """Show how a ride could take somebody along."""
    told = _coarse(match)
    return MatchOut(
        offer=offer_out(offer),
        detour_seconds=told.extra_seconds,
        pickup_at=datetime.fromtimestamp(told.pickup_at, UTC),
        arrives_at=datetime.fromtimestamp(told.arrives_at, UTC),
        estimate=estimate,
        reasons=[in_words(reason) for reason in reasons(told, wish_of(wish))],
    )


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
