"""The verb of the night: sharing out the rides of the next day among who looks for one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from carpool import facts, plans, policies, queries
from carpool.actions import matches
from carpool.matching import Match as Found
from carpool.matching import seconds_of
from carpool.matching.batch import Chosen, chosen
from carpool.matching.packing import PERSON
from carpool.models import Night, RideOffer, RideRequest
from carpool.roads import roads
from village.core.actor import Actor
from village.journal.actions import record_all

# The night is short, and other villages wait: then the best set found so far is taken.
SECONDS = 45.0

Row = TypeVar("Row", RideOffer, RideRequest)
Pairs = Sequence[tuple[UUID, UUID, Found]]


def share_out(*, by: Actor, village: str, day: date, at: datetime) -> int:
    """
    Propose who rides with whom on a day, once; give how many were told of a ride.

    All is worked out before anything is locked; a ride or a request that changed meanwhile is
    left out. Cut off in the middle, nothing was told, and the next call begins anew.

    :raises Forbidden: if anybody but the village itself asks for it
    :raises RoadsUnavailable: nobody knows how long a drive takes
    """
    policies.may_keep_up(by).enforce()
    if Night.objects.filter(village=village, day=day).exists():
        return 0
    market = queries.market_of(village, day, at=at)
    promise = int(plans.PROMISE.total_seconds())
    best = chosen(
        market.rides,
        market.seekers,
        roads(),
        at=seconds_of(at),
        apart=market.apart,
        promise=promise,
        seconds=SECONDS,
    )
    rides = {ride.id: ride for ride in market.rides}
    wishes = {each.id: each.wish for each in market.seekers}
    fits = ((ride, who, plans.fit(rides[ride], wishes[who], at=at)) for ride, who in best.pairs)
    pairs = [(ride, who, match) for ride, who, match in fits if match is not None]
    return _propose(by, village, day, market, best, pairs, at)


@transaction.atomic
def _propose(
    by: Actor,
    village: str,
    day: date,
    market: queries.Market,
    best: Chosen,
    pairs: Pairs,
    at: datetime,
) -> int:
    told: list[facts.MatchProposed] = []
    rides = _locked(RideOffer.objects.open(), {offer for offer, _, _ in pairs})
    looking = _locked(RideRequest.objects.open(), {request for _, request, _ in pairs})
    night, is_new = Night.objects.get_or_create(
        village_id=village,
        day=day,
        defaults={
            "created_at": at,
            "rides": len(market.rides),
            "riders": len(market.seekers),
            "proposed": 0,
            "value": best.value / PERSON,
            "bound": best.bound / PERSON,
            "first_come": best.first_come / PERSON,
        },
    )
    if not is_new:
        return 0
    for offer_id, request_id, match in pairs:
        offer, request = rides.get(offer_id), looking.get(request_id)
        if request is None or offer is None or offer.version != market.versions[offer_id]:
            continue
        told.append(matches.propose(offer, request, match, at=at))
    lucky = {fact.request_id for fact in told}
    without = [each.pk for each in market.requests if each.pk not in lucky]
    RideRequest.objects.filter(pk__among=without).update(nights_without=F("nights_without") + 1)
    night.proposed = len(told)
    night.save(update_fields=["proposed"])
    if told:
        record_all(told, by=by, at=at)
    return len(told)


def _locked(rows: QuerySet[Row], ids: Iterable[UUID]) -> dict[UUID, Row]:
    """Lock some rows, always in the same order."""
    found = rows.select_for_update(no_key=True).filter(pk__among=ids).order_by("pk")
    return {row.pk: row for row in found}
