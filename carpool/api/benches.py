"""Ride benches over HTTP: somebody waits, and a driver takes her along."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from ninja import Status

from carpool import actions, queries
from carpool.api.addresses import REQUEST, STEWARD, router
from carpool.schemas import (
    BenchKeyOut,
    BookingOut,
    RequestOut,
    TakeIn,
    WaitIn,
    booking_out,
    place,
    request_out,
)
from village.core.actor import KeyScope, Scope
from village.core.http import ActorRequest
from village.core.idempotency import show_once
from village.core.permissions import Standing, may

STOP = "/carpool/stops/{uuid:stop_id}"


@router.post(
    STOP + "/waits",
    response={201: RequestOut},
    scope=Scope.RIDES_REQUEST,
    who=may(Standing.MEMBER, key=KeyScope.RIDES_CALL),
)
def raise_wait(request: ActorRequest, stop_id: UUID, payload: WaitIn) -> Status[RequestOut]:
    """Say that somebody waits at a stop for a quarter of an hour; drivers who come by are rung."""
    wish = actions.raise_wait(
        by=request.actor,
        stop_id=stop_id,
        goal=place(payload.to, "to"),
        seats=payload.seats,
        at=timezone.now(),
    )
    return Status(201, request_out(queries.request_or_404(request.actor, wish.pk), exact=True))


@router.post(
    REQUEST + "/take",
    response={201: BookingOut},
    scope=None,
    who=may(Standing.MEMBER, never=[Standing.OWNER]),
)
def take_rider(request: ActorRequest, request_id: UUID, payload: TakeIn) -> Status[BookingOut]:
    """Take somebody along who waits at a stop, on a ride that one drives."""
    booking = actions.take_rider(
        by=request.actor, request_id=request_id, offer_id=payload.offer, at=timezone.now()
    )
    shown = queries.booking_or_404(request.actor, booking.pk)
    return Status(201, booking_out(shown, exact=True))


@router.post(STOP + "/key", response={201: BenchKeyOut}, scope=None, who=STEWARD)
def connect_bench(request: ActorRequest, stop_id: UUID) -> Status[BenchKeyOut]:
    """Give the device at a ride bench a key, shown this once; the one before ends."""
    stop, key, secret = actions.connect_bench(by=request.actor, stop_id=stop_id, at=timezone.now())
    show_once(request)
    return Status(201, BenchKeyOut(stop=stop.pk, key=key.pk, secret=secret))
