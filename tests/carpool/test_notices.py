"""Whom the rides tell, and in which words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from carpool import actions, facts
from carpool.models import RideOffer
from tests.carpool.factories import answer, book, cancel, make_offer
from tests.support.cast import Cast
from village.core.actor import Actor, Scope
from village.journal.models import Entry
from village.journal.notices import Notice, Words
from village.journal.queries import recorded
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
RIDE = "Lindental, Linde to Bayreuth, Bahnhof, Nov. 22, 2026, 3 p.m."


@pytest.fixture
def offer(tom: Resident, at: datetime) -> RideOffer:
    """Give tom's ride to the town, with three seats."""
    return make_offer(tom, at=at)


@pytest.fixture(autouse=True)
def in_the_village() -> Iterator[None]:
    """Read by the village's clock."""
    with timezone.override(ZoneInfo("Europe/Berlin")):
        yield


def told(key: str) -> tuple[set[UUID], Words | None]:
    """Give whom a notice tells of the newest fact of its kind, and what."""
    notice = Notice.declared[key]
    fact = recorded(Entry.objects.filter(kind=notice.of.kind).latest("pk")).fact
    return set(notice.audience(fact)), notice.words(fact)


class TestBooked:
    def test_asks_the_driver(self, offer: RideOffer, tom: Resident, nora: Resident) -> None:
        book(nora, offer, 2)
        audience, words = told("carpool.booked")

        assert audience == {tom.pk}
        assert words == Words(
            title="Nora would like to ride along",
            body=f"{RIDE}: 2 seats. Please say yes or no.",
            link=f"/carpool/offers/{offer.pk}",
        )

    def test_has_nothing_to_ask_when_it_is_answered(self, offer: RideOffer, nora: Resident) -> None:
        answer(book(nora, offer))

        assert told("carpool.booked")[1] is None

    def test_names_the_day_in_the_readers_language(self, offer: RideOffer, nora: Resident) -> None:
        book(nora, offer)
        with translation.override("de"):
            words = told("carpool.booked")[1]

        assert words is not None
        assert "22. November 2026 15:00" in words.body


class TestAnswered:
    @pytest.mark.parametrize(
        ("accept", "title"), [(True, "Tom takes you along"), (False, "Tom cannot take you along")]
    )
    def test_tells_the_rider(
        self, offer: RideOffer, nora: Resident, accept: bool, title: str
    ) -> None:
        answer(book(nora, offer), accept=accept)
        audience, words = told("carpool.answered")

        assert audience == {nora.pk}
        assert words is not None
        asks = "Please say that you come. " if accept else ""
        assert (words.title, words.body) == (title, asks + RIDE)

    def test_has_nothing_to_say_when_it_no_longer_holds(
        self, offer: RideOffer, nora: Resident
    ) -> None:
        cancel(nora, answer(book(nora, offer)))

        assert told("carpool.answered")[1] is None


class TestCancelled:
    @pytest.mark.parametrize(
        ("who", "key", "told_person", "title"),
        [
            ("nora", "carpool.rider_cancelled", "tom", "Nora does not ride along after all"),
            ("tom", "carpool.driver_cancelled", "nora", "Tom cannot take you along after all"),
        ],
    )
    def test_tells_the_other_one(
        self, cast: Cast, offer: RideOffer, who: str, key: str, told_person: str, title: str
    ) -> None:
        cancel(getattr(cast, who), answer(book(cast.nora, offer)))
        audience, words = told(key)

        assert audience == {getattr(cast, told_person).pk}
        assert words is not None
        assert words.title == title
        other = {"carpool.rider_cancelled", "carpool.driver_cancelled"} - {key}
        assert told(other.pop())[0] == set()

    def test_tells_all_who_wanted_to_ride(
        self,
        as_: Callable[[Resident], Actor],
        cast: Cast,
        offer: RideOffer,
        tom: Resident,
        at: datetime,
    ) -> None:
        answer(book(cast.nora, offer))
        book(cast.mia, offer)
        cancel(cast.otto, book(cast.otto, offer))
        actions.cancel_offer(by=as_(tom), offer_id=offer.pk, at=at)
        audience, words = told("carpool.ride_cancelled")

        assert audience == {cast.nora.pk, cast.mia.pk}
        assert words is not None
        assert (words.title, words.body) == ("Your ride with Tom is cancelled", RIDE)


class TestDeclarations:
    @pytest.mark.parametrize(
        ("key", "scope"),
        [
            ("carpool.booked", Scope.RIDES_OFFER),
            ("carpool.rider_cancelled", Scope.RIDES_OFFER),
            ("carpool.answered", Scope.RIDES_REQUEST),
            ("carpool.driver_cancelled", Scope.RIDES_REQUEST),
            ("carpool.ride_cancelled", Scope.RIDES_REQUEST),
        ],
    )
    def test_say_which_mandate_sees_them(self, key: str, scope: Scope) -> None:
        assert Notice.declared[key].scope == scope

    def test_a_booking_is_one_matter(self, offer: RideOffer, nora: Resident) -> None:
        booking = book(nora, offer)
        thread = Notice.declared["carpool.booked"].thread
        fact = recorded(Entry.objects.filter(kind=facts.SeatsBooked.kind).latest("pk")).fact

        assert thread is not None
        assert thread(fact) == f"carpool/bookings/{booking.pk}"
