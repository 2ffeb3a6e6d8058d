"""From the driver's yes to the arrival: each word is said by whom it is up to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from carpool import actions, tasks
from carpool.models import Booking, RideOffer
from tests.carpool.factories import answer, book, cancel, confirm, make_offer, make_request
from tests.support.cast import Cast
from village.core.actor import SYSTEM, Actor
from village.core.errors import Forbidden, OutOfScope
from village.journal.models import Entry

pytestmark = pytest.mark.django_db
Verb = Callable[..., Booking]


@pytest.fixture
def offer(cast: Cast, at: datetime) -> RideOffer:
    """Give tom's ride to the town, with three seats."""
    return make_offer(cast.tom, at=at)


@pytest.fixture
def accepted(cast: Cast, offer: RideOffer) -> Booking:
    """Give nora's seat, to which tom has said yes."""
    return answer(book(cast.nora, offer))


def say(verb: Verb, who: Actor, booking: Booking, when: datetime) -> str:
    return str(verb(by=who, booking_id=booking.pk, at=when).status)


class TestARide:
    def test_goes_from_yes_to_the_arrival(
        self, cast: Cast, accepted: Booking, offer: RideOffer
    ) -> None:
        nora, tom, leaves = Actor(cast.nora.pk), Actor(cast.tom.pk), offer.departs_at

        assert say(actions.confirm_booking, nora, accepted, offer.created_at) == "confirmed"
        assert say(actions.board, nora, accepted, leaves) == "on_board"
        assert say(actions.arrive, tom, accepted, leaves) == "completed"
        kinds = Entry.objects.order_by("pk").values_list("kind", flat=True)
        assert [*kinds][-3:] == [
            "carpool.booking_confirmed",
            "carpool.rider_boarded",
            "carpool.rider_arrived",
        ]

    @pytest.mark.parametrize(
        "verb", [actions.confirm_booking, actions.board, actions.arrive, actions.miss_rider]
    )
    def test_bears_every_word_said_twice_and_refuses_it_too_soon(
        self, cast: Cast, offer: RideOffer, verb: Verb
    ) -> None:
        booking = book(cast.nora, offer)
        by = Actor(cast.tom.pk if verb is actions.miss_rider else cast.nora.pk)

        with pytest.raises(actions.BookingSettled):
            say(verb, by, booking, offer.departs_at)

    def test_repeats_nothing(self, cast: Cast, accepted: Booking, offer: RideOffer) -> None:
        nora = Actor(cast.nora.pk)
        say(actions.confirm_booking, nora, accepted, offer.created_at)
        before = Entry.objects.count()

        say(actions.confirm_booking, nora, accepted, offer.created_at)

        assert Entry.objects.count() == before

    def test_is_boarded_only_once_it_leaves(
        self, cast: Cast, accepted: Booking, offer: RideOffer
    ) -> None:
        confirm(accepted)

        with pytest.raises(actions.TooEarly):
            say(actions.board, Actor(cast.nora.pk), accepted, offer.created_at)

    def test_is_confirmed_by_the_rider_alone(
        self, cast: Cast, accepted: Booking, offer: RideOffer
    ) -> None:
        with pytest.raises(Forbidden):
            say(actions.confirm_booking, Actor(cast.tom.pk), accepted, offer.created_at)

    def test_is_missed_only_after_her_time(
        self, cast: Cast, accepted: Booking, offer: RideOffer
    ) -> None:
        confirm(accepted)
        accepted.refresh_from_db()
        tom = Actor(cast.tom.pk)
        assert accepted.pickup_at is not None

        with pytest.raises(actions.TooEarly):
            say(actions.miss_rider, tom, accepted, accepted.pickup_at - timedelta(seconds=1))
        with pytest.raises(Forbidden):
            say(actions.miss_rider, Actor(cast.nora.pk), accepted, accepted.pickup_at)
        assert say(actions.miss_rider, tom, accepted, accepted.pickup_at) == "no_show"

    def test_is_confirmed_for_an_elder_but_never_driven_for_anybody(
        self, cast: Cast, offer: RideOffer, vera_for_edda: Actor
    ) -> None:
        booking = answer(book(vera_for_edda, offer))
        assert say(actions.confirm_booking, vera_for_edda, booking, offer.created_at) == "confirmed"

        hers = book(cast.nora, make_offer(cast.edda, at=offer.created_at))
        with pytest.raises(OutOfScope):
            actions.answer_booking(
                by=vera_for_edda, booking_id=hers.pk, accept=True, at=offer.created_at
            )


