"""The board and who comes, over HTTP."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from events.models import Attendance
from tests.events.factories import make_date, make_event, sign_up
from tests.events.wire import BOARD, JSON, Api, acting, attendance_url
from tests.support.cast import Cast
from village.core.actor import Actor
from village.journal.models import Entry
from village.residents.models import Resident

pytestmark = pytest.mark.django_db


class TestBoard:
    def test_lists_what_is_to_come_soonest_first(
        self, api: Api, nora: Resident, tom: Resident, now: datetime
    ) -> None:
        for days in (9, 3, 6):
            begins = now + timedelta(days=days)
            make_event(
                nora, at=now, title=f"{days}", begins_at=begins, ends_at=begins + timedelta(hours=1)
            )
        make_event(nora, at=now - timedelta(days=30), title="over")
        make_event(nora, at=now, title="draft", publish=False)
        client = api(tom)

        first = client.get(BOARD, {"limit": 2, "position": 1}).json()
        second = client.get(BOARD, {"limit": 2, "after": first["next"]}).json()
        past = client.get(BOARD, {"past": "true"}).json()

        assert [each["title"] for each in first["items"] + second["items"]] == ["3", "6", "9"]
        assert second["next"] is None
        assert first["position"]["seq"] == 4
        assert [each["title"] for each in past["items"]] == ["over"]

    def test_asks_the_database_as_often_for_ten_as_for_one(
        self,
        api: Api,
        nora: Resident,
        tom: Resident,
        now: datetime,
        django_assert_num_queries: Any,
    ) -> None:
        client = api(tom)
        for _ in range(10):
            sign_up(tom, make_date(nora, at=now - timedelta(days=2), capacity=1))

        # The session, the resident, her village; the events, their dates.
        with django_assert_num_queries(6):
            assert len(client.get(BOARD).json()["items"]) == 10

    def test_shows_the_dates_of_an_event(
        self, api: Api, nora: Resident, tom: Resident, now: datetime
    ) -> None:
        date = make_date(nora, at=now)
        body = api(tom).get(f"/api/v1/events/{date.event_id}/occurrences").json()

        assert [each["id"] for each in body["items"]] == [str(date.pk)]

    def test_shows_a_date_with_the_position_of_its_stream(
        self, api: Api, nora: Resident, tom: Resident, now: datetime
    ) -> None:
        date = make_date(nora, at=now - timedelta(days=1), capacity=2)
        sign_up(nora, date)
        url = f"/api/v1/occurrences/{date.pk}"

        assert api(tom).get(url).json()["position"] is None
        body = api(tom).get(url, {"position": 1}).json()
        assert (body["position"]["seq"], body["seats_left"]) == (1, 1)

    def test_gives_an_event_its_etag(
        self, api: Api, nora: Resident, tom: Resident, now: datetime
    ) -> None:
        url = f"/api/v1/events/{make_event(nora, at=now).pk}"
        etag = api(tom).get(url)["ETag"]

        assert api(tom).get(url, headers={"If-None-Match": etag}).status_code == 304


class TestAttendance:
    def test_is_set_asked_for_and_taken_back(
        self, api: Api, nora: Resident, tom: Resident, now: datetime
    ) -> None:
        date, client = make_date(nora, at=now, capacity=2), api(tom)
        wanted = {"party_size": 2, "needs_lift": True}
        url = attendance_url(date)

        assert client.get(url).status_code == 404
        put = client.put(url, wanted, content_type=JSON)
        again = client.put(url, wanted, content_type=JSON)
        assert put.status_code == 200
        assert put.json() == again.json() == client.get(url).json()
        assert put.json()["status"] == "confirmed"
        assert put.json()["position"] is None
        deleted = client.delete(url)
        assert (deleted.status_code, deleted.json()["status"]) == (200, "withdrawn")
        assert client.delete(url).json() == deleted.json()

    def test_says_which_place_on_the_waiting_list(
        self, api: Api, cast: Cast, nora: Resident, now: datetime
    ) -> None:
        date = make_date(nora, at=now, capacity=1)
        answers = [
            api(who).put(attendance_url(date), {"party_size": 1}, content_type=JSON).json()
            for who in (nora, cast.tom, cast.mia)
        ]

        assert [(each["status"], each["position"]) for each in answers] == [
            ("confirmed", None),
            ("waitlisted", 1),
            ("waitlisted", 2),
        ]

    def test_of_the_elder_is_made_by_the_volunteer(
        self,
        api: Api,
        nora: Resident,
        vera: Resident,
        edda: Resident,
        vera_for_edda: Actor,
        now: datetime,
    ) -> None:
        date = make_date(nora, at=now)
        response = api(vera).put(
            attendance_url(date),
            {"party_size": 1, "needs_lift": True},
            content_type=JSON,
            headers=acting(vera_for_edda),
        )

        assert response.status_code == 200
        assert response["X-Acting-For-Name"] == "Edda"
        assert Attendance.objects.get().resident == edda
        assert Entry.objects.latest("pk").helper_id == vera.pk

    @pytest.mark.parametrize(
        "body",
        [
            {"party_size": 0},
            {"party_size": 51},
            {"party_size": "2"},
            {"party_size": 1.5},
            {"needs_lift": "perhaps"},
            {"seats": 1},
            [],
            "x",
        ],
    )
    def test_refuses_what_makes_no_sense(
        self, api: Api, nora: Resident, now: datetime, body: Any
    ) -> None:
        date = make_date(nora, at=now)
        response = api(nora).put(attendance_url(date), body, content_type=JSON)

        assert response.status_code in (400, 422)
        assert not Attendance.objects.exists()

    def test_refuses_a_party_that_cannot_grow(
        self, api: Api, nora: Resident, now: datetime
    ) -> None:
        date, client = make_date(nora, at=now, capacity=2), api(nora)
        client.put(attendance_url(date), {"party_size": 2}, content_type=JSON)
        response = client.put(attendance_url(date), {"party_size": 3}, content_type=JSON)

        assert response.status_code == 409
        assert response.json()["code"] == "events.full"
