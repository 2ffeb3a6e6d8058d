"""What riding together saves: kilometres, carbon dioxide and euros."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from carpool import actions, queries
from carpool.models import Booking
from carpool.savings import Saved
from tests.carpool.factories import FAR, TOWN, answer, book, confirm, make_offer, make_request
from tests.support.cast import Cast
from village.core.actor import Actor
from village.residents.models import Resident

pytestmark = pytest.mark.django_db


def ride_along(driver: Resident, rider: Resident, *, at: datetime, **changes: Any) -> Booking:
    """Let somebody ride along to the town, to the end."""
    offer = make_offer(driver, at=at, **changes)
    booking = confirm(answer(book(rider, offer)))
    assert booking.pickup_at is None or booking.pickup_at
    there = offer.departs_at + timedelta(minutes=5)
    by = Actor(rider.pk)
    actions.board(by=by, booking_id=booking.pk, at=there)
    done = actions.arrive(by=by, booking_id=booking.pk, at=there)
    return Booking.objects.get(pk=done.pk)


class TestSaved:
    def test_is_kilometres_times_what_a_car_emits_and_costs(self) -> None:
        saved = Saved(rides=3, metres=100_000)

        assert (saved.km, saved.co2_kg, saved.euros) == (100.0, 12.7, 30.0)


class TestSavedBy:
    def test_is_her_own_way_less_the_detour_for_both_of_them(
        self, cast: Cast, at: datetime
    ) -> None:
        booking = ride_along(cast.tom, cast.nora, at=at)
        assert booking.direct_metres > 8_000
        assert booking.detour_metres == 0

        for person in (cast.tom, cast.nora):
            saved = queries.saved_by(person.pk, "lindental", at.year)
            assert saved == Saved(1, booking.direct_metres)
        assert queries.saved_by(cast.mia.pk, "lindental", at.year) == Saved()
        assert queries.saved_by(cast.nora.pk, "lindental", at.year - 1) == Saved()
        assert queries.saved_by(cast.nora.pk, "bergheim", at.year) == Saved()

    def test_takes_the_detour_off(self, cast: Cast, at: datetime) -> None:
        offer = make_offer(cast.tom, at=at, start=FAR, detour_minutes=30)
        wish = make_request(cast.nora, at=at)
        booking = book(cast.nora, offer, request_id=wish.pk)
        Booking.objects.update(status="completed")

        assert booking.detour_metres > 0
        saved = queries.saved_by(cast.nora.pk, "lindental", at.year)
        assert saved.metres == max(0, booking.direct_metres - booking.detour_metres)

    def test_never_counts_a_detour_longer_than_her_way_as_a_loss(
        self, cast: Cast, at: datetime
    ) -> None:
        ride_along(cast.tom, cast.nora, at=at)
        Booking.objects.update(detour_metres=10**6)

        assert queries.saved_by(cast.nora.pk, "lindental", at.year) == Saved(1, 0)

    def test_counts_only_rides_that_were_ridden(self, cast: Cast, at: datetime) -> None:
        confirm(answer(book(cast.nora, make_offer(cast.tom, at=at))))

        assert queries.saved_by(cast.nora.pk, "lindental", at.year) == Saved()

    def test_is_measured_anew_when_the_ride_changes(self, cast: Cast, at: datetime) -> None:
        offer = make_offer(cast.tom, at=at)
        booking = book(cast.nora, offer)
        Booking.objects.update(direct_metres=0)

        actions.change_offer(
            by=Actor(cast.tom.pk),
            offer_id=offer.pk,
            departs_at=offer.departs_at + timedelta(minutes=20),
            at=at,
        )

        assert Booking.objects.get(pk=booking.pk).direct_metres == booking.direct_metres > 0


class TestSavedIn:
    def test_counts_each_ride_once_where_enough_people_took_part(
        self, cast: Cast, at: datetime
    ) -> None:
        riders = (cast.nora, cast.mia, cast.vera, cast.otto)
        for number, rider in enumerate(riders, start=1):
            assert queries.saved_in("lindental", at.year) is None
            last = ride_along(cast.tom, rider, at=at, goal=TOWN)
            assert number + 1 < queries.FEWEST or rider == riders[-1]

        saved = queries.saved_in("lindental", at.year)
        assert saved == Saved(4, 4 * last.direct_metres)
        said = StringIO()
        call_command("rides", "saved", str(at.year), stdout=said)
        assert f"Lindental: 4 rides, {saved.km} km" in said.getvalue()
        assert f"Bergheim: fewer than {queries.FEWEST} people" in said.getvalue()


class TestOverHttp:
    def test_shows_what_one_saved_and_how_it_is_counted(
        self, api: Any, cast: Cast, nora: Resident
    ) -> None:
        at = timezone.now()
        booking = ride_along(cast.tom, nora, at=at)
        year = booking.offer.departs_at.year

        shown = api(nora).get(f"/api/v1/villages/lindental/carpool/savings?year={year}").json()

        saved = Saved(1, booking.direct_metres)
        assert shown == {
            "year": year,
            "mine": {
                "rides": 1,
                "km": saved.km,
                "co2_kg": saved.co2_kg,
                "euros": saved.euros,
            },
            "village": None,
            "grams_per_km": 127,
            "cents_per_km": 30,
        }

    @pytest.mark.parametrize("year", ["1999", "2101", "soon", "-1"])
    def test_refuses_a_year_that_is_none(self, api: Any, nora: Resident, year: str) -> None:
        refused = api(nora).get(f"/api/v1/villages/lindental/carpool/savings?year={year}")

        assert refused.status_code == 422
