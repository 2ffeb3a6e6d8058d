"""Offering and looking for rides over HTTP."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from carpool.models import RideOffer, RideRequest
from tests.carpool.factories import LINDE, answer, book, confirm, make_offer, make_request
from tests.carpool.wire import (
    EXACT_LINDE,
    JSON,
    OFFERS,
    REQUESTS,
    ROUGH_LINDE,
    Api,
    acting,
    on_the_wire,
    ride,
    wish,
)
from tests.support.cast import Cast
from village.core.actor import Actor
from village.residents.models import Resident

pytestmark = pytest.mark.django_db


class TestOffers:
    def test_are_made_and_shown_exactly_to_the_driver(
        self, api: Api, tom: Resident, now: datetime
    ) -> None:
        client = api(tom)
        made = client.post(OFFERS, ride(now), content_type=JSON)

        body = made.json()
        assert made.status_code == 201
        assert body["from"] == EXACT_LINDE
        assert body["driver"] == {"id": str(tom.pk), "display_name": "Tom"}
        assert (body["village"], body["status"]) == ("lindental", "open")
        assert (body["seats"], body["seats_left"], body["exact"]) == (3, 3, True)
        assert client.get(f"/api/v1/carpool/offers/{body['id']}").json() == body | {
            "position": None
        }

    def test_show_where_somebody_lives_only_to_whom_she_takes_along(
        self, api: Api, tom: Resident, nora: Resident, now: datetime
    ) -> None:
        offer = make_offer(tom, at=now)
        url, client = f"/api/v1/carpool/offers/{offer.pk}", api(nora)

        before = client.get(url).json()
        booking = book(nora, offer)
        asked = client.get(url).json()
        answer(booking)
        accepted = client.get(url).json()
        confirm(booking)
        confirmed = client.get(url).json()
        assert before["from"] == asked["from"] == accepted["from"] == ROUGH_LINDE
        assert (before["exact"], confirmed["exact"]) == (False, True)
        assert confirmed["from"] == EXACT_LINDE
        for who in (tom, nora):
            (listed,) = api(who).get(OFFERS).json()["items"]
            assert listed["from"] == ROUGH_LINDE

    def test_are_listed_soonest_first_while_one_can_still_take_them(
        self, api: Api, cast: Cast, tom: Resident, now: datetime
    ) -> None:
        for hours in (5, 3, 4):
            make_offer(tom, at=now, departs_at=now + timedelta(hours=hours), seats=hours)
        cancelled = make_offer(tom, at=now)
        RideOffer.objects.filter(pk=cancelled.pk).update(status="cancelled")
        make_offer(tom, at=now - timedelta(days=1))
        client = api(cast.nora)

        first = client.get(OFFERS, {"limit": 2, "position": 1}).json()
        second = client.get(OFFERS, {"limit": 2, "after": first["next"]}).json()

        assert [each["seats"] for each in first["items"] + second["items"]] == [3, 4, 5]
        assert (first["position"]["seq"], second["next"]) == (5, None)
        mine = api(tom).get(OFFERS, {"mine": "true"}).json()["items"]
        assert len(mine) == 5

    def test_ask_the_database_as_often_for_ten_as_for_one(
        self,
        api: Api,
        tom: Resident,
        nora: Resident,
        now: datetime,
        django_assert_num_queries: Any,
    ) -> None:
        client = api(nora)
        for _ in range(10):
            make_offer(tom, at=now)
            make_request(tom, at=now)

        # The session, the resident, her village; the rides with their drivers.
        for url in (OFFERS, REQUESTS):
            with django_assert_num_queries(4):
                assert len(client.get(url).json()["items"]) == 10

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"from": None}, "from"),
            ({"from": {"name": "x", "lat": 0}}, "from"),
            ({"to": on_the_wire(LINDE)}, "to"),
            ({"to": {"name": "x", "lat": 1e400, "lng": 0}}, "to.lat"),
            ({"seats": 0}, "seats"),
            ({"seats": 9}, "seats"),
            ({"seats": "3"}, "seats"),
            ({"flexible_minutes": -1}, "flexible_minutes"),
            ({"flexible_minutes": 241}, "flexible_minutes"),
            ({"detour_minutes": 10**9}, "detour_minutes"),
            ({"departs_at": "2020-01-01T00:00:00Z"}, "departs_at"),
            ({"departs_at": "9999-12-31T23:59:59-14:00"}, "departs_at"),
            ({"departs_at": "0001-01-01T00:00:00+14:00"}, "departs_at"),
            ({"departs_at": 12}, "departs_at"),
            ({"driver": "me"}, "driver"),
        ],
    )
    def test_name_the_field_that_makes_no_sense(
        self, api: Api, tom: Resident, now: datetime, change: dict[str, Any], field: str
    ) -> None:
        response = api(tom).post(OFFERS, ride(now, **change), content_type=JSON)

        assert response.status_code in (400, 422)
        if response.status_code == 422:
            assert field in response.json()["errors"]
        assert not RideOffer.objects.exists()

    def test_are_cancelled_by_the_driver(
        self, api: Api, tom: Resident, nora: Resident, now: datetime
    ) -> None:
        url = f"/api/v1/carpool/offers/{make_offer(tom, at=now).pk}"

        assert api(nora).post(f"{url}/cancel").status_code == 403
        assert api(tom).post(f"{url}/cancel").json()["status"] == "cancelled"
        refused = api(nora).post(f"{url}/bookings", {}, content_type=JSON)
        assert (refused.status_code, refused.json()["code"]) == (409, "carpool.ride_cancelled")

    def test_are_made_by_no_helper_without_the_scope(
        self, api: Api, vera: Resident, vera_for_edda: Actor, now: datetime
    ) -> None:
        response = api(vera).post(
            OFFERS, ride(now), content_type=JSON, headers=acting(vera_for_edda)
        )

        assert (response.status_code, response.json()["code"]) == (403, "assist.out_of_scope")


class TestRequests:
    def test_are_shown_exactly_only_to_whom_they_belong(
        self, api: Api, tom: Resident, nora: Resident, now: datetime
    ) -> None:
        made = api(nora).post(REQUESTS, wish(now), content_type=JSON)
        url = f"/api/v1/carpool/requests/{made.json()['id']}"

        assert made.status_code == 201
        assert made.json()["from"] == EXACT_LINDE
        assert api(nora).get(url).json() == made.json()
        assert api(tom).get(url).json()["from"] == ROUGH_LINDE
        (listed,) = api(nora).get(REQUESTS).json()["items"]
        assert listed["from"] == ROUGH_LINDE

    def test_are_withdrawn(self, api: Api, tom: Resident, nora: Resident, now: datetime) -> None:
        url = f"/api/v1/carpool/requests/{make_request(nora, at=now).pk}"

        assert api(nora).post(f"{url}/withdraw").json()["status"] == "withdrawn"
        assert api(nora).get(REQUESTS).json()["items"] == []
        assert len(api(nora).get(REQUESTS, {"mine": 1}).json()["items"]) == 1
        assert api(tom).get(url).status_code == 404

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"latest_arrival": "2020-01-01T00:00:00Z"}, "latest_arrival"),
            ({"earliest": "0001-01-01T00:00:00+14:00"}, "latest_arrival"),
            ({"earliest": "9999-12-31T00:00:00-14:00"}, "latest_arrival"),
            ({"seats": 0}, "seats"),
            ({"person": str(uuid4())}, "person"),
        ],
    )
    def test_name_the_field_that_makes_no_sense(
        self, api: Api, nora: Resident, now: datetime, change: dict[str, Any], field: str
    ) -> None:
        response = api(nora).post(REQUESTS, wish(now, **change), content_type=JSON)

        assert response.status_code == 422
        assert field in response.json()["errors"]
        assert not RideRequest.objects.exists()
