"""Matches and bookings over HTTP, and what of them nobody else sees."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from carpool.models import Booking
from tests.carpool.factories import FAR, TOWN, book, make_offer, make_request
from tests.carpool.wire import (
    EXACT_LINDE,
    JSON,
    OFFERS,
    REQUESTS,
    ROUGH_LINDE,
    Api,
    acting,
    ride,
    wish,
)
from tests.support.cast import Cast
from village.core.actor import Actor
from village.journal.models import Entry
from village.residents.models import Resident

pytestmark = pytest.mark.django_db


class TestMatches:
    def test_come_with_their_ride_and_the_smallest_detour_first(
        self, api: Api, cast: Cast, nora: Resident, now: datetime
    ) -> None:
        around = make_offer(cast.tom, at=now, start=FAR, detour_minutes=60)
        straight = make_offer(cast.mia, at=now)
        make_offer(cast.otto, at=now, start=TOWN, goal=FAR)
        make_offer(nora, at=now)
        booked = make_offer(cast.carla, at=now)
        book(nora, booked)
        wish = make_request(nora, at=now)

        body = api(nora).get(f"/api/v1/carpool/requests/{wish.pk}/matches").json()

        assert [each["offer"]["id"] for each in body["items"]] == [
            str(straight.pk),
            str(around.pk),
        ]
        first = body["items"][0]
        assert (first["detour_seconds"], first["estimate"]) == (0, True)
        told = datetime.fromisoformat(first["pickup_at"])
        assert timedelta(0) <= straight.departs_at - told < timedelta(minutes=5)
        assert (told.minute % 5, told.second) == (0, 0)
        assert first["offer"]["from"] == ROUGH_LINDE
        assert first["reasons"][0] == "It is on the way."
        assert body["next"] is None

    def test_are_none_where_nobody_drives(self, api: Api, nora: Resident, now: datetime) -> None:
        wish = make_request(nora, at=now)
        body = api(nora).get(f"/api/v1/carpool/requests/{wish.pk}/matches").json()

        assert body["items"] == []

    def test_stay_in_the_village(
        self, api: Api, nora: Resident, strang: Resident, now: datetime
    ) -> None:
        make_offer(strang, at=now, village="bergheim")
        wish = make_request(nora, at=now)

        assert not api(nora).get(f"/api/v1/carpool/requests/{wish.pk}/matches").json()["items"]

    def test_are_for_whom_the_request_belongs_to(
        self, api: Api, tom: Resident, nora: Resident, now: datetime
    ) -> None:
        wish = make_request(nora, at=now)

        assert api(tom).get(f"/api/v1/carpool/requests/{wish.pk}/matches").status_code == 403

    def test_ask_the_database_as_often_for_many_as_for_one(
        self, api: Api, tom: Resident, nora: Resident, now: datetime, django_assert_num_queries: Any
    ) -> None:
        url = f"/api/v1/carpool/requests/{make_request(nora, at=now).pk}/matches"
        client = api(nora)
        for _ in range(10):
            make_offer(tom, at=now)

        # The session, the resident; the request, her village; the plans of rides that may fit;
        # who is kept apart, what they and she have booked; these rides with their drivers;
        # and the stops she could walk to.
        with django_assert_num_queries(9):
            assert len(client.get(url).json()["items"]) == 10


class TestBookings:
    def test_are_asked_for_accepted_and_cancelled(
        self, api: Api, tom: Resident, nora: Resident, now: datetime
    ) -> None:
        offer, wish = make_offer(tom, at=now), make_request(nora, at=now)
        made = api(nora).post(
            f"/api/v1/carpool/offers/{offer.pk}/bookings",
            {"request": str(wish.pk), "seats": 2},
            content_type=JSON,
        )
        url = f"/api/v1/carpool/bookings/{made.json()['id']}"

        assert made.status_code == 201
        assert (made.json()["status"], made.json()["seats"]) == ("requested", 2)
        assert made.json()["pickup"] == EXACT_LINDE
        assert api(tom).get(url).json()["pickup"] == ROUGH_LINDE
        accepted = api(tom).post(f"{url}/accept").json()
        assert (accepted["status"], accepted["pickup"]) == ("accepted", ROUGH_LINDE)
        assert api(nora).post(f"{url}/confirm").json()["status"] == "confirmed"
        assert api(tom).get(url).json()["pickup"] == EXACT_LINDE
        assert api(nora).post(f"{url}/cancel").json()["status"] == "cancelled"
        refused = api(tom).post(f"{url}/accept")
        assert (refused.status_code, refused.json()["code"]) == (409, "carpool.booking_settled")
        assert api(tom).get(url).json()["pickup"] == ROUGH_LINDE

    def test_are_refused_when_the_ride_is_full(
        self, api: Api, cast: Cast, tom: Resident, now: datetime
    ) -> None:
        offer = make_offer(tom, at=now, seats=1)
        url = f"/api/v1/carpool/offers/{offer.pk}/bookings"
        answers = [
            api(who).post(url, {"request": None, "seats": 1}, content_type=JSON)
            for who in (cast.nora, cast.mia)
        ]

        assert [each.status_code for each in answers] == [201, 409]
        assert answers[1].json()["code"] == "carpool.ride_full"
        assert answers[1].json()["detail"] == "This ride is full."

    def test_are_one_for_a_repeated_request(
        self, api: Api, tom: Resident, nora: Resident, now: datetime
    ) -> None:
        url = f"/api/v1/carpool/offers/{make_offer(tom, at=now).pk}/bookings"
        client, key = api(nora), {"Idempotency-Key": "ride"}
        first, second = (
            client.post(url, {"seats": 1}, content_type=JSON, headers=key) for _ in range(2)
        )

        assert first.json() == second.json()
        assert Booking.objects.count() == 1

    def test_are_listed_to_the_driver_and_to_each_rider_her_own(
        self, api: Api, cast: Cast, tom: Resident, now: datetime
    ) -> None:
        offer = make_offer(tom, at=now)
        for who in (cast.nora, cast.mia):
            book(who, offer)
        url = f"/api/v1/carpool/offers/{offer.pk}/bookings"

        def riders(who: Resident) -> list[str]:
            items = api(who).get(url).json()["items"]
            return [each["rider"]["display_name"] for each in items]

        assert sorted(riders(tom)) == ["Mia", "Nora"]
        assert riders(cast.mia) == ["Mia"]
        assert riders(cast.otto) == []

    def test_of_the_elder_are_made_by_the_volunteer_and_answered_by_no_helper(
        self,
        api: Api,
        tom: Resident,
        edda: Resident,
        vera: Resident,
        vera_for_edda: Actor,
        now: datetime,
    ) -> None:
        offer = make_offer(tom, at=now)
        url = f"/api/v1/carpool/offers/{offer.pk}/bookings"
        made = api(vera).post(url, {"seats": 1}, content_type=JSON, headers=acting(vera_for_edda))

        assert (made.status_code, made["X-Acting-For-Name"]) == (201, "Edda")
        assert Booking.objects.get().rider == edda
        assert Entry.objects.latest("pk").helper_id == vera.pk
        booking = f"/api/v1/carpool/bookings/{made.json()['id']}"
        for verb in ("accept", "decline"):
            refused = api(vera).post(f"{booking}/{verb}", headers=acting(vera_for_edda))
            assert (refused.status_code, refused.json()["code"]) == (403, "assist.out_of_scope")

    @pytest.mark.parametrize(
        "body", [{"seats": 0}, {"seats": 9}, {"seats": None}, {"request": "x"}, {"rider": "x"}, []]
    )
    def test_refuse_what_makes_no_sense(
        self, api: Api, tom: Resident, nora: Resident, now: datetime, body: Any
    ) -> None:
        url = f"/api/v1/carpool/offers/{make_offer(tom, at=now).pk}/bookings"

        assert api(nora).post(url, body, content_type=JSON).status_code in (400, 422)
        assert not Booking.objects.exists()


class TestHidden:
    """To whoever may not see it, a thing looks exactly as absent as one that never was."""

    ADDRESSES = (
        ("get", "offers/{offer}"),
        ("post", "offers/{offer}/cancel"),
        ("get", "offers/{offer}/bookings"),
        ("post", "offers/{offer}/bookings"),
        ("get", "requests/{request}"),
        ("post", "requests/{request}/withdraw"),
        ("get", "requests/{request}/matches"),
        ("get", "bookings/{booking}"),
        ("post", "bookings/{booking}/accept"),
        ("post", "bookings/{booking}/decline"),
        ("post", "bookings/{booking}/cancel"),
    )

    @pytest.mark.parametrize(("method", "address"), ADDRESSES)
    def test_another_villages_rides_look_absent(
        self, api: Api, cast: Cast, now: datetime, method: str, address: str
    ) -> None:
        offer, wish = make_offer(cast.tom, at=now), make_request(cast.nora, at=now)
        booking = book(cast.nora, offer)
        client = api(cast.strang)

        def ask(**ids: object) -> Any:
            url = "/api/v1/carpool/" + address.format(**ids)
            return getattr(client, method)(url, {}, content_type=JSON)

        foreign = ask(offer=offer.pk, request=wish.pk, booking=booking.pk)
        absent = ask(offer=uuid4(), request=uuid4(), booking=uuid4())
        assert foreign.status_code == absent.status_code == 404
        assert foreign.content == absent.content

    def test_somebody_elses_booking_looks_absent(self, api: Api, cast: Cast, now: datetime) -> None:
        booking = book(cast.nora, make_offer(cast.tom, at=now))
        for path in ("", "/accept", "/decline", "/cancel"):
            client, url = api(cast.mia), f"/api/v1/carpool/bookings/{booking.pk}{path}"
            assert (client.post(url) if path else client.get(url)).status_code == 404

    def test_the_rides_of_another_village_look_absent(
        self, api: Api, strang: Resident, now: datetime
    ) -> None:
        client = api(strang)
        for url, body in ((OFFERS, ride(now)), (REQUESTS, wish(now))):
            assert client.get(url).status_code == 404
            assert client.post(url, body, content_type=JSON).status_code == 404
