"""What becomes of rides that were offered before they had plans."""

from __future__ import annotations

import importlib
from datetime import datetime

import pytest
from django.apps import apps

from carpool import plans
from carpool.models import Booking, RideCall, RideOffer
from tests.carpool.factories import book, cancel, make_offer
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def test_rides_of_before_are_planned_with_whoever_had_booked(cast: Cast, at: datetime) -> None:
    offer, other = make_offer(cast.tom, at=at), make_offer(cast.otto, at=at)
    two, one = book(cast.nora, offer, 2), book(cast.mia, offer)
    cancel(cast.mia, one)
    third = book(cast.mia, offer)
    Booking.objects.filter(pk=third.pk).update(status="accepted")
    # As it was then: no plan, and who was accepted was as good as there.
    RideCall.objects.all().delete()
    RideOffer.objects.update(longest_seconds=0, arrives_at=at)

    importlib.import_module("carpool.migrations.0003_plan_rides").plan_rides(apps, None)

    offer.refresh_from_db()
    third.refresh_from_db()
    ride = plans.ride_of(offer)
    calls = list(offer.calls.order_by("turn"))
    assert third.status == "confirmed"
    assert [(call.booking_id, call.boards) for call in calls[:1] + calls[-1:]] == [(None, 0)] * 2
    assert {(call.booking_id, call.boards) for call in calls[1:-1]} == {
        (two.pk, 2),
        (two.pk, -2),
        (third.pk, 1),
        (third.pk, -1),
    }
    assert offer.departs_at < ride_ends(offer) == offer.arrives_at
    assert offer.longest_seconds > 60 * offer.detour_minutes
    assert len(plans.ride_of(other).calls) == 2
    # And it is a ride like any other: two seats are still taken when one is given back.
    assert ride.seats == 3
    cancel(cast.mia, third)
    assert book(cast.edda, offer).status == "requested"


def ride_ends(offer: RideOffer) -> datetime:
    """Give when the last call of a plan is, for who leaves at the latest."""
    last = offer.calls.order_by("-turn").first()
    assert last is not None
    arrives: datetime = last.arrives_at + (offer.departs_until - offer.departs_at)
    return arrives
