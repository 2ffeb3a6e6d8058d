"""Booking seats, answering, and taking a booking back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest

from carpool import actions
from carpool.models import RideOffer
from tests.carpool.factories import answer, book, cancel, make_offer, make_request
from tests.support.cast import Cast
from village.core.actor import Actor, Scope
from village.core.errors import Forbidden, NotFound, OutOfScope
from village.journal.models import Entry
from village.residents.models import Membership, Resident, Village

pytestmark = pytest.mark.django_db
As = Callable[[Resident], Actor]


@pytest.fixture
def offer(tom: Resident, at: datetime) -> RideOffer:
    """Give tom's ride to the town, with three seats."""
    return make_offer(tom, at=at)


def left(offer: RideOffer) -> int:
    offer.refresh_from_db()
    return offer.seats_left


class TestBookSeats:
    def test_keeps_the_seats_until_the_driver_answers(
        self, offer: RideOffer, nora: Resident
    ) -> None:
        booking = book(nora, offer, 2)

        entry = Entry.objects.latest("pk")
        assert (booking.rider, booking.status, booking.seats) == (nora, "requested", 2)
        assert left(offer) == 1
        assert (entry.kind, entry.data["seats_left"]) == ("carpool.seats_booked", 1)

    def test_counts_for_the_elder_when_a_volunteer_books(
        self, offer: RideOffer, edda: Resident, vera_for_edda: Actor
    ) -> None:
        booking = book(vera_for_edda, offer)

        entry = Entry.objects.latest("pk")
        assert (booking.rider, booking.via_helper) == (edda, True)
        assert (entry.principal_id, entry.helper_id) == (edda.pk, vera_for_edda.helper_id)

    def test_refuses_more_seats_than_are_left(
        self, offer: RideOffer, nora: Resident, mia: Resident
    ) -> None:
        book(nora, offer, 2)

        with pytest.raises(actions.RideFull) as refusal:
            book(mia, offer, 2)

        assert (refusal.value.code, refusal.value.detail) == (
            "carpool.ride_full",
            "Only 1 seat is left.",
        )
        assert left(offer) == 1

    def test_says_so_when_no_seat_is_left(
        self, offer: RideOffer, nora: Resident, mia: Resident
    ) -> None:
        book(nora, offer, 3)

        with pytest.raises(actions.RideFull, match="This ride is full"):
            book(mia, offer)

    def test_refuses_a_second_booking_of_the_same_rider(
        self, offer: RideOffer, nora: Resident
    ) -> None:
        book(nora, offer, 2)

        for seats in (1, 3):
            with pytest.raises(actions.AlreadyBooked):
                book(nora, offer, seats)
        assert left(offer) == 1

    def test_lets_a_rider_book_again_after_she_cancelled(
        self, offer: RideOffer, nora: Resident
    ) -> None:
        cancel(nora, book(nora, offer))

        assert book(nora, offer, 3).status == "requested"

    def test_refuses_ones_own_ride(self, offer: RideOffer, tom: Resident) -> None:
        with pytest.raises(Forbidden):
            book(tom, offer)

    def test_refuses_a_ride_that_is_cancelled(
        self, as_: As, offer: RideOffer, tom: Resident, nora: Resident, at: datetime
    ) -> None:
        actions.cancel_offer(by=as_(tom), offer_id=offer.pk, at=at)

        with pytest.raises(actions.RideOff):
            book(nora, offer)

    def test_refuses_a_ride_that_has_left(self, offer: RideOffer, nora: Resident) -> None:
        with pytest.raises(actions.RideGone):
            book(nora, offer, at=offer.departs_until)

    def test_shows_nothing_to_a_stranger(
        self, offer: RideOffer, strang: Resident, nora: Resident, at: datetime
    ) -> None:
        with pytest.raises(NotFound):
            book(strang, offer)
        with pytest.raises(NotFound):
            actions.book_seats(by=Actor(nora.pk), offer_id=uuid4(), seats=1, at=at)

    def test_refuses_a_mandate_that_does_not_cover_it(
        self, offer: RideOffer, vera_for_edda: Actor
    ) -> None:
        narrow = Actor(
            vera_for_edda.principal_id,
            vera_for_edda.helper_id,
            vera_for_edda.mandate_id,
            frozenset({Scope.NEWS_READ}),
        )
        with pytest.raises(OutOfScope):
            book(narrow, offer)


