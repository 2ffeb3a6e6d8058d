"""X-Acting-For: one request, one person, and never a mix of two."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.assist.conftest import Grant
from tests.support.cast import Cast, sit
from village.assist.models import Accreditation, Mandate
from village.core.models import KeptAnswer
from village.journal.models import Entry
from village.messaging.models import Case, Department
from village.residents import queries as residents
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
Api = Callable[..., Client]
CASES = "/api/v1/villages/lindental/cases"


def acting(mandate: Any) -> dict[str, str]:
    return {"X-Acting-For": str(getattr(mandate, "pk", mandate))}


def open_case(client: Client, roads: Department, **headers: str) -> Any:
    matter = {"department": str(roads.pk), "title": "t", "text": "t"}
    return client.post(CASES, matter, content_type="application/json", headers=headers)


class TestTheHeader:
    def test_names_the_person_on_every_answer(
        self, api: Api, cast: Cast, roads: Department
    ) -> None:
        client, headers = api(cast.vera), acting(cast.mandate)
        answers = [
            client.get("/api/v1/me", headers=headers),
            open_case(client, roads, **headers),
            client.get("/api/v1/me/ledger", headers=headers),
            client.get("/api/v1/villages/nowhere", headers=headers),
        ]
        assert [answer.status_code for answer in answers] == [200, 201, 403, 404]
        assert {answer["X-Acting-For-Name"] for answer in answers} == {"Edda"}

    def test_names_a_person_in_any_script(self, api: Api, cast: Cast) -> None:
        Resident.objects.filter(pk=cast.edda.pk).update(display_name="田中 Ünal\r\nX: y")
        answer = api(cast.vera).get("/api/v1/me", headers=acting(cast.mandate))
        assert answer["X-Acting-For-Name"] == "%E7%94%B0%E4%B8%AD%20%C3%9Cnal%0D%0AX%3A%20y"

    def test_shows_in_me_for_whom_and_how_far(self, api: Api, cast: Cast) -> None:
        body = api(cast.vera).get("/api/v1/me", headers=acting(cast.mandate)).json()

        assert body["id"] == str(cast.vera.pk)
        assert body["acting_for"]["id"] == str(cast.edda.pk)
        assert body["acting_for"]["display_name"] == "Edda"
        assert body["acting_for"]["mandate"] == str(cast.mandate.pk)
        assert body["acting_for"]["scopes"] == sorted(cast.mandate.scopes)

    def test_without_it_everybody_acts_for_herself(
        self, api: Api, cast: Cast, roads: Department
    ) -> None:
        client = api(cast.vera)
        client.get("/api/v1/me", headers=acting(cast.mandate))
        answer = open_case(client, roads)

        assert "X-Acting-For-Name" not in answer
        assert client.get("/api/v1/me").json()["acting_for"] is None
        assert Case.objects.get().author == cast.vera

    @pytest.mark.parametrize(
        "mandate",
        [
            "nonsense",
            "0",
            "00000000-0000-4000-8000-000000000000",
            "{mandate}0",
            "{mandate}, {mandate}",
            "' OR 1=1 --",
            "x" * 5000,
            "é",
        ],
    )
    def test_refuses_what_names_no_mandate(
        self, api: Api, cast: Cast, roads: Department, mandate: str
    ) -> None:
        headers = acting(mandate.replace("{mandate}", str(cast.mandate.pk)))
        for answer in (
            api(cast.vera).get("/api/v1/me", headers=headers),
            open_case(api(cast.vera), roads, **headers),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "assist.mandate_unknown")
        assert not Case.objects.exists()

    @pytest.mark.parametrize("name", ["edda", "carla", "tom", "stella", "strang"])
    def test_refuses_a_mandate_that_somebody_else_holds(
        self, api: Api, cast: Cast, roads: Department, name: str
    ) -> None:
        answer = open_case(api(getattr(cast, name)), roads, **acting(cast.mandate))
        assert (answer.status_code, answer.json()["code"]) == (403, "assist.mandate_unknown")

    def test_refuses_to_help_oneself(
        self, api: Api, cast: Cast, grant_now: Grant, roads: Department
    ) -> None:
        answer = open_case(api(cast.vera), roads, **acting(grant_now(cast.vera.pk)))
        assert answer.json()["code"] == "assist.mandate_unknown"

    def test_asks_a_stranger_to_sign_in(self, api: Api, cast: Cast) -> None:
        assert api().get("/api/v1/me", headers=acting(cast.mandate)).status_code == 401


class TestAnEndedMandate:
    @pytest.fixture(params=["revoked", "run out", "volunteer gone", "person gone"])
    def ended(self, request: Any, api: Api, cast: Cast) -> Mandate:
        """End edda's mandate in every way there is."""
        past = timezone.now() - timedelta(seconds=1)
        match request.param:
            case "revoked":
                path = f"/api/v1/mandates/{cast.mandate.pk}/revoke"
                assert api(cast.edda).post(path).status_code == 200
            case "run out":
                Mandate.objects.update(ends_at=past)
            case "volunteer gone":
                Accreditation.objects.update(valid_until=past)
            case "person gone":
                Resident.objects.filter(pk=cast.edda.pk).update(is_active=False)
        return cast.mandate

    def test_answers_so_and_changes_nothing(
        self, api: Api, cast: Cast, roads: Department, ended: Mandate
    ) -> None:
        before = Entry.objects.count()
        client = api(cast.vera)
        for answer in (
            client.get("/api/v1/me", headers=acting(ended)),
            open_case(client, roads, **acting(ended)),
            open_case(client, roads, **acting(ended), **{"Idempotency-Key": "k"}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "assist.mandate_ended")

        assert not Case.objects.exists() and not KeptAnswer.objects.exists()
        assert Entry.objects.count() == before

    def test_gives_no_kept_answer_again(self, api: Api, cast: Cast, roads: Department) -> None:
        client, key = api(cast.vera), {"Idempotency-Key": "k"}
        assert open_case(client, roads, **acting(cast.mandate), **key).status_code == 201
        api(cast.edda).post(f"/api/v1/mandates/{cast.mandate.pk}/revoke")

        again = open_case(client, roads, **acting(cast.mandate), **key)
        assert (again.status_code, again.json()["code"]) == (403, "assist.mandate_ended")


class TestTwoTabsOfOneVolunteer:
    def test_never_mix_when_they_take_turns(
        self, api: Api, cast: Cast, grant_now: Grant, roads: Department
    ) -> None:
        client, noras = api(cast.vera), grant_now(cast.nora.pk)
        for _ in range(3):
            for mandate in (cast.mandate, noras, None):
                if mandate:
                    sit(cast.vera, mandate)
                open_case(client, roads, **(acting(mandate) if mandate else {}))

        authors = Case.objects.order_by("created_at").values_list("author__display_name", flat=True)
        assert list(authors) == ["Edda", "Nora", "Vera"] * 3
        helped = Case.objects.filter(via_helper=True).count()
        assert helped == Entry.objects.filter(helper_id=cast.vera.pk).count() == 6

    def test_never_mix_when_one_arrives_in_the_middle_of_the_other(
        self, api: Api, cast: Cast, grant_now: Grant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client, noras = api(cast.vera), grant_now(cast.nora.pk)
        find, inner = residents.resident_or_404, []

        def interrupted(resident_id: Any) -> Resident:
            if not inner:
                inner.append(None)
                inner[:] = [
                    client.get("/api/v1/me", headers=acting(noras)).json(),
                    client.get("/api/v1/me").json(),
                ]
            return find(resident_id)

        monkeypatch.setattr(residents, "resident_or_404", interrupted)
        outer = client.get("/api/v1/me", headers=acting(cast.mandate))

        assert outer["X-Acting-For-Name"] == "Edda"
        assert outer.json()["acting_for"]["display_name"] == "Edda"
        # She sits with edda alone: what comes from the other tab finds nobody.
        assert inner[0]["code"] == "assist.no_session"
        assert inner[1]["acting_for"] is None

    def test_never_share_an_idempotency_key(
        self, api: Api, cast: Cast, grant_now: Grant, roads: Department
    ) -> None:
        client, key = api(cast.vera), {"Idempotency-Key": "k"}
        for mandate in (cast.mandate, grant_now(cast.nora.pk)):
            sit(cast.vera, mandate)
            assert open_case(client, roads, **acting(mandate), **key).status_code == 201
        assert open_case(client, roads, **key).status_code == 201

        authors = Case.objects.values_list("author__display_name", flat=True)
        assert sorted(authors) == ["Edda", "Nora", "Vera"]
