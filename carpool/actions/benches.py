"""The verbs of ride benches: somebody waits at a stop, and a driver takes her along."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from carpool import facts, plans, policies, queries
from carpool.actions import bookings, offers, requests
from carpool.actions.journeys import check_places
from carpool.actions.requests import RequestClosed
from carpool.models import (
    Booking,
    BookingStatus,
    RequestStatus,
    RideRequest,
    Stop,
    StopKind,
    columns,
)
from carpool.places import Place
from carpool.terms import Terms
from village.core.actor import SYSTEM, Actor, KeyScope
from village.core.errors import DomainError, Invalid, NotFound, TooMany
from village.journal.actions import record, record_all
from village.residents.models import Role
from village.stewardship.actions import make_key, rotate_key
from village.stewardship.models import ApiKey

# So long somebody waits at a stop for whoever drives by.
WAITS = timedelta(minutes=15)
# Whoever is picked up there is somewhere by then.
RIDES_AT_MOST = timedelta(hours=2)
# So many wait at once who came by one bench; a person waits at one place.
AT_ONE_BENCH = 3
# So often one person or one bench rings the drivers.
IN_AN_HOUR = 6
_HOUR = timedelta(hours=1)
# Nobody at a bench has been asked what she minds.
_UNSAID = Terms(smoking=True)


class StillWaiting(DomainError):
    """Somebody waits already, and is picked up first."""

    code = "carpool.still_waiting"

    def __init__(self) -> None:
        super().__init__(_("You already wait for a ride. Please take that back first."))


@transaction.atomic
def raise_wait(*, by: Actor, stop_id: UUID, goal: Place, seats: int, at: datetime) -> RideRequest:
    """
    Say that somebody waits at a stop from now on; drivers who soon come by learn of it at once.

    That is also who has left, and is on the way. It is a request that lasts a quarter of an hour.
    Pressing the button once more changes nothing.

    :raises NotFound: if there is no such stop in the actor's villages
    :raises Forbidden: if the actor is a bench that stands elsewhere
    :raises OutOfScope: if the mandate does not cover asking for rides
    :raises Invalid: if it leads nowhere
    :raises StillWaiting: if she waits for another ride
    :raises TooMany: if drivers were rung often enough within the hour
    """
    stop = Stop.objects.in_use().select_for_update(no_key=True).filter(pk=stop_id).first()
    if stop is None:
        raise NotFound
    policies.may_wait(by, stop).enforce()
    check_places(stop.place, goal, village=stop.village_id)
    until = at + WAITS
    rung = RideRequest.objects.filter(person=by.principal_id, waits_until__isnull=False)
    waiting = list(rung.waiting(at))
    for found in waiting:
        if (found.from_stop_id, found.goal, found.seats) == (stop.pk, goal, seats):
            same: RideRequest = found
            return same
    if len(waiting) >= (AT_ONE_BENCH if stop.account_id == by.principal_id else 1):
        raise StillWaiting
    _check_often(list(rung.filter(created_at__gt=at - _HOUR)), at)
    request = RideRequest(
        village_id=stop.village_id,
        person_id=by.principal_id,
        earliest=at,
        latest_arrival=until + RIDES_AT_MOST,
        waits_until=until,
        seats=seats,
        via_helper=by.is_assisted,
        created_at=at,
        **columns(stop.place, goal, _UNSAID),
    )
    record_all(requests.put_up(request, at=at), by=by, at=at)
    return request


@transaction.atomic
def take_rider(*, by: Actor, request_id: UUID, offer_id: UUID, at: datetime) -> Booking:
    """
    Take somebody along who waits at a stop, as the driver of a ride that comes by.

    Both have said yes then: she by waiting there. The first driver has her.

    :raises NotFound: if the actor may see no such request, or drives no such ride
    :raises RequestClosed: if nobody waits there any more
    :raises RideOff: if the ride has been cancelled
    :raises RideGone: if it is there already
    :raises RideFull: if fewer seats are left on some leg
    :raises NoFit: if the way or the times do not fit
    :raises NotSuited: if the terms do not go together
    """
    policies.may_be_taken(by, queries.request_or_404(by, request_id)).enforce()
    offer = offers.locked(offer_id)
    policies.may_take_along(by, offer).enforce()
    request = requests.locked(request_id)
    if request is None or request.village_id != offer.village_id:
        raise NotFound
    if not request.is_waiting(at):
        raise RequestClosed(_("Nobody waits there any more, or somebody else takes her along."))
    rider = Actor(request.person_id)
    bookings.check_open(offer, rider, at, until=offer.arrives_at)
    bookings.check_terms(rider, offer, request)
    wish, ride = plans.wish_at(request, at), plans.ride_of(offer)
    # A driver who is on the way left before: what counts is that she has not come by yet.
    match = bookings.seated(offer, ride, wish, min(at, offer.departs_at))
    booking = Booking.objects.create(
        village_id=offer.village_id,
        offer=offer,
        request=request,
        rider_id=request.person_id,
        seats=request.seats,
        status=BookingStatus.CONFIRMED,
        detour_seconds=max(0, match.extra_seconds),
        **plans.cost_of(match),
        via_helper=request.via_helper,
        created_at=at,
    )
    plans.keep(offer, plans.take_along(ride, match, wish, booking.pk))
    request.status = RequestStatus.MATCHED
    request.save(update_fields=["status"])
    taken = facts.RiderTaken(
        village=offer.village_id,
        offer_id=offer.pk,
        booking_id=booking.pk,
        request_id=request.pk,
        driver_id=offer.driver_id,
        rider_id=booking.rider_id,
        seats_left=offer.seats_left,
    )
    record(taken, by=by, at=at)
    return booking


@transaction.atomic
def end_wait(*, by: Actor, request_id: UUID, at: datetime) -> bool:
    """
    Let nobody wait in vain any longer; tell whether it ended now.

    :raises Forbidden: if anybody but the village itself asks for it
    """
    policies.may_end_rides(by).enforce()
    request = requests.locked(request_id)
    if request is None or not RideRequest.objects.in_vain(at).filter(pk=request.pk).exists():
        return False
    record(requests.end_request(request), by=SYSTEM, at=at)
    return True


@transaction.atomic
def connect_bench(*, by: Actor, stop_id: UUID, at: datetime) -> tuple[Stop, ApiKey, str]:
    """
    Give the device at a ride bench a key, shown this once; the one before is good no longer.

    :raises NotFound: if there is none of this id that the actor may see
    :raises Forbidden: if she is not the steward
    :raises Invalid: if no bench stands there
    """
    stop = Stop.objects.in_use().select_for_update(no_key=True).filter(pk=stop_id).first()
    if stop is None:
        raise NotFound
    policies.may_care_for_stops(by, stop.village_id).enforce()
    if stop.kind != StopKind.BENCH:
        raise Invalid(_("Only a ride bench has a device."), field="kind")
    before = ApiKey.objects.filter(of=stop.pk, machine=stop.account_id, ended_at=None).first()
    if before is not None:
        key, secret = rotate_key(by=by, key_id=before.pk, grace=timedelta(0), at=at)
        return stop, key, secret
    key, secret = make_key(
        by=by,
        village=stop.village_id,
        name=stop.name[:80],
        role=Role.RESIDENT,
        of=stop.pk,
        scopes=[KeyScope.RIDES_CALL],
        at=at,
    )
    stop.account_id = key.machine_id
    stop.save(update_fields=["account"])
    record(facts.BenchConnected(village=stop.village_id, stop_id=stop.pk), by=by, at=at)
    return stop, key, secret


def _check_often(rung: list[RideRequest], at: datetime) -> None:
    if len(rung) < IN_AN_HOUR:
        return
    oldest = min(each.created_at for each in rung)
    seconds = max(1, int((oldest + _HOUR - at).total_seconds()))
    words = _("The drivers were rung often enough for now. Please try again in a while.")
    raise TooMany(words, retry_after=seconds)
