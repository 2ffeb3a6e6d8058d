"""Standing matches: a new ride finds who looks for one, and a new request finds rides."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from carpool import facts, queries
from carpool.matching import Match as Found
from carpool.models import Match, RideOffer, RideRequest
from village.journal.facts import Fact

# How many are told at once; whoever looks sees all that fit.
TOLD_MAX = 5


def of_offer(offer: RideOffer, *, at: datetime) -> list[Fact]:
    """Find who looks for a new or changed ride, and say so to both, once for each pair."""
    fitting = queries.matches_of(offer, at=at)
    return _tell([(offer, request, match) for request, match in fitting], at=at)


def of_request(request: RideRequest, *, at: datetime) -> list[Fact]:
    """Find rides for a new or reopened request, and say so to both, once for each pair."""
    fitting = queries.matches_for(request, at=at)
    return _tell([(offer, request, match) for offer, match in fitting], at=at)


def propose(
    offer: RideOffer, request: RideRequest, match: Found, *, at: datetime
) -> facts.MatchProposed:
    """Say to both that they best ride together, whether they knew of each other or not."""
    made, _is_new = Match.objects.update_or_create(
        offer=offer,
        request=request,
        defaults=_columns(match) | {"proposed_at": at},
        create_defaults=_columns(match)
        | {"village_id": offer.village_id, "created_at": at, "proposed_at": at},
    )
    return facts.MatchProposed(
        village=offer.village_id,
        match_id=made.pk,
        offer_id=offer.pk,
        request_id=request.pk,
        driver_id=offer.driver_id,
        person_id=request.person_id,
    )


def _columns(match: Found) -> dict[str, Any]:
    return {
        "detour_seconds": max(0, match.extra_seconds),
        "pickup_at": datetime.fromtimestamp(match.pickup_at, UTC),
        "arrives_at": datetime.fromtimestamp(match.arrives_at, UTC),
    }


def _tell(found: Iterable[tuple[RideOffer, RideRequest, Found]], *, at: datetime) -> list[Fact]:
    told: list[Fact] = []
    for offer, request, match in found:
        if len(told) == TOLD_MAX:
            break
        made, is_new = Match.objects.get_or_create(
            offer=offer,
            request=request,
            defaults=_columns(match) | {"village_id": offer.village_id, "created_at": at},
        )
        if is_new:
            told.append(
                facts.MatchFound(
                    village=offer.village_id,
                    match_id=made.pk,
                    offer_id=offer.pk,
                    request_id=request.pk,
                    driver_id=offer.driver_id,
                    person_id=request.person_id,
                )
            )
    return told
