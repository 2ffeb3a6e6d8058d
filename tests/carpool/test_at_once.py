"""Many who want the last seat, on a database where they really race."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models import Sum

from carpool import actions
from carpool.models import ACTIVE, Booking, RideOffer, Stop, StopKind
from tests.carpool.factories import LINDE, TOWN, book, make_offer, make_request
from tests.support.at_once import all_at_once, make_crowd
from village.core.actor import SYSTEM, Actor
from village.journal.models import StreamEntry
from village.residents.models import Resident, Village

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def crowd(lindental: Village, at: datetime) -> list[UUID]:
    """Bring twelve more people into the village."""
    return make_crowd(lindental, at=at)


def assert_counted(offer: RideOffer) -> None:
    offer.refresh_from_db()
    held = offer.bookings.active().aggregate(seats=Sum("seats"))["seats"] or 0
    assert offer.seats_left == offer.seats - held
    seqs = StreamEntry.objects.filter(stream__address=f"carpool/offers/{offer.pk}")
    numbers = list(seqs.order_by("seq").values_list("seq", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))


class TestLastSeats:
    def test_go_to_as_many_as_there_are(
        self, tom: Resident, crowd: list[UUID], at: datetime
    ) -> None:
        offer = make_offer(tom, at=at, seats=3)

        came = all_at_once(lambda who: book(Actor(who), offer).status, crowd)

        assert came == {"requested": 3, "carpool.ride_full": 9}
        assert_counted(offer)

    def test_are_one_booking_for_who_asks_many_times(
        self, tom: Resident, nora: Resident, at: datetime
    ) -> None:
        offer = make_offer(tom, at=at, seats=3)

        came = all_at_once(lambda who: book(Actor(who), offer).status, [nora.pk] * 6)

        assert came == {"requested": 1, "carpool.already_booked": 5}
        assert_counted(offer)

    def test_are_counted_while_people_come_and_go(
        self, tom: Resident, crowd: list[UUID], at: datetime
    ) -> None:
        offer = make_offer(tom, at=at, seats=4)

        def change_her_mind(who: UUID) -> str:
            for step in range(3):
                try:
                    booking = book(Actor(who), offer, 1 + step % 2)
                except actions.RideFull:
                    continue
                if step < 2:
                    actions.cancel_booking(by=Actor(who), booking_id=booking.pk, at=at)
            return "done"

        assert all_at_once(change_her_mind, crowd) == {"done": 12}
        assert_counted(offer)

    def test_are_nobodys_when_the_driver_takes_the_ride_back(
        self, tom: Resident, crowd: list[UUID], at: datetime
    ) -> None:
        offer = make_offer(tom, at=at, seats=8)

        def book_or_cancel(who: UUID) -> str:
            if who == tom.pk:
                actions.cancel_offer(by=Actor(who), offer_id=offer.pk, at=at)
                return "cancelled"
            return book(Actor(who), offer).status

        came = all_at_once(book_or_cancel, [*crowd, tom.pk])

        assert came["cancelled"] == 1
        assert not Booking.objects.filter(status__in=ACTIVE).exists()
        assert_counted(offer)


class TestOneRequest:
    def test_is_answered_by_one_driver(
        self, tom: Resident, mia: Resident, otto: Resident, nora: Resident, at: datetime
    ) -> None:
        wish = make_request(nora, at=at)
        drivers = {
            driver.pk: book(nora, make_offer(driver, at=at), request_id=wish.pk)
            for driver in (tom, mia, otto)
        }

        def accept(driver: UUID) -> str:
            return actions.answer_booking(
                by=Actor(driver), booking_id=drivers[driver].pk, accept=True, at=at
            ).status

        assert all_at_once(accept, list(drivers)) == {
            "accepted": 1,
            "carpool.request_closed": 2,
        }


class TestAPassengerWhomOtherServicesFind:
    def test_is_asked_by_one_of_their_drivers(
        self, lindental: Village, nora: Resident, at: datetime
    ) -> None:
        start, goal = (
            Stop.objects.create(
                village=lindental,
                name=place.name,
                kind=StopKind.SQUARE,
                lat=place.point.lat,
                lng=place.point.lng,
                created_at=at,
            ).place
            for place in (LINDE, TOWN)
        )
        wish = make_request(nora, at=at, start=start, goal=goal)

        def ask(booking_id: UUID) -> str:
            driver = actions.Traveller("rides.example", str(booking_id), "Ben")
            made = actions.take_along_for_partner(
                by=SYSTEM,
                traveller=driver,
                booking_id=booking_id,
                request_id=wish.pk,
                pickup=start.point,
                drop=goal.point,
                picked_up_at=wish.earliest + timedelta(minutes=20),
                price={},
                at=at,
            )
            return str(made.status)

        came = all_at_once(ask, [uuid4() for _ in range(6)])

        assert came == {"accepted": 1, "not_found": 5}
        assert Booking.objects.count() == RideOffer.objects.count() == 1