class TestCancelling:
    @pytest.mark.parametrize(("before", "late"), [(3, False), (1, True)])
    def test_is_late_at_the_last_moment(
        self, cast: Cast, at: datetime, before: int, late: bool
    ) -> None:
        offer = make_offer(cast.tom, at=at, departs_at=at + timedelta(hours=4))
        booking = answer(book(cast.nora, offer))
        when = offer.departs_at - timedelta(hours=before)

        actions.cancel_booking(by=Actor(cast.nora.pk), booking_id=booking.pk, at=when)

        booking.refresh_from_db()
        assert booking.is_late is late

    def test_a_ride_finds_its_riders_another_at_once(self, cast: Cast, at: datetime) -> None:
        wish = make_request(cast.nora, at=at)
        first = make_offer(cast.tom, at=at)
        answer(book(cast.nora, first, request_id=wish.pk))
        second = make_offer(cast.mia, at=at)
        told = Entry.objects.filter(kind="carpool.match_found")
        assert str(second.pk) not in str([*told.values_list("data", flat=True)])

        actions.cancel_offer(by=Actor(cast.tom.pk), offer_id=first.pk, at=at)

        wish.refresh_from_db()
        assert wish.status == "open"
        newest = Entry.objects.latest("pk")
        assert (newest.kind, newest.data["offer_id"]) == ("carpool.match_found", str(second.pk))


class TestLapsing:
    def test_frees_the_seats_of_what_nobody_answered(
        self, cast: Cast, offer: RideOffer, at: datetime
    ) -> None:
        booking = book(cast.nora, offer, 2)
        assert booking.lapses_at is not None

        early = actions.expire_booking(by=SYSTEM, booking_id=booking.pk, at=at)
        fell = actions.expire_booking(by=SYSTEM, booking_id=booking.pk, at=booking.lapses_at)
        again = actions.expire_booking(by=SYSTEM, booking_id=booking.pk, at=booking.lapses_at)

        booking.refresh_from_db()
        offer.refresh_from_db()
        assert (early, fell, again) == (False, True, False)
        assert (booking.status, offer.seats_left) == ("expired", 3)

    def test_opens_the_request_again_when_the_rider_never_says_that_she_comes(
        self, cast: Cast, offer: RideOffer, at: datetime
    ) -> None:
        wish = make_request(cast.nora, at=at)
        booking = answer(book(cast.nora, offer, request_id=wish.pk))
        assert booking.lapses_at == offer.departs_until

        actions.expire_booking(by=SYSTEM, booking_id=booking.pk, at=offer.departs_until)

        wish.refresh_from_db()
        assert wish.status == "open"

    def test_is_the_villages_own_work(self, cast: Cast, offer: RideOffer, at: datetime) -> None:
        with pytest.raises(Forbidden):
            actions.expire_booking(
                by=Actor(cast.tom.pk), booking_id=book(cast.nora, offer).pk, at=at
            )

    def test_is_done_by_the_clock(self, cast: Cast, offer: RideOffer) -> None:
        booking = book(cast.nora, offer)
        Booking.objects.update(lapses_at=timezone.now())

        assert tasks.lapse_bookings() == 1
        booking.refresh_from_db()
        assert booking.status == "expired"

    def test_leaves_what_was_cancelled_alone(self, cast: Cast, offer: RideOffer) -> None:
        booking = cancel(cast.nora, book(cast.nora, offer))

        assert not actions.expire_booking(by=SYSTEM, booking_id=booking.pk, at=offer.departs_until)
