"""Rides in a browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from carpool import actions
from carpool.models import Booking, RideOffer, RideRequest
from carpool.places import Place
from village.core.actor import Actor
from village.core.geo import Point
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]
RIDES = "/villages/lindental/rides"
HOME = Place("Lindental, Linde", Point(50.0149, 11.5066))
TOWN = Place("Bayreuth, Bahnhof", Point(49.9518, 11.5793))


def offered(by: Resident, goal: str = TOWN.name, soon: timedelta = timedelta(days=2)) -> RideOffer:
    now = timezone.now()
    return actions.offer_ride(
        by=Actor(by.pk),
        village="lindental",
        start=HOME,
        goal=Place(goal, TOWN.point),
        departs_at=now + soon,
        flexible_minutes=15,
        seats=3,
        detour_minutes=20,
        at=now,
    )


def tomorrow(**changed: Any) -> dict[str, Any]:
    """Fill in what both forms ask: from the first known place to another one."""
    day = timezone.localdate() + timedelta(days=1)
    return {
        "start": "0",
        "goal": "elsewhere",
        "goal_name": "Bayreuth, Bahnhof",
        "goal_point": "49.9518, 11.5793",
        "day": day.isoformat(),
        "seats": "1",
        **changed,
    }


@pytest.fixture
def to_town(tom: Resident) -> RideOffer:
    return offered(tom)


class TestBoard:
    def test_shows_who_drives(self, browser: Browser, nora: Resident, to_town: RideOffer) -> None:
        page = browser(nora).get(RIDES).content.decode()

        assert "Bayreuth, Bahnhof" in page and "Tom" in page and "3 seats free" in page
        assert 'data-live="villages/lindental/carpool"' in page

    def test_shows_what_is_ones_own(
        self, browser: Browser, nora: Resident, tom: Resident, to_town: RideOffer
    ) -> None:
        browser(nora).post(f"/carpool/offers/{to_town.pk}/book", {"seats": 1})

        assert "you drive" in browser(tom).get(RIDES).content.decode()
        assert "you have asked" in browser(nora).get(RIDES).content.decode()

    def test_does_not_ask_more_for_more_rides(
        self, browser: Browser, nora: Resident, tom: Resident, django_assert_max_num_queries: Any
    ) -> None:
        for number in range(7):
            offered(tom, goal=f"Town {number}")
        window = browser(nora)
        window.get(RIDES)
        with django_assert_max_num_queries(17):
            assert "Town 6" in window.get(RIDES).content.decode()

    def test_is_the_villages_own(
        self, browser: Browser, strang: Resident, to_town: RideOffer
    ) -> None:
        window = browser(strang)
        for path in (RIDES, f"{RIDES}/ask", f"{RIDES}/offer"):
            assert window.get(path).status_code == 404
        for path in ("", "/card", "/live", "/call-off"):
            assert window.get(f"/carpool/offers/{to_town.pk}{path}").status_code == 404
        answer = window.post(f"/carpool/offers/{to_town.pk}/book", {"seats": 1})
        assert answer.status_code == 404

    def test_gives_its_parts_alone(
        self, browser: Browser, nora: Resident, to_town: RideOffer
    ) -> None:
        window = browser(nora)
        for path in (f"/carpool/offers/{to_town.pk}/card", "/villages/lindental/front/rides"):
            part = window.get(path).content.decode()
            assert "Bayreuth, Bahnhof" in part and "<html" not in part


class TestOffering:
    def test_puts_a_ride_onto_the_board(self, browser: Browser, tom: Resident) -> None:
        filled = tomorrow(leaves="08:00", flexible="15", detour="10", seats="3")
        answer = browser(tom).post(f"{RIDES}/offer", filled)

        ride = RideOffer.objects.get()
        assert answer["Location"] == f"/carpool/offers/{ride.pk}"
        assert (ride.from_name, ride.to_name) == ("Lindental", "Bayreuth, Bahnhof")

    @pytest.mark.parametrize(
        "wrong",
        [
            {"start": ""},
            {"start": "99"},
            {"goal_name": ""},
            {"goal_point": "nowhere"},
            {"goal_point": "950, 11"},
            {"goal_point": "nan, nan"},
            {"goal": "0"},
            {"seats": "9"},
            {"day": "2001-01-01"},
            {"flexible": "7"},
        ],
    )
    def test_names_what_is_wrong(
        self, browser: Browser, tom: Resident, wrong: dict[str, str]
    ) -> None:
        filled = {**tomorrow(leaves="08:00", flexible="15", detour="10", seats="3"), **wrong}
        answer = browser(tom).post(f"{RIDES}/offer", filled)

        assert answer.status_code == 422
        assert "errorlist" in answer.content.decode()
        assert not RideOffer.objects.exists()

    def test_offers_the_places_people_know(
        self, browser: Browser, nora: Resident, to_town: RideOffer
    ) -> None:
        page = browser(nora).get(f"{RIDES}/ask").content.decode()

        for name in ("Lindental, Linde", "Bayreuth, Bahnhof", "Bergheim"):
            assert name in page

    def test_is_called_off_after_a_question(
        self, browser: Browser, tom: Resident, nora: Resident, to_town: RideOffer
    ) -> None:
        address = f"/carpool/offers/{to_town.pk}/call-off"

        assert browser(nora).post(address).status_code == 403
        assert "Really" in browser(tom).get(address).content.decode()
        browser(tom).post(address)
        to_town.refresh_from_db()
        assert to_town.is_cancelled


class TestRidingAlong:
    def test_is_asked_and_answered(
        self, browser: Browser, tom: Resident, nora: Resident, to_town: RideOffer
    ) -> None:
        address = f"/carpool/offers/{to_town.pk}"
        browser(nora).post(f"{address}/book", {"seats": 2})
        booking = Booking.objects.get()
        assert "Nora" in browser(tom).get(address).content.decode()
        browser(tom).post(f"/carpool/bookings/{booking.pk}/answer", {"answer": "yes"})

        page = browser(nora).get(address).content.decode()
        assert "says yes" in page and "geo:" not in page
        browser(nora).post(f"/carpool/bookings/{booking.pk}/confirm")

        page = browser(nora).get(address).content.decode()
        assert "you ride along" in page and "1 seat free" in page
        assert "geo:50.01490,11.50660" in page

    def test_keeps_the_drivers_door_to_those_who_ride_along(
        self, browser: Browser, nora: Resident, to_town: RideOffer
    ) -> None:
        page = browser(nora).get(f"/carpool/offers/{to_town.pk}").content.decode()

        assert "geo:" not in page and "50.014" not in page

    def test_is_answered_by_the_driver_alone(
        self, browser: Browser, tom: Resident, nora: Resident, to_town: RideOffer
    ) -> None:
        browser(nora).post(f"/carpool/offers/{to_town.pk}/book", {"seats": 1})
        address = f"/carpool/bookings/{Booking.objects.get().pk}/answer"

        assert browser(nora).post(address, {"answer": "yes"}).status_code == 403
        assert browser(tom).post(address, {"answer": "perhaps"}).status_code == 422

    @pytest.mark.parametrize("seats", ["", "0", "9", "all"])
    def test_refuses_what_is_no_number_of_seats(
        self, browser: Browser, nora: Resident, to_town: RideOffer, seats: str
    ) -> None:
        answer = browser(nora).post(f"/carpool/offers/{to_town.pk}/book", {"seats": seats})

        assert answer.status_code == 422

    def test_can_be_taken_back(self, browser: Browser, nora: Resident, to_town: RideOffer) -> None:
        window = browser(nora)
        window.post(f"/carpool/offers/{to_town.pk}/book", {"seats": 1})
        booking = Booking.objects.get()
        part = window.post(
            f"/carpool/bookings/{booking.pk}/cancel", headers={"HX-Request": "true"}
        ).content.decode()

        assert "3 seats free" in part and "<html" not in part


class TestLookingForARide:
    def test_shows_what_fits_and_asks_for_it(
        self, browser: Browser, tom: Resident, nora: Resident
    ) -> None:
        now = timezone.now()
        ride = offered(tom, soon=timedelta(hours=3))
        wish = actions.ask_for_ride(
            by=Actor(nora.pk),
            village="lindental",
            start=HOME,
            goal=TOWN,
            earliest=now,
            latest_arrival=now + timedelta(hours=8),
            seats=1,
            at=now,
        )
        window = browser(nora)
        page = window.get(f"/carpool/requests/{wish.pk}").content.decode()
        assert "With Tom" in page and "It is on the way." in page

        window.post(f"/carpool/offers/{ride.pk}/book", {"seats": 1, "request": str(wish.pk)})
        assert Booking.objects.get().request == wish

    def test_is_written_down_and_taken_back(self, browser: Browser, nora: Resident) -> None:
        window = browser(nora)
        answer = window.post(f"{RIDES}/ask", tomorrow(earliest="08:00", latest="10:00"))
        wish = RideRequest.objects.get()

        assert answer["Location"] == f"/carpool/requests/{wish.pk}"
        assert "Nothing fits yet." in window.get(answer["Location"]).content.decode()
        window.post(f"/carpool/requests/{wish.pk}/withdraw")
        wish.refresh_from_db()
        assert wish.status == "withdrawn"

    def test_is_ones_own_business(self, browser: Browser, nora: Resident, tom: Resident) -> None:
        browser(nora).post(f"{RIDES}/ask", tomorrow(earliest="08:00", latest="10:00"))
        address = f"/carpool/requests/{RideRequest.objects.get().pk}"

        assert browser(tom).get(address).status_code == 403
        assert browser(tom).post(f"{address}/withdraw").status_code == 403


class TestActingForSomebody:
    def test_asks_for_the_elder_but_never_drives_as_her(
        self, browser: Browser, vera: Resident, edda: Resident, to_town: RideOffer, mandate: str
    ) -> None:
        window = browser(vera)
        address = f"{mandate}/carpool/offers/{to_town.pk}"
        answer = window.post(f"{address}/book", {"seats": 1})
        page = window.get(address).content.decode()

        assert answer["Location"] == address
        assert Booking.objects.get().rider == edda
        assert "You act for <strong>Edda</strong>" in page and "you have asked" in page
        assert window.get(f"{mandate}{RIDES}/offer").status_code == 403
        assert "I drive" not in window.get(mandate + RIDES).content.decode()


def test_a_driver_who_was_asked_says_that_he_still_goes(
    browser: Browser, tom: Resident, nora: Resident, to_town: RideOffer
) -> None:
    address = f"/carpool/offers/{to_town.pk}"
    assert "Do you still drive?" not in browser(tom).get(address).content.decode()
    RideOffer.objects.update(asked_at=timezone.now())
    assert "Do you still drive?" in browser(tom).get(address).content.decode()
    assert "Do you still drive?" not in browser(nora).get(address).content.decode()

    assert browser(tom).post(f"{address}/still").status_code == 302
    assert browser(nora).post(f"{address}/still").status_code == 403

    to_town.refresh_from_db()
    assert to_town.still_goes_at is not None
    assert "Do you still drive?" not in browser(tom).get(address).content.decode()
