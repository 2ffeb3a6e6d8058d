"""Whoever can walk a little gets in and out at a public stop, where that fits better."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from carpool import plans
from carpool.actions import change_offer, open_stop
from carpool.matching import Spot
from carpool.models import Booking, RideOffer, RideRequest, Stop, StopKind, about
from carpool.places import Place, seconds_on_foot
from carpool.queries import matches_for, matches_of
from tests.carpool.factories import TOWN, answer, book, confirm, make_offer, make_request
from tests.support.cast import Cast
from village.core.actor import Actor
from village.core.geo import Point

pytestmark = pytest.mark.django_db
# Tom leaves the mill; nora lives on the slope beside it, nearly a kilometre off his way.
MILL, SLOPE = Point(50.0107, 11.5141), Point(50.0150, 11.5240)
AT_THE_ROAD = Point(
    SLOPE.lat + 0.8 * (MILL.lat - SLOPE.lat), SLOPE.lng + 0.8 * (MILL.lng - SLOPE.lng)
)


def stop(cast: Cast, name: str, point: Point, at: datetime) -> Stop:
    return open_stop(
        by=Actor(cast.stella.pk),
        village="lindental",
        place=Place(name, point),
        kind=StopKind.BUS_STOP,
        at=at,
    )


@pytest.fixture
def bus(cast: Cast, at: datetime) -> Stop:
    """Open three stops: where tom leaves, where nora lives, and at the road between them."""
    stop(cast, "Mühle", MILL, at)
    stop(cast, "Am Hang", SLOPE, at)
    return stop(cast, "Lindental, Bus", AT_THE_ROAD, at)


def place(name: str) -> Place:
    return Stop.objects.get(name=name).place


def offered(cast: Cast, at: datetime, **changes: Any) -> RideOffer:
    """Offer a ride of which the driver goes out of her way for a minute at most."""
    return make_offer(cast.tom, at=at, start=place("Mühle"), **({"detour_minutes": 1} | changes))


def asked(cast: Cast, at: datetime, **changes: Any) -> RideRequest:
    """Look for a ride from the slope, ready to walk for a quarter of an hour."""
    what: dict[str, Any] = {"start": place("Am Hang"), "walk_minutes": 15} | changes
    return make_request(cast.nora, at=at, **what)


class TestWishOf:
    def test_walks_to_stops_as_far_as_she_can(self, cast: Cast, bus: Stop, at: datetime) -> None:
        walk = seconds_on_foot(SLOPE, AT_THE_ROAD)
        assert 600 < walk < 900 < seconds_on_foot(SLOPE, MILL)

        near = plans.wish_of(asked(cast, at))
        none = plans.wish_of(asked(cast, at, walk_minutes=0))
        short = plans.wish_of(asked(cast, at, walk_minutes=10))

        assert near.pickups == (Spot(SLOPE), Spot(AT_THE_ROAD, walk))
        assert near.dropoffs == (Spot(about(TOWN, "lindental").point),)
        assert none.pickups == short.pickups == (Spot(SLOPE),)

    def test_is_the_same_for_every_home_of_one_cell(
        self, cast: Cast, bus: Stop, at: datetime
    ) -> None:
        home = Place("Zuhause", Point(50.0121, 11.5181))
        nearby = (Place("Zuhause", Point(50.0121, 11.5181 + n / 5000)) for n in range(-20, 21))
        alike = [
            each
            for each in nearby
            if about(each, "lindental").point == about(home, "lindental").point
        ]
        assert len(alike) > 3

        wishes = {plans.wish_of(asked(cast, at, start=each)) for each in alike}

        assert len(wishes) == 1
        assert home.point not in {spot.point for spot in wishes.pop().pickups}


class TestMatches:
    def test_are_met_at_a_stop_that_the_driver_passes(
        self, cast: Cast, bus: Stop, at: datetime
    ) -> None:
        offer = offered(cast, at)

        assert not matches_for(asked(cast, at, walk_minutes=0), at=at)
        [(found, match)] = matches_for(asked(cast, at), at=at)

        assert found == offer
        assert match.pickup.point == AT_THE_ROAD
        assert match.extra_seconds <= 60
        assert [match.walk for _, match in matches_of(offer, at=at)] == [match.walk]

    def test_come_to_her_door_where_the_driver_has_the_time(
        self, cast: Cast, bus: Stop, at: datetime
    ) -> None:
        offered(cast, at, detour_minutes=20)

        [(_, match)] = matches_for(asked(cast, at), at=at)

        assert match.pickup == Spot(SLOPE)

    def test_say_where_to_walk_and_for_how_long(
        self, api: Any, cast: Cast, bus: Stop, nora: Any
    ) -> None:
        at = timezone.now()
        offered(cast, at)
        wish = asked(cast, at)

        [told] = api(nora).get(f"/api/v1/carpool/requests/{wish.pk}/matches").json()["items"]

        assert told["pickup"]["stop"] == str(bus.pk)
        assert told["pickup"]["name"] == "Lindental, Bus"
        assert told["walk_minutes"] == round(seconds_on_foot(SLOPE, AT_THE_ROAD) / 60)
        assert f"You walk for {told['walk_minutes']} minutes." in told["reasons"]
        assert told["dropoff"]["stop"] is None


class TestBooking:
    def test_meets_at_the_stop(self, cast: Cast, bus: Stop, at: datetime) -> None:
        offer, wish = offered(cast, at), asked(cast, at)
        booking = book(cast.nora, offer, request_id=wish.pk)
        answer(booking)
        confirm(booking)

        kept = Booking.objects.with_people().get(pk=booking.pk)
        assert (kept.pickup, kept.dropoff) == (bus.place, TOWN)
        points = [call.point for call in plans.ride_of(kept.offer).calls]
        assert AT_THE_ROAD in points
        assert SLOPE not in points

    def test_stays_at_the_stop_when_the_ride_changes_and_the_stop_closes(
        self, cast: Cast, bus: Stop, at: datetime
    ) -> None:
        offer, wish = offered(cast, at), asked(cast, at)
        booking = book(cast.nora, offer, request_id=wish.pk)
        Stop.objects.update(closed_at=at)

        change_offer(
            by=Actor(cast.tom.pk),
            offer_id=offer.pk,
            departs_at=offer.departs_at + timedelta(minutes=10),
            at=at,
        )

        kept = Booking.objects.with_people().get(pk=booking.pk)
        assert kept.is_active
        assert kept.pickup == bus.place
        assert AT_THE_ROAD in [call.point for call in plans.ride_of(kept.offer).calls]


class TestOverHttp:
    @pytest.mark.parametrize("minutes", [-1, 31, 10**6, "ten", 2.5])
    def test_refuses_walks_that_make_no_sense(self, api: Any, nora: Any, minutes: Any) -> None:
        at = timezone.now()
        body = {
            "from": {"name": "Am Hang", "lat": 50.015, "lng": 11.524},
            "to": {"name": "Bayreuth", "lat": 49.95182, "lng": 11.57934},
            "earliest": at.isoformat(),
            "latest_arrival": (at + timedelta(hours=2)).isoformat(),
            "walk_minutes": minutes,
        }

        refused = api(nora).post(
            "/api/v1/villages/lindental/carpool/requests", body, content_type="application/json"
        )

        assert refused.status_code == 422

    def test_tells_nobody_else_how_far_she_can_walk(
        self, api: Any, cast: Cast, nora: Any, mia: Any
    ) -> None:
        wish = make_request(nora, at=timezone.now(), walk_minutes=15)
        address = f"/api/v1/carpool/requests/{wish.pk}"

        assert api(nora).get(address).json()["walk_minutes"] == 15
        assert api(mia).get(address).json()["walk_minutes"] is None
