"""Offering and looking for rides, and taking both back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from carpool import actions
from carpool.models import Booking, RideOffer, RideRequest
from tests.carpool.factories import LINDE, TOWN, answer, book, make_offer, make_request
from tests.support.cast import Cast
from village.core.actor import SYSTEM, Actor
from village.core.errors import Forbidden, Invalid, NotFound, OutOfScope
from village.journal.models import Entry
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
As = Callable[[Resident], Actor]


def kinds() -> list[str]:
    stored = Entry.objects.order_by("pk").values_list("kind", flat=True)
    return [kind.removeprefix("carpool.") for kind in stored]


class TestOfferRide:
    def test_keeps_the_ride_with_all_its_seats(self, tom: Resident, at: datetime) -> None:
        offer = make_offer(tom, at=at)

        offer.refresh_from_db()
        assert (offer.driver, offer.status) == (tom, "open")
        assert (offer.seats, offer.seats_left) == (3, 3)
        assert (offer.start, offer.goal) == (LINDE, TOWN)
        assert offer.departs_until == offer.departs_at + timedelta(minutes=15)
        assert kinds() == ["ride_offered"]

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"goal": LINDE}, "to"),
            ({"departs_at": timedelta(0)}, "departs_at"),
            ({"departs_at": timedelta(days=367)}, "departs_at"),
        ],
    )
    def test_refuses_what_makes_no_sense(
        self, tom: Resident, at: datetime, changes: dict[str, object], field: str
    ) -> None:
        when = changes.get("departs_at")
        if isinstance(when, timedelta):
            changes = {"departs_at": at + when}

        with pytest.raises(Invalid) as refusal:
            make_offer(tom, at=at, **changes)

        assert refusal.value.field == field
        assert not Entry.objects.exists()

    def test_refuses_whoever_lives_elsewhere(self, strang: Resident, at: datetime) -> None:
        with pytest.raises(NotFound):
            make_offer(strang, at=at)

    def test_refuses_a_helper_whose_mandate_does_not_cover_it(
        self, vera_for_edda: Actor, at: datetime
    ) -> None:
        with pytest.raises(OutOfScope):
            actions.offer_ride(
                by=vera_for_edda,
                village="lindental",
                start=LINDE,
                goal=TOWN,
                departs_at=at + timedelta(hours=1),
                flexible_minutes=0,
                seats=1,
                detour_minutes=0,
                at=at,
            )


class TestCancelOffer:
    def test_takes_the_bookings_with_it_and_frees_the_requests(
        self, as_: As, cast: Cast, tom: Resident, at: datetime
    ) -> None:
        offer, wish = make_offer(tom, at=at), make_request(cast.nora, at=at)
        accepted = answer(book(cast.nora, offer, request_id=wish.pk))
        asked, declined = book(cast.mia, offer), answer(book(cast.otto, offer), accept=False)
        for _ in range(2):
            actions.cancel_offer(by=as_(tom), offer_id=offer.pk, at=at)

        offer.refresh_from_db()
        wish.refresh_from_db()
        states = dict(Booking.objects.values_list("pk", "status"))
        assert (offer.status, offer.seats_left, wish.status) == ("cancelled", 3, "open")
        assert [states[each.pk] for each in (accepted, asked, declined)] == [
            "cancelled",
            "cancelled",
            "declined",
        ]
        entry = Entry.objects.latest("pk")
        assert kinds().count("ride_cancelled") == 1
        assert set(entry.data["rider_ids"]) == {str(cast.nora.pk), str(cast.mia.pk)}

    def test_refuses_a_ride_that_has_left(self, as_: As, tom: Resident, at: datetime) -> None:
        offer = make_offer(tom, at=at)

        with pytest.raises(actions.RideGone):
            actions.cancel_offer(by=as_(tom), offer_id=offer.pk, at=offer.departs_until)

    def test_refuses_everybody_else(
        self, as_: As, tom: Resident, stella: Resident, at: datetime
    ) -> None:
        offer = make_offer(tom, at=at)

        with pytest.raises(Forbidden):
            actions.cancel_offer(by=as_(stella), offer_id=offer.pk, at=at)
        with pytest.raises(NotFound):
            actions.cancel_offer(by=as_(stella), offer_id=uuid4(), at=at)


class TestAskForRide:
    def test_counts_for_the_elder_when_a_volunteer_asks(
        self, edda: Resident, vera_for_edda: Actor, at: datetime
    ) -> None:
        wish = make_request(vera_for_edda, at=at)

        entry = Entry.objects.get()
        assert (wish.person, wish.status, wish.via_helper) == (edda, "open", True)
        assert (entry.kind, entry.principal_id) == ("carpool.ride_requested", edda.pk)
        assert entry.helper_id == vera_for_edda.helper_id

    @pytest.mark.parametrize(
        ("earliest", "latest", "field"),
        [
            (timedelta(hours=2), timedelta(hours=2), "latest_arrival"),
            (timedelta(hours=2), timedelta(hours=1), "latest_arrival"),
            (timedelta(hours=1), timedelta(days=8), "latest_arrival"),
            (timedelta(hours=-2), timedelta(0), "latest_arrival"),
            (timedelta(days=367), timedelta(days=368), "earliest"),
        ],
    )
    def test_refuses_times_that_make_no_sense(
        self, nora: Resident, at: datetime, earliest: timedelta, latest: timedelta, field: str
    ) -> None:
        with pytest.raises(Invalid) as refusal:
            make_request(nora, at=at, earliest=at + earliest, latest_arrival=at + latest)

        assert refusal.value.field == field

    def test_refuses_a_way_that_leads_nowhere(self, nora: Resident, at: datetime) -> None:
        with pytest.raises(Invalid):
            make_request(nora, at=at, goal=LINDE)

    def test_refuses_whoever_lives_elsewhere(self, strang: Resident, at: datetime) -> None:
        with pytest.raises(NotFound):
            make_request(strang, at=at)


class TestWithdrawRequest:
    def test_is_done_once(self, as_: As, nora: Resident, at: datetime) -> None:
        wish = make_request(nora, at=at)
        for _ in range(2):
            wish = actions.withdraw_request(by=as_(nora), request_id=wish.pk, at=at)

        assert wish.status == "withdrawn"
        assert kinds() == ["ride_requested", "request_withdrawn"]

    def test_comes_after_the_booking_is_cancelled(
        self, as_: As, nora: Resident, tom: Resident, at: datetime
    ) -> None:
        wish = make_request(nora, at=at)
        book(nora, make_offer(tom, at=at), request_id=wish.pk)

        with pytest.raises(actions.RequestClosed):
            actions.withdraw_request(by=as_(nora), request_id=wish.pk, at=at)

    def test_refuses_everybody_else(
        self, as_: As, nora: Resident, tom: Resident, strang: Resident, at: datetime
    ) -> None:
        wish = make_request(nora, at=at)

        with pytest.raises(Forbidden):
            actions.withdraw_request(by=as_(tom), request_id=wish.pk, at=at)
        for who, which in ((strang, wish.pk), (nora, uuid4())):
            with pytest.raises(NotFound):
                actions.withdraw_request(by=as_(who), request_id=which, at=at)


class TestEndRides:
    def test_cancels_what_somebody_drives_has_booked_and_looks_for(
        self, tom: Resident, nora: Resident, mia: Resident, at: datetime
    ) -> None:
        own, other = make_offer(tom, at=at), make_offer(mia, at=at)
        riding = book(nora, own)
        wish = make_request(tom, at=at)
        booked = answer(book(tom, other, 2, request_id=wish.pk))
        looking = make_request(tom, at=at)

        ended = actions.end_rides(by=SYSTEM, village="lindental", resident_id=tom.pk, at=at)

        # His ride, his booking, the request that it frees, and the other one.
        assert ended == 4
        for row, status in (
            (own, "cancelled"),
            (other, "open"),
            (riding, "cancelled"),
            (booked, "cancelled"),
            (wish, "withdrawn"),
            (looking, "withdrawn"),
        ):
            row.refresh_from_db()
            assert row.status == status
        assert other.seats_left == 3

    def test_leaves_what_has_left_already(self, tom: Resident, at: datetime) -> None:
        offer = make_offer(tom, at=at)
        later = offer.departs_until

        assert not actions.end_rides(by=SYSTEM, village="lindental", resident_id=tom.pk, at=later)

    def test_is_done_by_nobody_else(
        self, as_: As, stella: Resident, tom: Resident, at: datetime
    ) -> None:
        with pytest.raises(Forbidden):
            actions.end_rides(by=as_(stella), village="lindental", resident_id=tom.pk, at=at)


class TestTables:
    @pytest.mark.parametrize("left", [-1, 4])
    def test_never_hold_seats_that_are_not_there(
        self, tom: Resident, at: datetime, left: int
    ) -> None:
        offer = make_offer(tom, at=at)

        with pytest.raises(IntegrityError), transaction.atomic():
            RideOffer.objects.filter(pk=offer.pk).update(seats_left=left)

    def test_know_a_rider_once_per_ride(self, tom: Resident, nora: Resident, at: datetime) -> None:
        booking = book(nora, make_offer(tom, at=at))
        booking.pk = uuid4()

        with pytest.raises(IntegrityError), transaction.atomic():
            booking.save(force_insert=True)

    def test_keep_requests_in_the_order_of_time(self, nora: Resident, at: datetime) -> None:
        wish = make_request(nora, at=at)

        with pytest.raises(IntegrityError), transaction.atomic():
            RideRequest.objects.filter(pk=wish.pk).update(latest_arrival=wish.earliest)
