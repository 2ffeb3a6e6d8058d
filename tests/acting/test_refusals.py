"""Every no that a helper is told is counted for the coordinators, and no more of it is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from tests.acting.conftest import CASES, Api
from tests.support.cast import Cast
from village.acting.models import COUNTED_UP_TO, AssistedSession, Refusal
from village.assist.actions import issue_card, revoke_mandate
from village.assist.models import Card, Centre, Mandate
from village.auth import acting
from village.core.actor import Actor
from village.journal.holdings import retentions
from village.journal.models import Entry
from village.messaging.models import Department

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]
Write = Callable[..., Any]


def counted() -> list[tuple[str, str, int]]:
    rows = Refusal.objects.order_by("code").select_related("who")
    return [(each.who.display_name, each.code, each.times) for each in rows]


@pytest.fixture
def begin(api: Api, cast: Cast) -> Callable[[str], Any]:
    """Let vera ask for a session with edda, with a code."""
    AssistedSession.objects.all().delete()
    path = f"/api/v1/mandates/{cast.mandate.pk}/sessions"
    body = {"place": "desk", "purpose": "The harvest dinner"}
    return lambda code: api(cast.vera).post(
        path, body | {"code": code}, content_type="application/json"
    )


@pytest.fixture
def codes(cast: Cast) -> list[str]:
    printed = issue_card(
        by=Actor(cast.carla.pk),
        centre_id=cast.centre.pk,
        person_id=cast.edda.pk,
        at=timezone.now(),
    )
    return printed.codes


class TestARefusal:
    def test_out_of_the_mandate_is_counted(self, cast: Cast, api: Api) -> None:
        headers = {"X-Acting-For": str(cast.mandate.pk)}
        for _time in range(3):
            assert api(cast.vera).get("/api/v1/me/ledger", headers=headers).status_code == 403
        assert counted() == [("Vera", "assist.out_of_scope", 3)]
        assert Refusal.objects.get().mandate == cast.mandate

    def test_without_a_session_and_after_the_end_is_counted(self, cast: Cast, write: Write) -> None:
        AssistedSession.objects.all().delete()
        assert write().status_code == 403
        revoke_mandate(by=Actor(cast.edda.pk), mandate_id=cast.mandate.pk, at=timezone.now())
        assert write().status_code == 403
        assert counted() == [("Vera", "assist.mandate_ended", 1), ("Vera", "assist.no_session", 1)]

    def test_of_a_code_that_was_used_and_of_a_card_that_is_too_old_is_counted(
        self, codes: list[str], begin: Callable[[str], Any]
    ) -> None:
        assert begin(codes[0]).status_code == 201
        AssistedSession.objects.all().delete()
        assert begin(codes[0]).status_code == 422
        Card.objects.update(expires_at=timezone.now())
        assert begin(codes[1]).status_code == 422
        assert counted() == [("Vera", "assist.card_expired", 1), ("Vera", "assist.code_refused", 1)]

    def test_on_a_page_is_counted_as_well(
        self, browser: Browser, cast: Cast, codes: list[str]
    ) -> None:
        AssistedSession.objects.all().delete()
        form = {"place": "desk", "purpose": "The dinner", "code": "000000"}
        vera = browser(cast.vera)
        assert vera.post(f"/mandates/{cast.mandate.pk}/begin", form).status_code == 422
        assert vera.get(f"/centres/{cast.centre.pk}/watch").status_code == 403
        assert counted() == [("Vera", "assist.code_refused", 1), ("Vera", "forbidden", 1)]

    def test_of_a_foreign_mandate_is_seen_where_it_is_held(self, cast: Cast, write: Write) -> None:
        AssistedSession.objects.all().delete()
        elsewhere = Centre.objects.create(
            village=cast.bergheim, name="Berghaus", created_at=timezone.now()
        )
        Mandate.objects.update(centre=elsewhere)
        cast.mandate.assignments.all().delete()
        assert write().json()["code"] == "assist.mandate_unknown"
        assert Refusal.objects.get().centre == elsewhere

    def test_of_a_wrong_centre_is_seen_there(self, api: Api, cast: Cast) -> None:
        elsewhere = Centre.objects.create(
            village=cast.bergheim, name="Berghaus", created_at=timezone.now()
        )
        path = f"/api/v1/centres/{elsewhere.pk}/mandates"
        assert api(cast.vera).get(path).status_code == 404
        assert counted() == [("Vera", "not_found", 1)]
        assert Refusal.objects.get().centre == elsewhere

    def test_of_what_there_is_not_is_seen_at_the_volunteers_own_centre(
        self, api: Api, cast: Cast
    ) -> None:
        headers = {"X-Acting-For": str(uuid4())}
        for name in ("vera", "tom"):
            api(getattr(cast, name)).get("/api/v1/me", headers=headers)
        assert counted() == [("Vera", "assist.mandate_unknown", 1)]
        assert Refusal.objects.get().centre == cast.centre

    def test_of_the_person_herself_is_nobodys_to_see(self, api: Api, cast: Cast) -> None:
        path = f"/api/v1/mandates/{cast.mandate.pk}/suspend"
        assert api(cast.edda).post(path).status_code == 403
        assert counted() == []

    def test_of_something_else_is_not_watched(
        self, api: Api, cast: Cast, town_hall: Department
    ) -> None:
        headers = {"X-Acting-For": str(cast.mandate.pk)}
        vera = api(cast.vera)
        assert vera.get(f"/api/v1/cases/{uuid4()}", headers=headers).status_code == 404
        assert vera.post(CASES, {}, "application/json", headers=headers).status_code == 422
        assert api(cast.tom).get(f"/api/v1/cases/{uuid4()}").status_code == 404
        assert counted() == []

    def test_fills_no_table_and_leaves_nothing_else(self, api: Api, cast: Cast) -> None:
        entries = Entry.objects.count()
        headers = {"X-Acting-For": str(cast.mandate.pk)}
        vera = api(cast.vera)
        vera.get("/api/v1/me/ledger", headers=headers)
        Refusal.objects.update(times=COUNTED_UP_TO, last_at=cast.mandate.created_at)
        for path in ("/api/v1/me/ledger", "/api/v1/me/reach", "/api/v1/me/export"):
            assert vera.get(path, headers=headers).status_code == 403
        count = Refusal.objects.get()
        assert (count.times, count.last_at) == (COUNTED_UP_TO, cast.mandate.created_at)
        assert Entry.objects.count() == entries

    def test_is_told_also_when_it_cannot_be_counted(
        self, api: Api, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def away(**given: Any) -> None:
            raise OperationalError

        monkeypatch.setattr(acting, "count_refusal", away)
        headers = {"X-Acting-For": str(cast.mandate.pk)}
        assert api(cast.vera).get("/api/v1/me/ledger", headers=headers).status_code == 403
        assert counted() == []

    def test_is_forgotten_after_half_a_year(self, api: Api, cast: Cast) -> None:
        headers = {"X-Acting-For": str(cast.mandate.pk)}
        api(cast.vera).get("/api/v1/me/ledger", headers=headers)
        forget = retentions["acting.refusals"].forget
        assert forget(timezone.now() - timedelta(days=1)) == 0
        assert forget(timezone.now() + timedelta(seconds=1)) == 1


class TestACoordinator:
    def test_sees_who_was_refused_what(self, api: Api, browser: Browser, cast: Cast) -> None:
        headers = {"X-Acting-For": str(cast.mandate.pk)}
        api(cast.vera).get("/api/v1/me/ledger", headers=headers)

        watched = api(cast.carla).get(f"/api/v1/centres/{cast.centre.pk}/watch").json()
        [line] = watched["refusals"]
        assert (line["who_name"], line["person_name"], line["times"]) == ("Vera", "Edda", 1)
        assert line["words"] == "the mandate does not cover it"
        page = browser(cast.carla).get(f"/centres/{cast.centre.pk}/watch")
        assert "the mandate does not cover it" in page.content.decode()
        desk = browser(cast.carla).get(f"/centres/{cast.centre.pk}/desk")
        assert f"/centres/{cast.centre.pk}/watch" in desk.content.decode()
