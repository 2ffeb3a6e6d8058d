"""Looking for rides over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Query, Status

from carpool import actions, policies, queries
from carpool.api.addresses import OWN, REQUEST, REQUESTS, router
from carpool.roads import roads
from carpool.schemas import (
    MatchOut,
    RequestIn,
    RequestOut,
    RidesQuery,
    matches_out,
    place,
    request_out,
    terms,
)
from village.core.actor import Actor, KeyScope, Scope
from village.core.http import ActorRequest
from village.core.permissions import MEMBERS, Standing, may
from village.core.schemas import PageOut
from village.journal.listing import listing
from village.residents.queries import member_of


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
        start=place(payload.from_, "from"),
        goal=place(payload.to, "to"),
        terms=terms(payload),
        earliest=payload.earliest,
        latest_arrival=payload.latest_arrival,
        seats=payload.seats,
        walk_minutes=payload.walk_minutes,
        at=timezone.now(),
    )
    return Status(201, _request_for(request.actor, wish.pk))


@router.get(
    REQUEST,
    response=RequestOut,
    scope=Scope.RIDES_REQUEST,
    who=may(Standing.MEMBER, Standing.OWNER, key=KeyScope.RIDES_CALL),
)
def show_request(request: ActorRequest, request_id: UUID) -> RequestOut:
    """Show a request; the exact places only to whom it belongs."""
    return _request_for(request.actor, request_id)


@router.post(
    REQUEST + "/withdraw",
    response=RequestOut,
    scope=Scope.RIDES_REQUEST,
    who=may(Standing.OWNER, seen_by=[Standing.MEMBER], key=KeyScope.RIDES_CALL),
)
def withdraw_request(request: ActorRequest, request_id: UUID) -> RequestOut:
    """Look for a ride no longer."""
    actions.withdraw_request(by=request.actor, request_id=request_id, at=timezone.now())
    return _request_for(request.actor, request_id)


@router.get(REQUEST + "/matches", response=PageOut[MatchOut], scope=Scope.RIDES_REQUEST, who=OWN)
def list_matches(request: ActorRequest, request_id: UUID) -> dict[str, Any]:
    """List the rides that could take one along, the best first; times are in steps of 5 minutes."""
    wish = queries.request_or_404(request.actor, request_id)
    policies.may_see_matches(request.actor, wish).enforce()
    found = queries.matches_for(wish, at=timezone.now())
    items = matches_out(found, wish, estimate=roads().is_estimate)
    return {"items": items, "next": None}


def _request_for(by: Actor, request_id: UUID) -> RequestOut:
    wish = queries.request_or_404(by, request_id)
    return request_out(wish, exact=wish.person_id == by.principal_id)
