"""Rides that repeat, over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Query, Status

from carpool import actions, queries
from carpool.api.addresses import VILLAGE, router
from carpool.models import OfferSeries, RequestSeries
from carpool.schemas import (
    DayIn,
    OfferSeriesIn,
    RequestSeriesIn,
    SeriesOut,
    pattern,
    place,
    series_out,
    terms,
)
from village.core.actor import Scope
from village.core.http import ActorRequest
from village.core.permissions import MEMBERS, OWNER
from village.core.schemas import PageOut, PageQuery
from village.journal.listing import listing
from village.residents.queries import member_of

OFFERED = f"{VILLAGE}/offer-series"
OFFERED_ONE = "/carpool/offer-series/{uuid:offer_series_id}"
NEEDED = f"{VILLAGE}/request-series"
NEEDED_ONE = "/carpool/request-series/{uuid:request_series_id}"


@router.get(OFFERED, response=PageOut[SeriesOut], scope=Scope.RIDES_OFFER, who=MEMBERS)
def list_offer_series(request: ActorRequest, v: str, query: Query[PageQuery]) -> dict[str, Any]:
    """List the rides that one offers again and again."""
    village = member_of(request.actor, v)
    return listing(
        lambda: queries.own_series(request.actor, village.pk, OfferSeries),
        lambda found: [series_out(each) for each in found],
        query=query,
        order=("created_at", "id"),
    )


@router.post(OFFERED, response={201: SeriesOut}, scope=Scope.RIDES_OFFER, who=MEMBERS)
def repeat_offer(request: ActorRequest, v: str, payload: OfferSeriesIn) -> Status[SeriesOut]:
    """Offer a ride on some days of the week; dated rides are made for four weeks ahead."""
    series = actions.repeat_offer(
        by=request.actor,
        village=v,
        start=place(payload.from_, "from"),
        goal=place(payload.to, "to"),
        via=[place(each, "via") for each in payload.via],
        clock=payload.clock.replace(tzinfo=None),
        pattern=pattern(payload),
        flexible_minutes=payload.flexible_minutes,
        seats=payload.seats,
        detour_minutes=payload.detour_minutes,
        terms=terms(payload),
        cents_per_km=payload.cents_per_km,
        at=timezone.now(),
    )
    return Status(201, series_out(series))


@router.post(OFFERED_ONE + "/skip", response={204: None}, scope=Scope.RIDES_OFFER, who=OWNER)
def skip_offer(request: ActorRequest, offer_series_id: UUID, payload: DayIn) -> Status[None]:
    """Leave out one day; its ride is called off, and its riders told."""
    actions.leave_out_day(
        by=request.actor,
        kind=OfferSeries,
        series_id=offer_series_id,
        day=payload.day,
        at=timezone.now(),
    )
    return Status(204, None)


@router.post(OFFERED_ONE + "/end", response={204: None}, scope=Scope.RIDES_OFFER, who=OWNER)
def end_offers(request: ActorRequest, offer_series_id: UUID) -> Status[None]:
    """Offer the ride no longer; those that are dated are called off."""
    actions.end_series(
        by=request.actor, kind=OfferSeries, series_id=offer_series_id, at=timezone.now()
    )
    return Status(204, None)


@router.get(NEEDED, response=PageOut[SeriesOut], scope=Scope.RIDES_REQUEST, who=MEMBERS)
def list_request_series(request: ActorRequest, v: str, query: Query[PageQuery]) -> dict[str, Any]:
    """List the rides that one needs again and again."""
    village = member_of(request.actor, v)
    return listing(
        lambda: queries.own_series(request.actor, village.pk, RequestSeries),
        lambda found: [series_out(each) for each in found],
        query=query,
        order=("created_at", "id"),
    )


@router.post(NEEDED, response={201: SeriesOut}, scope=Scope.RIDES_REQUEST, who=MEMBERS)
def repeat_request(request: ActorRequest, v: str, payload: RequestSeriesIn) -> Status[SeriesOut]:
    """Look for a ride on some days of the week."""
    series = actions.repeat_request(
        by=request.actor,
        village=v,
        start=place(payload.from_, "from"),
        goal=place(payload.to, "to"),
        clock=payload.clock.replace(tzinfo=None),
        minutes=payload.minutes,
        pattern=pattern(payload),
        seats=payload.seats,
        terms=terms(payload),
        at=timezone.now(),
    )
    return Status(201, series_out(series))


@router.post(NEEDED_ONE + "/skip", response={204: None}, scope=Scope.RIDES_REQUEST, who=OWNER)
def skip_request(request: ActorRequest, request_series_id: UUID, payload: DayIn) -> Status[None]:
    """Leave out one day; the request of that day ends."""
    actions.leave_out_day(
        by=request.actor,
        kind=RequestSeries,
        series_id=request_series_id,
        day=payload.day,
        at=timezone.now(),
    )
    return Status(204, None)


@router.post(NEEDED_ONE + "/end", response={204: None}, scope=Scope.RIDES_REQUEST, who=OWNER)
def end_requests(request: ActorRequest, request_series_id: UUID) -> Status[None]:
    """Look for the ride no longer."""
    actions.end_series(
        by=request.actor, kind=RequestSeries, series_id=request_series_id, at=timezone.now()
    )
    return Status(204, None)
