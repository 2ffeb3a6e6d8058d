"""The seats of a ride, leg by leg."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from carpool import actions
from carpool.models import Booking, RideCall, RideOffer
from carpool.places import Place
from carpool.plans import ride_of
from tests.carpool.factories import LINDE, TOWN, answer, book, cancel, make_offer, make_request
from tests.support.cast import Cast
from village.core.actor import Actor
from village.core.geo import Point
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
MIDDLE = Place("Bindlach", Point(49.98338, 11.54297))
ASIDE = Place("Kulmbach", Point(50.10321, 11.43822))


@pytest.fixture
def offer(cast: Cast, at: datetime) -> RideOffer:
    """Give tom's ride to the town, which has a single seat."""
    return make_offer(cast.tom, at=at, seats=1)


def book_part(who: Resident, offer: RideOffer, start: Place, goal: Place, at: datetime) -> Booking:
    wish = make_request(who, at=at, start=start, goal=goal)
    return book(who, offer, request_id=wish.pk)


class TestOneSeat:
    def test_is_used_twice_when_one_rider_leaves_where_another_boards(
        self, cast: Cast, offer: RideOffer, at: datetime
    ) -> None:
        book_part(cast.nora, offer, LINDE, MIDDLE, at)
        book_part(cast.mia, offer, MIDDLE, TOWN, at)

        offer.refresh_from_db()
        assert offer.seats_left == 0
        assert [call.boards for call in ride_of(offer).calls] == [0, 1, -1, 1, -1, 0]

    def test_is_not_shared_on_the_same_leg(
        self, cast: Cast, offer: RideOffer, at: datetime
    ) -> None:
        book_part(cast.nora, offer, LINDE, MIDDLE, at)

        with pytest.raises(actions.RideFull):
            book_part(cast.mia, offer, LINDE, TOWN, at)
        with pytest.raises(actions.RideFull):
            book(cast.mia, offer)

    def test_is_free_again_with_everything_else_when_a_rider_cancels(
        self, cast: Cast, offer: RideOffer, at: datetime
    ) -> None:
        before = ride_of(offer)
        cancel(cast.nora, book_part(cast.nora, offer, LINDE, MIDDLE, at))

        offer.refresh_from_db()
        assert ride_of(offer) == before
        assert offer.seats_left == 1
        assert not RideCall.objects.filter(booking__isnull=False).exists()


class TestTheWay:
    def test_is_not_longer_than_the_driver_allows(
        self, cast: Cast, offer: RideOffer, at: datetime
    ) -> None:
        with pytest.raises(actions.NoFit):
            book_part(cast.nora, offer, ASIDE, TOWN, at)

        assert not Booking.objects.exists()

    def test_counts_its_detour_from_the_ride_without_riders(self, cast: Cast, at: datetime) -> None:
        """Many small detours do not add up to more than the driver allows."""
        offer = make_offer(cast.tom, at=at, seats=4, detour_minutes=4, flexible_minutes=60)
        allowed = offer.longest_seconds
        for person, lat in ((cast.nora, 0.01), (cast.mia, 0.02), (cast.otto, 0.03)):
            aside = Place("aside", Point(MIDDLE.point.lat + lat, MIDDLE.point.lng + lat))
            try:
                book_part(person, offer, aside, TOWN, at)
            except actions.NoFit:
                continue

        offer.refresh_from_db()
        assert Booking.objects.exists()
        assert ride_of(offer).driving <= allowed
        assert offer.longest_seconds == allowed

    def test_says_when_a_rider_is_picked_up(
        self, cast: Cast, offer: RideOffer, at: datetime
    ) -> None:
        booking = book_part(cast.nora, offer, MIDDLE, TOWN, at)

        booking.refresh_from_db()
        assert booking.pickup_at is not None
        assert booking.dropoff_at is not None
        assert offer.departs_at < booking.pickup_at < booking.dropoff_at
        assert booking.dropoff_at < offer.departs_at + timedelta(hours=1)


def test_every_call_belongs_to_an_active_booking_or_to_the_ride(cast: Cast, at: datetime) -> None:
    """A query says that nothing stale is left behind, whatever came and went."""
    offer = make_offer(cast.tom, at=at)
    booking = book_part(cast.nora, offer, LINDE, MIDDLE, at)
    book_part(cast.mia, offer, MIDDLE, TOWN, at)
    answer(booking, accept=False)
    actions.cancel_offer(by=Actor(cast.tom.pk), offer_id=offer.pk, at=at)

    assert not RideCall.objects.exclude(booking=None).exists()
    assert RideCall.objects.count() == 2
