"""What becomes of the rides of somebody who leaves the village, or blocks a neighbour."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from carpool import facts, policies, queries
from carpool.actions import bookings, ending, offers, requests
from carpool.models import Booking, BookingStatus, RideOffer, RideRequest
from village.core.actor import Actor
from village.core.errors import NotFound
from village.journal.actions import record_all
from village.journal.facts import Fact

_SITS = Q(status=BookingStatus.ON_BOARD)


@transaction.atomic
def end_rides(*, by: Actor, village: str, resident_id: UUID, at: datetime) -> int:
    """
    Cancel what somebody offers, has booked and looks for in a village; give the number.

    :raises Forbidden: if anybody but the village itself asks for it
    """
    policies.may_end_rides(by).enforce()
    driven = RideOffer.objects.open().filter(driver=resident_id)
    booked = Booking.objects.active().filter(rider=resident_id)
    here = RideOffer.objects.still_here(at).filter(village=village)
    wanted = set(here.filter(pk__in=driven).values_list("pk", flat=True))
    wanted |= set(here.filter(pk__in=booked.values("offer")).values_list("pk", flat=True))
    told: list[Fact] = []
    # Rides before requests, each in one order, and nothing is told before all is locked:
    # whoever else locks some of them waits, and is never waited for.
    locked = [offers.locked(offer_id) for offer_id in sorted(wanted)]
    for offer in locked:
        if offer.driver_id == resident_id:
            if not offer.is_cancelled:
                told += offers.end_offer(offer, at=at)
        elif (booking := booked.filter(offer=offer).select_related("request").first()) is not None:
            booking.offer = offer
            told += ending.end_booking(booking, by_driver=False, at=at)
    looking = (
        RideRequest.objects.open().still_useful(at).filter(village=village, person=resident_id)
    )
    for request_id in sorted(looking.values_list("pk", flat=True)):
        request = requests.locked(request_id)
        if request is not None and looking.filter(pk=request.pk).exists():
            told.append(requests.end_request(request))
    record_all(told, by=by, at=at)
    return len(told)


@transaction.atomic
def end_bookings_between(*, by: Actor, blocker: UUID, blocked: UUID, at: datetime) -> int:
    """
    Cancel what two whom a block keeps apart have booked of each other; give the number.

    It counts as cancelled by whoever asked for the block: the other one is told of the ride.
    Where both ride along with somebody else, the seat of whoever asked is given up, so that
    nobody is put out of a car by a block.

    :raises Forbidden: if anybody but the village itself asks for it
    """
    policies.may_end_rides(by).enforce()
    pair = Q(rider=blocker, offer__driver=blocked) | Q(rider=blocked, offer__driver=blocker)
    theirs = Booking.objects.active().filter(rider=blocked)
    beside = Q(rider=blocker, offer__in=theirs.values("offer")) & ~_SITS
    booked = Booking.objects.active().filter(pair | beside, offer__departs_until__gt=at)
    wanted = sorted(set(booked.values_list("offer", flat=True)))
    told: list[Fact] = []
    for offer in [offers.locked(offer_id) for offer_id in wanted]:
        booking = booked.filter(offer=offer).select_related("request").first()
        if booking is None:
            continue
        booking.offer = offer
        if blocked in (booking.rider_id, offer.driver_id):
            by_driver = offer.driver_id == blocker
            told += ending.end_booking(booking, by_driver=by_driver, at=at)
        else:
            told += _give_up_seat(booking, at=at)
    record_all(told, by=by, at=at)
    return len(told)


@transaction.atomic
def part_from_blocked(*, by: Actor, booking_id: UUID, at: datetime) -> bool:
    """
    Give up a seat beside somebody whom a block keeps apart from its rider; tell whether it was.

    A block and a booking at the same moment do not see each other: whoever is read last does.

    :raises Forbidden: if anybody but the village itself asks for it
    """
    policies.may_end_rides(by).enforce()
    try:
        booking = bookings.locked(booking_id)
    except NotFound:
        return False
    is_waiting = booking.is_active and booking.status != BookingStatus.ON_BOARD
    if not is_waiting or not queries.is_kept_apart_on(booking.offer, booking.rider_id):
        return False
    record_all(_give_up_seat(booking, at=at), by=by, at=at)
    return True


def _give_up_seat(booking: Booking, *, at: datetime) -> list[Fact]:
    given_up = facts.SeatGivenUp(
        village=booking.village_id, booking_id=booking.pk, rider_id=booking.rider_id
    )
    return [given_up, *ending.end_booking(booking, by_driver=False, looks_on=True, at=at)]
