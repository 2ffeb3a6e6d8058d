"""Two whom a block keeps apart never share a car, and nobody is told why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.utils import timezone

from carpool import actions, queries
from carpool.models import Booking, Match, RideOffer
from tests.carpool.factories import answer, book, make_offer, make_request
from tests.support.cast import Cast
from village.core.actor import SYSTEM, Actor
from village.journal import tasks
from village.journal.models import Entry, Reading
from village.residents.actions import block
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
As = Callable[[Resident], Actor]


@pytest.fixture
def at() -> datetime:
    """Give the moment by the clock that the worker reads."""
    return timezone.now()


@pytest.fixture
def offer(tom: Resident, at: datetime) -> RideOffer:
    """Give tom's ride, with three seats."""
    return make_offer(tom, at=at)


@pytest.fixture(params=["nora asked", "mia asked"])
def apart(request: pytest.FixtureRequest, cast: Cast, at: datetime) -> None:
    """Keep nora and mia apart, whichever of them asked for it."""
    one, other = cast.nora, cast.mia
    if request.param == "mia asked":
        one, other = other, one
    block(by=Actor(one.pk), resident_id=other.pk, at=at)


def read_all() -> None:
    """Let every reader of the journal read what it has not."""
    for entry_id in Reading.objects.filter(done_at=None).values_list("entry", flat=True).distinct():
        tasks.read_entry(entry_id)


class TestFellowRiders:
    @pytest.mark.usefixtures("apart")
    def test_who_are_kept_apart_book_no_seats_in_one_car(
        self, offer: RideOffer, cast: Cast
    ) -> None:
        book(cast.nora, offer)

        with pytest.raises(actions.NoFit) as refusal:
            book(cast.mia, offer)

        assert book(cast.otto, offer).status == "requested"
        assert refusal.value.detail == actions.NoFit().detail
        riders = set(Booking.objects.values_list("rider", flat=True))
        assert riders == {cast.nora.pk, cast.otto.pk}

    @pytest.mark.usefixtures("apart")
    def test_who_are_kept_apart_are_not_matched(
        self, offer: RideOffer, cast: Cast, at: datetime
    ) -> None:
        wish, other = make_request(cast.mia, at=at), make_request(cast.otto, at=at)
        Match.objects.all().delete()
        book(cast.nora, offer)

        assert queries.matches_for(wish, at=at) == []
        assert [found.pk for found, _ in queries.matches_for(other, at=at)] == [offer.pk]
        assert [found.pk for found, _ in queries.matches_of(offer, at=at)] == [other.pk]
        actions.change_offer(by=Actor(cast.tom.pk), offer_id=offer.pk, detour_minutes=20, at=at)
        assert list(Match.objects.values_list("request", flat=True)) == [other.pk]

    def test_may_ride_when_the_other_one_no_longer_does(
        self, offer: RideOffer, cast: Cast, at: datetime
    ) -> None:
        booking = book(cast.nora, offer)
        block(by=Actor(cast.mia.pk), resident_id=cast.nora.pk, at=at)
        actions.cancel_booking(by=Actor(cast.nora.pk), booking_id=booking.pk, at=at)

        assert book(cast.mia, offer).status == "requested"


class TestABlock:
    def test_gives_up_the_seat_of_whoever_asked_for_it_and_finds_her_another(
        self, offer: RideOffer, cast: Cast, at: datetime
    ) -> None:
        wish = make_request(cast.nora, at=at)
        hers = answer(book(cast.nora, offer, request_id=wish.pk))
        theirs = answer(book(cast.mia, offer))
        other = make_offer(cast.otto, at=at)
        block(by=Actor(cast.nora.pk), resident_id=cast.mia.pk, at=at)
        read_all()

        statuses = dict(Booking.objects.values_list("pk", "status"))
        assert statuses == {hers.pk: "cancelled", theirs.pk: "accepted"}
        assert Match.objects.filter(request=wish, offer=other).exists()
        gave_up = Entry.objects.get(kind="carpool.seat_given_up")
        assert gave_up.data["rider_id"] == str(cast.nora.pk)

    def test_puts_nobody_out_of_a_car_who_sits_in_it(
        self, offer: RideOffer, cast: Cast, at: datetime
    ) -> None:
        hers, theirs = book(cast.nora, offer), book(cast.mia, offer)
        Booking.objects.update(status="on_board")
        block(by=Actor(cast.nora.pk), resident_id=cast.mia.pk, at=at)
        read_all()

        assert set(
            Booking.objects.filter(pk__in=[hers.pk, theirs.pk]).values_list("status", flat=True)
        ) == {"on_board"}

    def test_at_the_moment_of_a_booking_is_seen_by_whoever_is_read_last(
        self, offer: RideOffer, cast: Cast, at: datetime
    ) -> None:
        """Neither of the two saw the other when it was written."""
        book(cast.mia, offer)
        block(by=Actor(cast.mia.pk), resident_id=cast.nora.pk, at=at)
        read_all()
        with pytest.MonkeyPatch.context() as unseen:
            unseen.setattr(queries, "is_kept_apart_on", lambda *_: False)
            booking = book(cast.nora, offer)
        read_all()

        booking.refresh_from_db()
        assert booking.status == "cancelled"
        assert not actions.part_from_blocked(by=SYSTEM, booking_id=booking.pk, at=at)
