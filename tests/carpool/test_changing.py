"""A driver changes her ride, and says the evening before that she still goes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from carpool import actions, facts, queries
from carpool.models import RideOffer
from carpool.plans import ride_of
from tests.carpool.factories import answer, book, make_offer, make_request
from tests.support.cast import Cast
from village.core.actor import SYSTEM, Actor
from village.core.errors import Forbidden
from village.journal.models import Entry
from village.journal.notices import Notice
from village.journal.queries import recorded

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer(cast: Cast, at: datetime) -> RideOffer:
    """Give tom's ride to the town, with three seats."""
    return make_offer(cast.tom, at=at)


class TestChanging:
    def test_tells_the_riders_what_changed(
        self, cast: Cast, offer: RideOffer, at: datetime
    ) -> None:
        answer(book(cast.nora, offer))
        later = offer.departs_at + timedelta(minutes=15)

        actions.change_offer(
            by=Actor(cast.tom.pk), offer_id=offer.pk, departs_at=later, seats=2, at=at
        )

        fact = recorded(Entry.objects.get(kind="carpool.ride_changed")).fact
        assert isinstance(fact, facts.RideChanged)
        assert (fact.rider_ids, fact.changed) == ((cast.nora.pk,), ("departs_at", "seats"))
        with timezone.override(ZoneInfo("Europe/Berlin")):
            words = Notice.declared["carpool.ride_changed"].words(fact)
        assert words is not None
        assert "It leaves at 3:15 p.m., not at 3 p.m." in words.body
        assert "It has 2 seats now." in words.body
        offer.refresh_from_db()
        assert (offer.departs_at, offer.seats_left) == (later, 1)
        assert ride_of(offer).calls[0].arrives == int(later.timestamp())

    def test_lets_go_who_no_longer_fits_and_looks_for_another_ride_for_her(
        self, cast: Cast, offer: RideOffer, at: datetime
    ) -> None:
        wish = make_request(cast.nora, at=at)
        booking = answer(book(cast.nora, offer, request_id=wish.pk))
        other = make_offer(cast.mia, at=at)

        actions.change_offer(
            by=Actor(cast.tom.pk),
            offer_id=offer.pk,
            departs_at=offer.departs_at + timedelta(hours=5),
            at=at,
        )

        booking.refresh_from_db()
        wish.refresh_from_db()
        assert (booking.status, wish.status) == ("cancelled", "open")
        found = Entry.objects.filter(kind="carpool.match_found").values_list("data", flat=True)
        assert str(other.pk) in str(list(found))

    def test_to_fewer_seats_lets_go_who_asked_last(
        self, cast: Cast, offer: RideOffer, at: datetime
    ) -> None:
        first = book(cast.nora, offer, 2)
        last = book(cast.mia, offer, at=at + timedelta(minutes=1))

        actions.change_offer(by=Actor(cast.tom.pk), offer_id=offer.pk, seats=2, at=at)

        first.refresh_from_db()
        last.refresh_from_db()
        assert (first.status, last.status) == ("requested", "cancelled")

    def test_nothing_says_nothing(self, cast: Cast, offer: RideOffer, at: datetime) -> None:
        before = Entry.objects.count()

        actions.change_offer(by=Actor(cast.tom.pk), offer_id=offer.pk, seats=3, at=at)

        assert Entry.objects.count() == before

    def test_is_the_drivers_alone(self, cast: Cast, offer: RideOffer, at: datetime) -> None:
        with pytest.raises(Forbidden):
            actions.change_offer(by=Actor(cast.nora.pk), offer_id=offer.pk, seats=2, at=at)


class TestTheEveningBefore:
    def test_drivers_whom_somebody_counts_on_are_asked_once(self, cast: Cast) -> None:
        evening = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
        tomorrow = datetime(2026, 11, 23, 7, tzinfo=UTC)
        wanted = make_offer(cast.tom, at=evening, departs_at=tomorrow)
        make_offer(cast.mia, at=evening, departs_at=tomorrow)
        book(cast.nora, wanted)

        assert not list(queries.to_be_asked(evening - timedelta(hours=1)))
        assert list(queries.to_be_asked(evening)) == [wanted.pk]
        assert actions.ask_driver(by=SYSTEM, offer_id=wanted.pk, at=evening)
        assert not actions.ask_driver(by=SYSTEM, offer_id=wanted.pk, at=evening)
        assert not list(queries.to_be_asked(evening))

    def test_her_yes_is_told_to_the_riders_once(
        self, cast: Cast, offer: RideOffer, at: datetime
    ) -> None:
        answer(book(cast.nora, offer))

        for _ in range(2):
            actions.still_go(by=Actor(cast.tom.pk), offer_id=offer.pk, at=at)

        said = Entry.objects.get(kind="carpool.ride_still_on")
        assert said.data["rider_ids"] == [str(cast.nora.pk)]