class TestBookingForARequest:
    def test_knows_only_ones_own_open_requests(
        self, as_: As, offer: RideOffer, nora: Resident, mia: Resident, at: datetime
    ) -> None:
        foreign, withdrawn = make_request(mia, at=at), make_request(nora, at=at)
        actions.withdraw_request(by=as_(nora), request_id=withdrawn.pk, at=at)

        for request_id, refusal in (
            (foreign.pk, NotFound),
            (uuid4(), NotFound),
            (withdrawn.pk, actions.RequestClosed),
        ):
            with pytest.raises(refusal):
                book(nora, offer, request_id=request_id)
        assert left(offer) == 3

    def test_knows_no_request_of_another_village(
        self, offer: RideOffer, nora: Resident, bergheim: Village, at: datetime
    ) -> None:
        Membership.objects.create(village=bergheim, resident=nora, created_at=at)
        elsewhere = make_request(nora, at=at, village="bergheim")

        with pytest.raises(NotFound):
            book(nora, offer, request_id=elsewhere.pk)

    def test_closes_it_when_the_driver_accepts_and_opens_it_when_she_cancels(
        self, offer: RideOffer, nora: Resident, at: datetime
    ) -> None:
        wish = make_request(nora, at=at)
        booking = book(nora, offer, request_id=wish.pk)
        states = []
        for step in (lambda: None, lambda: answer(booking), lambda: cancel(nora, booking)):
            step()
            wish.refresh_from_db()
            states.append(wish.status)

        assert states == ["open", "matched", "open"]

    def test_is_answered_by_one_driver_only(
        self, offer: RideOffer, nora: Resident, mia: Resident, at: datetime
    ) -> None:
        wish = make_request(nora, at=at)
        first = book(nora, offer, request_id=wish.pk)
        second = book(nora, make_offer(mia, at=at), request_id=wish.pk)
        answer(first)

        with pytest.raises(actions.RequestClosed):
            answer(second)
        assert answer(second, accept=False).status == "declined"


class TestAnswerBooking:
    def test_accepts_once(self, offer: RideOffer, nora: Resident) -> None:
        booking = book(nora, offer)
        for _ in range(2):
            assert answer(booking).status == "accepted"

        assert left(offer) == 2
        assert Entry.objects.filter(kind="carpool.booking_answered").count() == 1

    def test_declining_gives_the_seats_back(self, offer: RideOffer, nora: Resident) -> None:
        booking = book(nora, offer, 3)
        for _ in range(2):
            assert answer(booking, accept=False).status == "declined"

        entry = Entry.objects.latest("pk")
        assert left(offer) == 3
        assert (entry.data["accepted"], entry.data["seats_left"]) == (False, 3)

    def test_stands_by_the_answer(self, offer: RideOffer, nora: Resident, mia: Resident) -> None:
        accepted, declined = answer(book(nora, offer)), answer(book(mia, offer), accept=False)

        for booking, accept in ((accepted, False), (declined, True)):
            with pytest.raises(actions.BookingSettled):
                answer(booking, accept=accept)

    def test_refuses_what_the_rider_took_back(self, offer: RideOffer, nora: Resident) -> None:
        booking = book(nora, offer)
        cancel(nora, booking)

        with pytest.raises(actions.BookingSettled):
            answer(booking)

    def test_refuses_a_ride_that_has_left(
        self, as_: As, offer: RideOffer, tom: Resident, nora: Resident
    ) -> None:
        booking = book(nora, offer)

        with pytest.raises(actions.RideGone):
            actions.answer_booking(
                by=as_(tom), booking_id=booking.pk, accept=True, at=offer.departs_until
            )

    def test_says_nothing_is_there_when_nothing_is(
        self, as_: As, tom: Resident, at: datetime
    ) -> None:
        with pytest.raises(NotFound):
            actions.answer_booking(by=as_(tom), booking_id=uuid4(), accept=True, at=at)


class TestCancelBooking:
    @pytest.mark.parametrize(("who", "by_driver"), [("nora", False), ("tom", True)])
    def test_gives_the_seats_back_once(
        self, cast: Cast, offer: RideOffer, nora: Resident, who: str, by_driver: bool
    ) -> None:
        booking = answer(book(nora, offer, 2))
        for _ in range(2):
            assert cancel(getattr(cast, who), booking).status == "cancelled"

        entries = Entry.objects.filter(kind="carpool.booking_cancelled")
        assert left(offer) == 3
        assert [entry.data["by_driver"] for entry in entries] == [by_driver]

    def test_refuses_what_was_declined(self, offer: RideOffer, nora: Resident) -> None:
        booking = answer(book(nora, offer), accept=False)

        with pytest.raises(actions.BookingSettled):
            cancel(nora, booking)

    def test_refuses_a_ride_that_has_left(self, as_: As, offer: RideOffer, nora: Resident) -> None:
        booking = book(nora, offer)

        with pytest.raises(actions.RideGone):
            actions.cancel_booking(by=as_(nora), booking_id=booking.pk, at=offer.departs_until)
