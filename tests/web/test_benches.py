"""Waiting at a ride bench in a browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from carpool import actions
from carpool.models import Booking, RideOffer, RideRequest, Stop, StopKind
from carpool.places import Place
from tests.web.test_rides import HOME, TOWN, offered
from village.core.actor import Actor
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]
TO_TOWN = {
    "goal": "elsewhere",
    "goal_name": TOWN.name,
    "goal_point": "49.9518, 11.5793",
    "seats": "1",
}


@pytest.fixture
def bench(stella: Resident) -> Stop:
    place = Place("Mitfahrbank an der Linde", HOME.point)
    return actions.open_stop(
        by=Actor(stella.pk),
        village="lindental",
        place=place,
        kind=StopKind.BENCH,
        at=timezone.now(),
    )


@pytest.fixture
def waits(browser: Browser, nora: Resident, bench: Stop) -> RideRequest:
    """Let nora wait at the bench, by the form."""
    answer = browser(nora).post(f"/carpool/stops/{bench.pk}/wait", TO_TOWN)
    assert answer.status_code == 302, answer.content
    found = RideRequest.objects.get()
    assert answer["Location"] == f"/carpool/requests/{found.pk}"
    return found


@pytest.fixture
def soon(tom: Resident) -> RideOffer:
    return offered(tom, soon=timedelta(minutes=5))


class TestWaiting:
    def test_begins_on_the_board(self, browser: Browser, nora: Resident, bench: Stop) -> None:
        board = browser(nora).get("/villages/lindental/rides").content.decode()
        assert f'href="/carpool/stops/{bench.pk}/wait"' in board

        page = browser(nora).get(f"/carpool/stops/{bench.pk}/wait").content.decode()
        assert "in the next 15 minutes" in page

    def test_says_until_when(self, browser: Browser, nora: Resident, waits: RideRequest) -> None:
        page = browser(nora).get(f"/carpool/requests/{waits.pk}").content.decode()
        assert "You wait until" in page
        assert "I no longer need it" in page

    def test_says_what_is_missing(self, browser: Browser, nora: Resident, bench: Stop) -> None:
        client = browser(nora)
        for given in (
            {"seats": "1"},
            {"goal": "elsewhere", "seats": "1"},
            {**TO_TOWN, "seats": "500"},
        ):
            assert client.post(f"/carpool/stops/{bench.pk}/wait", given).status_code == 422
        assert not RideRequest.objects.exists()

    def test_leads_nowhere_from_where_one_is(
        self, browser: Browser, nora: Resident, bench: Stop
    ) -> None:
        here = TO_TOWN | {"goal_name": "Hier", "goal_point": f"{bench.lat}, {bench.lng}"}
        answer = browser(nora).post(f"/carpool/stops/{bench.pk}/wait", here)
        assert answer.status_code == 422
        assert "somewhere else" in answer.content.decode()


class TestTheDriver:
    def test_sees_who_waits_and_takes_her_along(
        self, browser: Browser, tom: Resident, waits: RideRequest, soon: RideOffer
    ) -> None:
        client = browser(tom)
        assert "somebody waits" in client.get("/villages/lindental/rides").content.decode()
        page = client.get(f"/carpool/waits/{waits.pk}").content.decode()
        assert "Nora waits until" in page and f'value="{soon.pk}"' in page

        answer = client.post(f"/carpool/waits/{waits.pk}/take", {"offer": str(soon.pk)})

        assert answer["Location"] == f"/carpool/offers/{soon.pk}"
        assert Booking.objects.get().status == "confirmed"

    def test_hears_that_nobody_waits_any_more(
        self, browser: Browser, tom: Resident, nora: Resident, waits: RideRequest, soon: RideOffer
    ) -> None:
        RideRequest.objects.update(waits_until=timezone.now())
        assert "Nobody waits there any more" in (
            browser(tom).get(f"/carpool/waits/{waits.pk}").content.decode()
        )
        late = browser(tom).post(f"/carpool/waits/{waits.pk}/take", {"offer": str(soon.pk)})
        assert late.status_code == 409

    def test_names_a_ride(self, browser: Browser, tom: Resident, waits: RideRequest) -> None:
        for given in ("", "no-ride"):
            answer = browser(tom).post(f"/carpool/waits/{waits.pk}/take", {"offer": given})
            assert answer.status_code == 422

    def test_finds_no_wait_where_there_is_none(
        self, browser: Browser, tom: Resident, nora: Resident, strang: Resident, waits: RideRequest
    ) -> None:
        assert browser(strang).get(f"/carpool/waits/{waits.pk}").status_code == 404
        RideRequest.objects.update(waits_until=None)
        assert browser(tom).get(f"/carpool/waits/{waits.pk}").status_code == 404
