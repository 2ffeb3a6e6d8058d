"""Announcing over HTTP, and what of it nobody else sees."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from events.models import Event
from tests.events.factories import make_date
from tests.events.wire import BOARD, JSON, Api, acting, attendance_url, coffee
from tests.support.cast import Cast
from village.core.actor import Actor
from village.residents.models import Resident

pytestmark = pytest.mark.django_db


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
