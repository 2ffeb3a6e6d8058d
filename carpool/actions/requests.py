"""The verbs of who looks for a ride."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from carpool import facts, policies
from carpool.actions import matches
from carpool.actions.journeys import HORIZON, check_clock, check_places
from carpool.models import RequestSeries, RequestStatus, RideRequest, columns
from carpool.places import Place
from carpool.terms import PLAIN, Terms
from village.core.actor import Actor
from village.core.errors import DomainError, Invalid, NotFound
from village.journal.actions import record, record_all
from village.journal.facts import Fact
from village.residents.queries import village_or_404

LONGEST_WINDOW = timedelta(days=7)


class RequestClosed(DomainError):
    """The request is no longer open: matched, booked or withdrawn."""

    code = "carpool.request_closed"


@transaction.atomic
def ask_for_ride(
    *,
    by: Actor,
    village: str,
    start: Place,
    goal: Place,
    earliest: datetime,
    latest_arrival: datetime,
    seats: int,
    terms: Terms = PLAIN,
    walk_minutes: int = 0,
    at: datetime,
) -> RideRequest:
    """
    Look for a ride for the actor's principal; at either end she walks to a stop, if she can.

    Whoever offers such a ride learns of it, and so does the principal, at once.

    :raises NotFound: if the principal does not belong to the village
    :raises OutOfScope: if the mandate does not cover asking for rides
    :raises Invalid: if the places or times make no sense
    """
    policies.may_ask(by, village).enforce()
    check_places(start, goal, village=village)
    _check_times(earliest, latest_arrival, village, at)
    request = RideRequest(
        village_id=village,
        person_id=by.principal_id,
        earliest=earliest,
        latest_arrival=latest_arrival,
        walk_minutes=walk_minutes,
        seats=seats,
        via_helper=by.is_assisted,
        created_at=at,
        **columns(start, goal, terms),
    )
    record_all(put_up(request, at=at), by=by, at=at)
    return request


def put_up(request: RideRequest, *, at: datetime, is_new: bool = True) -> list[Fact]:
    """Write a new or renewed request, find rides for it, and say what happened."""
    request.save(force_insert=is_new)
    asked = facts.RideRequested(
        village=request.village_id, request_id=request.pk, person_id=request.person_id
    )
    return [asked, *matches.of_request(request, at=at)]


def dated(series: RequestSeries, day: date, earliest: datetime, *, at: datetime) -> RideRequest:
    """Give the request of one day of a series, not yet written."""
    return RideRequest(
        village_id=series.village_id,
        person_id=series.person_id,
        series=series,
        day=day,
        earliest=earliest,
        latest_arrival=earliest + timedelta(minutes=series.minutes),
        seats=series.seats,
        via_helper=series.via_helper,
        created_at=at,
        **columns(series.start, series.goal, series.terms),
    )


@transaction.atomic
def withdraw_request(*, by: Actor, request_id: UUID, at: datetime) -> RideRequest:
    """
    Look for a ride no longer; a second call changes nothing.

    :raises NotFound: if there is none that the actor may see
    :raises Forbidden: if somebody else looks for it
    :raises RequestClosed: if a booking was made of it, which is cancelled first
    """
    request = locked(request_id)
    if request is None:
        raise NotFound
    policies.may_withdraw(by, request).enforce()
    if request.status == RequestStatus.WITHDRAWN:
        return request
    if request.bookings.active().exists():
        raise RequestClosed(_("A ride is booked for this. Please cancel the booking first."))
    record(end_request(request), by=by, at=at)
    return request


def locked(request_id: UUID) -> RideRequest | None:
    """Lock a request until the transaction ends; a ride that is needed too is locked before."""
    return RideRequest.objects.select_for_update(no_key=True).filter(pk=request_id).first()


def end_request(request: RideRequest) -> facts.RequestWithdrawn:
    """Withdraw a request that is locked, and say so."""
    request.status = RequestStatus.WITHDRAWN
    request.save(update_fields=["status"])
    request.matches.all().delete()
    return facts.RequestWithdrawn(
        village=request.village_id, request_id=request.pk, person_id=request.person_id
    )


def _check_times(earliest: datetime, latest_arrival: datetime, village: str, at: datetime) -> None:
    if latest_arrival <= earliest:
        raise Invalid(_("You arrive after you start."), field="latest_arrival")
    if latest_arrival - earliest > LONGEST_WINDOW:
        raise Invalid(_("Please look for one week at a time."), field="latest_arrival")
    if latest_arrival <= at:
        raise Invalid(_("This time is already past."), field="latest_arrival")
    if earliest > at + HORIZON:
        raise Invalid(_("This is more than a year away."), field="earliest")
    zone = village_or_404(village).tzinfo
    check_clock(earliest, zone, field="earliest")
    check_clock(latest_arrival, zone, field="latest_arrival")
