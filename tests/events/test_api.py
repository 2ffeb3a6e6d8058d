"""The event board over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from events.models import Attendance, Event, Occurrence
from tests.events.factories import make_date, make_event, sign_up
from tests.support.cast import Cast
from village.core.actor import Actor
from village.journal.models import Entry
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
Api = Callable[..., Client]
BOARD = "/api/v1/villages/lindental/events"
JSON = "application/json"


@pytest.fixture
def now() -> datetime:
    """Give the moment by the clock that the API reads."""
    return timezone.now()


def coffee(now: datetime, **changes: Any) -> dict[str, Any]:
    return {
        "title": "Coffee and cake",
        "text": "Bring your neighbour.",
        "begins_at": (now + timedelta(days=7)).isoformat(),
        "ends_at": (now + timedelta(days=7, hours=2)).isoformat(),
        "place": {"name": "Alte Schule", "lat": 50.015, "lng": 11.508},
        "capacity": 2,
        "publish": True,
    } | changes


def attendance_url(date: Occurrence) -> str:
    return f"/api/v1/occurrences/{date.pk}/attendance"


def acting(by: Actor) -> dict[str, str]:
    return {"X-Acting-For": str(by.mandate_id)}


class TestAnnounce:
    def test_shows_the_event_with_its_date(self, api: Api, nora: Resident, now: datetime) -> None:
        response = api(nora).post(BOARD, coffee(now), content_type=JSON)

        body = response.json()
        assert response.status_code == 201
        assert body["village"] == "lindental"
        assert body["status"] == "published"
        assert body["organiser"] == {"id": str(nora.pk), "display_name": "Nora"}
        assert body["place"] == {"name": "Alte Schule", "lat": 50.015, "lng": 11.508}
        assert body["via_helper"] is False
        (date,) = body["occurrences"]
        assert date.keys() >= {"id", "village", "created_at", "event", "status"}
        assert (date["capacity"], date["seats_taken"], date["seats_left"]) == (2, 0, 2)

    def test_makes_one_event_of_a_repeated_request(
        self, api: Api, nora: Resident, now: datetime
    ) -> None:
        client, key = api(nora), {"Idempotency-Key": "coffee"}
        first, second = (
            client.post(BOARD, coffee(now), content_type=JSON, headers=key) for _ in range(2)
        )

        assert first.json() == second.json()
        assert Event.objects.count() == 1

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"title": ""}, "title"),
            ({"title": "x" * 201}, "title"),
            ({"text": " "}, "text"),
            ({"text": None}, "text"),
            ({"capacity": 0}, "capacity"),
            ({"capacity": -1}, "capacity"),
            ({"capacity": 10**12}, "capacity"),
            ({"capacity": True}, "capacity"),
            ({"begins_at": 0}, "begins_at"),
            ({"begins_at": "2026-12-01T10:00:00"}, "begins_at"),
            ({"begins_at": "0001-01-01T00:00:00+14:00"}, "ends_at"),
            ({"begins_at": "9999-12-31T23:59:59-14:00"}, "ends_at"),
            (
                {
                    "begins_at": "9999-12-31T22:59:59-14:00",
                    "ends_at": "9999-12-31T23:59:59-14:00",
                },
                "begins_at",
            ),
            ({"place": {"name": "x", "lat": 91, "lng": 0}}, "place.lat"),
            ({"place": {"name": "x", "lat": "NaN", "lng": 0}}, "place.lat"),
            ({"place": None}, "place"),
            ({"colour": "red"}, "colour"),
        ],
    )
    def test_names_the_field_that_makes_no_sense(
        self, api: Api, nora: Resident, now: datetime, change: dict[str, Any], field: str
    ) -> None:
        response = api(nora).post(BOARD, coffee(now, **change), content_type=JSON)

        assert response.status_code == 422
        assert field in response.json()["errors"]
        assert not Event.objects.exists()

    def test_is_refused_to_a_helper_whose_mandate_does_not_cover_it(
        self, api: Api, vera: Resident, vera_for_edda: Actor, now: datetime
    ) -> None:
        response = api(vera).post(
            BOARD, coffee(now), content_type=JSON, headers=acting(vera_for_edda)
        )

        assert response.status_code == 403
        assert response.json()["code"] == "assist.out_of_scope"

    def test_asks_a_stranger_to_sign_in(self, api: Api, now: datetime) -> None:
        assert api().post(BOARD, coffee(now), content_type=JSON).status_code == 401

    def test_a_draft_is_published_later(self, api: Api, nora: Resident, now: datetime) -> None:
        client = api(nora)
        draft = client.post(BOARD, coffee(now, publish=False), content_type=JSON).json()
        published = client.post(f"/api/v1/events/{draft['id']}/publish").json()

        assert (draft["status"], published["status"]) == ("draft", "published")


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
        with django_assert_num_queries(5):
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


class TestCancel:
    def test_shows_the_date_as_cancelled(self, api: Api, nora: Resident, now: datetime) -> None:
        date = make_date(nora, at=now)
        response = api(nora).post(f"/api/v1/occurrences/{date.pk}/cancel")

        assert response.json()["status"] == "cancelled"
        refused = api(nora).put(attendance_url(date), {}, content_type=JSON)
        assert (refused.status_code, refused.json()["code"]) == (409, "events.cancelled")

    def test_is_refused_to_whoever_only_comes(
        self, api: Api, nora: Resident, tom: Resident, now: datetime
    ) -> None:
        date = make_date(nora, at=now)
        response = api(tom).post(f"/api/v1/occurrences/{date.pk}/cancel")

        assert (response.status_code, response.json()["code"]) == (403, "forbidden")


class TestHidden:
    """To whoever may not see it, a thing looks exactly as absent as one that never was."""

    ADDRESSES = (
        ("get", "/api/v1/events/{event}"),
        ("post", "/api/v1/events/{event}/publish"),
        ("get", "/api/v1/events/{event}/occurrences"),
        ("get", "/api/v1/occurrences/{date}"),
        ("get", "/api/v1/occurrences/{date}/attendance"),
        ("put", "/api/v1/occurrences/{date}/attendance"),
        ("delete", "/api/v1/occurrences/{date}/attendance"),
        ("post", "/api/v1/occurrences/{date}/cancel"),
    )

    @pytest.mark.parametrize("draft", [False, True])
    @pytest.mark.parametrize(("method", "address"), ADDRESSES)
    def test_another_villages_or_anothers_draft_looks_absent(
        self, api: Api, cast: Cast, now: datetime, method: str, address: str, draft: bool
    ) -> None:
        date = make_date(cast.nora, at=now, publish=not draft)
        client = api(cast.stella if draft else cast.strang)

        def ask(event: object, occurrence: object) -> Any:
            url = address.format(event=event, date=occurrence)
            return getattr(client, method)(url, {}, content_type=JSON)

        foreign, absent = ask(date.event_id, date.pk), ask(uuid4(), uuid4())
        assert foreign.status_code == absent.status_code == 404
        assert foreign.content == absent.content

    def test_the_board_of_another_village_looks_absent(
        self, api: Api, strang: Resident, now: datetime
    ) -> None:
        client = api(strang)
        for url in (BOARD, "/api/v1/villages/nowhere/events"):
            assert client.get(url).status_code == 404
            assert client.post(url, coffee(now), content_type=JSON).status_code == 404
