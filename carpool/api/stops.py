"""Stops, rules and what people say of themselves, over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Query, Status

from carpool import actions, queries
from carpool.api.addresses import STEWARD, VILLAGE, router
from carpool.models import StopKind
from carpool.places import Place
from carpool.schemas import (
    ProfileIn,
    ProfileOut,
    RulesIn,
    RulesOut,
    StopIn,
    StopOut,
    place,
    profile_out,
    stop_out,
)
from village.core.actor import Scope
from village.core.geo import Point
from village.core.http import ActorRequest
from village.core.permissions import MEMBERS, Standing, may
from village.core.schemas import PageOut, PageQuery
from village.journal.listing import listing
from village.residents.queries import member_of

STOPS = f"{VILLAGE}/stops"
PROFILE = f"{VILLAGE}/profile"
KNOWN = f"{VILLAGE}/known/{{uuid:resident_id}}"
ANOTHER = may(Standing.MEMBER, never=[Standing.OWNER])


@router.get(STOPS, response=PageOut[StopOut], scope=Scope.RIDES_REQUEST, who=MEMBERS)
def list_stops(request: ActorRequest, v: str, query: Query[PageQuery]) -> dict[str, Any]:
    """List the public places of a village where people get in and out."""
    village = member_of(request.actor, v)
    return listing(
        lambda: queries.stops_of(village.pk),
        lambda stops: [stop_out(stop) for stop in stops],
        query=query,
        order=("name", "id"),
    )


@router.post(STOPS, response={201: StopOut}, scope=None, who=STEWARD)
def open_stop(request: ActorRequest, v: str, payload: StopIn) -> Status[StopOut]:
    """Make a place public, as the steward."""
    stop = actions.open_stop(
        by=request.actor,
        village=v,
        place=Place(payload.place.name, Point(payload.place.lat, payload.place.lng)),
        kind=StopKind(payload.kind),
        account=payload.account,
        at=timezone.now(),
    )
    return Status(201, stop_out(stop))


@router.post("/carpool/stops/{uuid:stop_id}/close", response=StopOut, scope=None, who=STEWARD)
def close_stop(request: ActorRequest, stop_id: UUID) -> StopOut:
    """Use a stop no longer, as the steward."""
    return stop_out(actions.close_stop(by=request.actor, stop_id=stop_id, at=timezone.now()))


@router.get(f"{VILLAGE}/rules", response=RulesOut, scope=Scope.RIDES_REQUEST, who=MEMBERS)
def show_rules(request: ActorRequest, v: str) -> RulesOut:
    """Show the most that is shared for each kilometre."""
    village = member_of(request.actor, v)
    return RulesOut(village=village.pk, cents_per_km=queries.cents_per_km(village.pk))


@router.put(f"{VILLAGE}/rules", response=RulesOut, scope=None, who=STEWARD)
def set_rules(request: ActorRequest, v: str, payload: RulesIn) -> RulesOut:
    """Cap what is shared for each kilometre, as the steward."""
    rules = actions.set_rules(
        by=request.actor, village=v, cents_per_km=payload.cents_per_km, at=timezone.now()
    )
    return RulesOut(village=v, cents_per_km=rules.cents_per_km)


@router.get(PROFILE, response=ProfileOut, scope=Scope.RIDES_REQUEST, who=MEMBERS)
def show_profile(request: ActorRequest, v: str) -> ProfileOut:
    """Show what one has said of oneself for rides."""
    member_of(request.actor, v)
    return profile_out(queries.profile_of(request.actor.principal_id))


@router.put(PROFILE, response=ProfileOut, scope=Scope.RIDES_REQUEST, who=MEMBERS)
def say_profile(request: ActorRequest, v: str, payload: ProfileIn) -> ProfileOut:
    """Say of oneself what rides need to know; nobody else reads it."""
    profile = actions.say_profile(
        by=request.actor,
        village=v,
        is_woman=payload.is_woman,
        home=None if payload.home is None else place(payload.home, "home"),
        at=timezone.now(),
    )
    return profile_out(profile)


@router.put(KNOWN, response={204: None}, scope=Scope.RIDES_REQUEST, who=ANOTHER)
def know_person(request: ActorRequest, v: str, resident_id: UUID) -> Status[None]:
    """Say that one knows somebody, for rides among acquaintances."""
    actions.know_person(
        by=request.actor, village=v, resident_id=resident_id, knows=True, at=timezone.now()
    )
    return Status(204, None)


@router.delete(KNOWN, response={204: None}, scope=Scope.RIDES_REQUEST, who=ANOTHER)
def know_person_no_longer(request: ActorRequest, v: str, resident_id: UUID) -> Status[None]:
    """Say no longer that one knows somebody."""
    actions.know_person(
        by=request.actor, village=v, resident_id=resident_id, knows=False, at=timezone.now()
    )
    return Status(204, None)
