"""Warnings and the roll call in a browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.alerts.factories import make_alert, make_source
from tests.support.cast import Cast
from village.alerts.models import Alert, Answer, RollCall, Stage
from village.residents.models import Neighbourhood

Browse = Callable[..., Client]


class TestTheFrontPage:
    def test_shows_everybody_what_is_in_force(self, browse: Browse, cast: Cast) -> None:
        calm = browse(cast.nora).get("/villages/lindental").content.decode()
        assert "There is no warning." in calm
        make_alert("lindental", at=timezone.now())
        alarmed = browse(cast.nora).get("/villages/lindental").content.decode()
        assert "The water is rising." in alarmed
        assert "Go to an upper floor." in alarmed

    def test_tells_the_second_person_that_a_draft_waits(
        self, browse: Browse, cast: Cast, draft: Alert
    ) -> None:
        words = "1 warning waits for a second person."
        assert words in browse(cast.stella).get("/villages/lindental").content.decode()
        assert words not in browse(cast.nora).get("/villages/lindental").content.decode()


class TestWarning:
    def test_takes_two_browsers(self, browse: Browse, cast: Cast) -> None:
        mill = Neighbourhood.objects.create(
            village=cast.lindental, name="By the mill", created_at=timezone.now()
        )
        otto, stella = browse(cast.otto), browse(cast.stella)
        shown = otto.get("/villages/lindental/alerts/new/flood").content.decode()
        assert "Das Wasser steigt." in shown
        given = {
            "severity": "Extreme",
            "hours": "5",
            "near": [str(mill.pk)],
            "headline_de": "Die Linde steigt bis zur Brücke.",
            "description_de": "Zwei Meter\r\nbis Mitternacht.",
            "instruction_de": "Bitte gehen Sie nach oben.",
        }
        answer = otto.post("/villages/lindental/alerts/new/flood", given)
        draft = Alert.objects.get()
        assert answer.status_code == 302
        assert answer["Location"] == f"/alerts/{draft.pk}"
        assert [text["language"] for text in draft.texts] == ["de"]
        assert list(draft.neighbourhoods.all()) == [mill]

        release = {"step": "release"}
        assert "Warn the village now" not in otto.get(answer["Location"]).content.decode()
        assert otto.post(f"/alerts/{draft.pk}/decide", release).status_code == 403
        assert "Warn the village now" in stella.get(answer["Location"]).content.decode()
        assert stella.post(f"/alerts/{draft.pk}/decide", release).status_code == 302
        assert "Die Linde steigt bis zur Brücke." in (
            browse(cast.nora).get("/villages/lindental/alerts").content.decode()
        )

    def test_is_told_what_is_missing(self, browse: Browse, cast: Cast) -> None:
        answer = browse(cast.otto).post("/villages/lindental/alerts/new/flood", {"hours": "0"})
        assert answer.status_code == 422
        assert not Alert.objects.exists()

    def test_goes_on_and_is_taken_back(self, browse: Browse, cast: Cast) -> None:
        flood = make_alert("lindental", at=timezone.now() - timedelta(minutes=5))
        otto, stella = browse(cast.otto), browse(cast.stella)
        assert "Das Wasser steigt." in otto.get(f"/alerts/{flood.pk}/update").content.decode()
        given = {"severity": "Extreme", "hours": "9", "headline_de": "Das Wasser steigt weiter."}
        otto.post(f"/alerts/{flood.pk}/update", given)
        update = Alert.objects.get(stage=Stage.DRAFT)
        stella.post(f"/alerts/{update.pk}/decide", {"step": "release"})
        stella.post(f"/alerts/{update.pk}/decide", {"step": "cancel"})
        flood.refresh_from_db()
        update.refresh_from_db()
        assert (flood.stage, update.stage) == (Stage.REPLACED, Stage.CANCELLED)

    @pytest.mark.parametrize(
        "address",
        ["/villages/lindental/alerts/new/flood", "/villages/lindental/alerts/new/nothing"],
    )
    def test_is_for_the_town_hall(self, browse: Browse, cast: Cast, address: str) -> None:
        assert browse(cast.nora).get(address).status_code == 403
        assert browse(cast.strang).get(address).status_code == 404

    def test_shows_whom_the_village_hears_to_those_who_warn(
        self, browse: Browse, cast: Cast
    ) -> None:
        make_source("https://warnings.example/cap", at=timezone.now())
        page = "/villages/lindental/alerts"
        assert "Flood service" in browse(cast.otto).get(page).content.decode()
        assert "Flood service" not in browse(cast.nora).get(page).content.decode()


class TestTheRollCall:
    @pytest.fixture
    def roll(self, browse: Browse, cast: Cast) -> RollCall:
        flood = make_alert("lindental", at=timezone.now())
        given = {"alert": str(flood.pk), "shelters": "Fire station\r\n\r\nOld school"}
        browse(cast.otto).post("/villages/lindental/roll-calls", given)
        return RollCall.objects.get()

    def test_is_answered_with_one_press(self, browse: Browse, cast: Cast, roll: RollCall) -> None:
        assert roll.shelters == ["Fire station", "Old school"]
        nora, address = browse(cast.nora), f"/roll-calls/{roll.pk}"
        assert "Who has not been heard of" not in nora.get(address).content.decode()
        assert nora.post(address, {"condition": "safe"}).status_code == 302
        assert "We know: safe" in nora.get(address).content.decode()

    def test_shows_a_volunteer_whom_to_find_first(
        self, browse: Browse, cast: Cast, roll: RollCall
    ) -> None:
        vera, address = browse(cast.vera), f"/roll-calls/{roll.pk}"
        page = vera.get(address).content.decode()
        assert page.index("Edda is safe") < page.index("Carla is safe")
        found = {"resident": str(cast.edda.pk), "condition": "safe"}
        assert vera.post(address, found).status_code == 302
        assert Answer.objects.get().resident_id == cast.edda.pk
        assert "Edda is safe" not in vera.get(address).content.decode()

    def test_is_printed_for_wardens(self, browse: Browse, cast: Cast, roll: RollCall) -> None:
        address = f"/roll-calls/{roll.pk}/list.pdf"
        printed = browse(cast.vera).get(address)
        assert printed["Content-Type"] == "application/pdf"
        assert printed.content.startswith(b"%PDF")
        assert browse(cast.nora).get(address).status_code == 404

    def test_can_be_closed(self, browse: Browse, cast: Cast, roll: RollCall) -> None:
        browse(cast.otto).post(f"/roll-calls/{roll.pk}/close")
        page = browse(cast.nora).get(f"/roll-calls/{roll.pk}").content.decode()
        assert "This roll call is closed." in page
        late = browse(cast.nora).post(f"/roll-calls/{roll.pk}", {"condition": "safe"})
        assert late.status_code == 422
        assert not Answer.objects.exists()

    def test_of_a_foreign_warning_is_not_opened(self, browse: Browse, cast: Cast) -> None:
        foreign = make_alert("bergheim", at=timezone.now())
        for value in (str(foreign.pk), "x", ""):
            answer = browse(cast.otto).post(
                "/villages/lindental/roll-calls", {"alert": value, "shelters": ""}
            )
            assert answer.status_code == 422
        assert not RollCall.objects.exists()


class TestTheApi:
    def test_drafts_from_a_template(self, api: Browse, cast: Cast) -> None:
        drafted = api(cast.otto).post(
            "/api/v1/villages/lindental/alerts",
            {"template": "flood", "severity": "Extreme"},
            content_type="application/json",
        )
        assert drafted.status_code == 201, drafted.content
        body = drafted.json()
        assert (body["stage"], body["severity"], body["drafted_by_name"]) == (
            "draft",
            "Extreme",
            "Otto",
        )
        assert {text["language"] for text in body["texts"]} == {"de", "en", "ja"}
        released = api(cast.stella).post(f"/api/v1/alert-drafts/{body['id']}/release")
        assert released.status_code == 200, released.content
        found = api(cast.nora).get("/api/v1/villages/lindental/alerts?in_force=true&position=1")
        assert [each["id"] for each in found.json()["items"]] == [body["id"]]
        assert found.json()["position"]["seq"] == 1
        assert "drafted_by" not in found.json()["items"][0]

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"template": "flud"}, "template"),
            ({}, "category"),
            ({"category": "Met", "urgency": "Future"}, "severity"),
        ],
    )
    def test_says_what_is_missing(
        self, api: Browse, cast: Cast, body: dict[str, str], field: str
    ) -> None:
        answer = api(cast.otto).post(
            "/api/v1/villages/lindental/alerts", body, content_type="application/json"
        )
        assert answer.status_code == 422
        assert field in answer.json()["errors"]

    def test_lists_templates_to_those_who_warn(self, api: Browse, cast: Cast) -> None:
        found = api(cast.otto).get("/api/v1/villages/lindental/alert-templates").json()
        assert {"flood", "storm", "water"} <= {each["key"] for each in found}

    def test_asks_the_database_as_often_for_many_as_for_one(
        self, api: Browse, cast: Cast, django_assert_max_num_queries: Callable[..., object]
    ) -> None:
        for _ in range(12):
            make_alert("lindental", at=timezone.now())
        client = api(cast.nora)
        client.get("/api/v1/villages/lindental/alerts")
        with django_assert_max_num_queries(14):
            client.get("/api/v1/villages/lindental/alerts")

    def test_shows_a_draft_to_nobody_else(self, api: Browse, cast: Cast, draft: Alert) -> None:
        assert api(cast.stella).get(f"/api/v1/alerts/{draft.pk}").status_code == 200
        assert api(cast.nora).get(f"/api/v1/alerts/{draft.pk}").status_code == 404

    def test_keeps_the_answer_of_a_repeated_release(
        self, api: Browse, cast: Cast, draft: Alert
    ) -> None:
        key = {"Idempotency-Key": "now"}
        first, again = (
            api(cast.stella).post(f"/api/v1/alert-drafts/{draft.pk}/release", headers=key)
            for _ in range(2)
        )
        assert first.json() == again.json()
        assert again["Idempotency-Replayed"] == "true"
