"""Centres, mandates and the ledger over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from tests.assist.conftest import Grant
from tests.support.cast import Cast
from village.assist.models import Accreditation, Mandate
from village.core.actor import Actor
from village.journal.models import Entry
from village.messaging import actions as messaging
from village.messaging.models import Department
from village.residents.models import Membership, Resident

pytestmark = pytest.mark.django_db
Api = Callable[..., Client]
CONSENT = {"kind": "paper", "witness": "Carla"}


def post(client: Client, path: str, body: Any = None, **headers: str) -> Any:
    return client.post(path, body or {}, content_type="application/json", headers=headers)


@pytest.fixture
def desk(cast: Cast) -> str:
    return f"/api/v1/centres/{cast.centre.pk}/mandates"


@pytest.fixture
def wish(nora: Resident) -> dict[str, Any]:
    return {
        "person": str(nora.pk),
        "scopes": ["authority.read", "authority.write"],
        "days": 31,
        "consent": CONSENT,
    }


def ids(answer: Any) -> set[str]:
    return {each["id"] for each in answer.json()["items"]}


class TestCentres:
    @pytest.mark.parametrize(
        ("name", "roles"),
        [("carla", ["coordinator"]), ("vera", ["volunteer"]), ("edda", None), ("stella", None)],
    )
    def test_are_those_where_i_work(
        self, api: Api, cast: Cast, name: str, roles: list[str] | None
    ) -> None:
        shown = api(getattr(cast, name)).get("/api/v1/centres").json()["items"]
        assert [each["roles"] for each in shown] == ([roles] if roles else [])

    def test_are_gone_once_the_volunteer_has_left(
        self, api: Api, vera: Resident, desk: str, at: datetime
    ) -> None:
        Membership.objects.filter(resident=vera).update(ended_at=at)
        assert api(vera).get("/api/v1/centres").json()["items"] == []
        assert api(vera).get(desk).status_code == 404


class TestGranting:
    def test_answers_with_the_mandate(
        self, api: Api, carla: Resident, nora: Resident, desk: str, wish: dict[str, Any]
    ) -> None:
        answer = post(api(carla), desk, wish)

        body = answer.json()
        assert answer.status_code == 201
        assert body["id"] and body["village"] == "lindental" and body["created_at"]
        assert (body["status"], body["person_name"]) == ("active", "Nora")
        assert body["scopes"] == ["authority.read", "authority.write"]
        assert body["consent"] == CONSENT
        assert api(nora).get(f"/api/v1/mandates/{body['id']}").json() == body

    @pytest.mark.parametrize(
        "change",
        [
            {"scopes": []},
            {"scopes": ["everything"]},
            {"scopes": ["news.read"] * 11},
            {"scopes": "news.read"},
            {"days": 0},
            {"days": 364},
            {"levels": {"news.read": "read"}},
            {"levels": {"authority.read": "everything"}},
            {"days": 30.5},
            {"days": True},
            {"days": "31"},
            {"days": None},
            {"person": "nonsense"},
            {"person": None},
            {"status": "active"},
            {"granted_by": "00000000-0000-4000-8000-000000000000"},
        ],
    )
    def test_refuses_what_makes_no_sense(
        self, api: Api, carla: Resident, desk: str, wish: dict[str, Any], change: dict[str, Any]
    ) -> None:
        answer = post(api(carla), desk, wish | change)

        assert answer.status_code == 422
        assert {name.split(".")[0] for name in answer.json()["errors"]} == set(change)
        assert Mandate.objects.count() == 1

    @pytest.mark.parametrize(
        "consent",
        [
            {},
            {"kind": "paper"},
            {"kind": "paper", "witness": "  "},
            {"kind": "paper", "witness": "x" * 201},
            {"kind": "hearsay", "witness": "Carla"},
            {"kind": "paper", "witness": "Carla", "skip": True},
        ],
    )
    def test_refuses_a_mandate_without_consent(
        self, api: Api, carla: Resident, desk: str, wish: dict[str, Any], consent: Any
    ) -> None:
        assert post(api(carla), desk, wish | {"consent": consent}).status_code == 422

    def test_answers_by_who_asks_and_for_whom(
        self, api: Api, cast: Cast, desk: str, wish: dict[str, Any]
    ) -> None:
        def status(who: Resident, **change: Any) -> int:
            return post(api(who), desk, wish | change).status_code

        assert status(cast.vera) == 403
        assert status(cast.carla, person=str(cast.carla.pk)) == 403
        assert status(cast.tom) == status(cast.strang) == status(cast.stella) == 404
        assert status(cast.carla, person=str(cast.strang.pk)) == 404
        assert status(cast.carla, person=str(uuid4())) == 404
        assert post(api(), desk, wish).status_code == 401

    def test_happens_once_for_one_key(
        self, api: Api, carla: Resident, desk: str, wish: dict[str, Any]
    ) -> None:
        client = api(carla)
        first, second = (post(client, desk, wish, **{"Idempotency-Key": "k"}) for _ in "12")
        assert first.json() == second.json()
        assert Mandate.objects.count() == 2


class TestSeeing:
    def test_a_coordinator_sees_all_and_a_volunteer_those_in_force(
        self, api: Api, cast: Cast, desk: str, grant_now: Grant
    ) -> None:
        noras = grant_now(cast.nora.pk)
        post(api(cast.nora), f"/api/v1/mandates/{noras.pk}/revoke")
        both = {str(cast.mandate.pk), str(noras.pk)}

        assert ids(api(cast.carla).get(desk)) == both
        assert ids(api(cast.vera).get(desk)) == {str(cast.mandate.pk)}
        assert api(cast.vera).get(f"/api/v1/mandates/{noras.pk}").status_code == 404
        assert api(cast.nora).get(desk).status_code == 404

    def test_everybody_else_finds_nothing(self, api: Api, cast: Cast) -> None:
        for name in ("tom", "nora", "otto", "stella", "max", "strang"):
            client = api(getattr(cast, name))
            hidden = client.get(f"/api/v1/mandates/{cast.mandate.pk}")
            absent = client.get(f"/api/v1/mandates/{uuid4()}")
            assert hidden.status_code == absent.status_code == 404
            assert hidden.content == absent.content

    def test_the_desk_says_from_where_to_follow_it(
        self, api: Api, carla: Resident, desk: str, wish: dict[str, Any]
    ) -> None:
        client = api(carla)
        post(client, desk, wish)
        assert client.get(f"{desk}?position=1").json()["position"]["seq"] == 1

    def test_my_mandates_tell_which_side_i_am_on(
        self, api: Api, cast: Cast, grant_now: Grant
    ) -> None:
        veras = grant_now(cast.vera.pk)
        eddas = str(cast.mandate.pk)

        def sides(who: Resident) -> dict[str, str]:
            shown = api(who).get("/api/v1/me/mandates").json()["items"]
            return {each["id"]: each["side"] for each in shown}

        assert sides(cast.edda) == {eddas: "given"}
        # Nobody helps herself: the one that vera gave is not one that she holds.
        assert sides(cast.vera) == {eddas: "held", str(veras.pk): "given"}
        assert sides(cast.carla) == {}

    def test_a_mandate_that_has_ended_stays_with_the_person_only(
        self, api: Api, cast: Cast
    ) -> None:
        post(api(cast.edda), f"/api/v1/mandates/{cast.mandate.pk}/revoke")

        [shown] = api(cast.edda).get("/api/v1/me/mandates").json()["items"]
        assert shown["status"] == "revoked"
        assert api(cast.vera).get("/api/v1/me/mandates").json()["items"] == []

    @pytest.mark.parametrize("path", ["desk", "/api/v1/me/mandates"])
    def test_lists_take_as_many_queries_for_many_as_for_few(
        self,
        api: Api,
        cast: Cast,
        desk: str,
        grant_now: Grant,
        path: str,
        django_assert_max_num_queries: Any,
    ) -> None:
        client = api(cast.carla if path == "desk" else cast.vera)
        for person in (cast.nora, cast.tom, cast.otto, cast.mia):
            grant_now(person.pk)
        with django_assert_max_num_queries(11):
            shown = client.get(desk if path == "desk" else path).json()["items"]
        assert len(shown) == 5


class TestRevoking:
    @pytest.mark.parametrize("name", ["edda", "carla"])
    def test_answers_the_same_again(self, api: Api, cast: Cast, name: str) -> None:
        client, path = api(getattr(cast, name)), f"/api/v1/mandates/{cast.mandate.pk}/revoke"
        first, second = post(client, path), post(client, path)

        assert first.status_code == second.status_code == 200
        assert first.json() == second.json()
        assert first.json()["status"] == "revoked"
        assert Entry.objects.count() == 1

    def test_answers_by_who_asks(self, api: Api, cast: Cast) -> None:
        path = f"/api/v1/mandates/{cast.mandate.pk}/revoke"
        assert post(api(cast.vera), path).status_code == 403
        assert post(api(cast.tom), path).status_code == 404
        assert post(api(cast.strang), path).status_code == 404
        assert post(api(), path).status_code == 401


class TestNothingOfThisIsDelegated:
    def test_whatever_the_mandate_covers(self, api: Api, cast: Cast, wish: dict[str, Any]) -> None:
        client = api(cast.vera)
        acting = {"X-Acting-For": str(cast.mandate.pk)}
        centre, mandate = f"/api/v1/centres/{cast.centre.pk}/mandates", cast.mandate.pk
        answers = [
            client.get("/api/v1/centres", headers=acting),
            client.get(centre, headers=acting),
            client.get(f"/api/v1/mandates/{mandate}", headers=acting),
            client.get("/api/v1/me/mandates", headers=acting),
            client.get("/api/v1/me/ledger", headers=acting),
            post(client, centre, wish, **acting),
            post(client, f"/api/v1/mandates/{mandate}/revoke", **acting),
        ]
        told = {(answer.status_code, answer.json()["code"]) for answer in answers}
        assert told == {(403, "assist.out_of_scope")}
        assert Mandate.objects.get().revoked_at is None


class TestLedger:
    @pytest.fixture
    def acts(self, cast: Cast, roads: Department, at: datetime) -> list[int]:
        """Let vera act three times for edda, and both once for themselves."""
        for number, by in enumerate(
            (
                cast.vera_for_edda(),
                Actor(cast.edda.pk),
                cast.vera_for_edda(),
                Actor(cast.vera.pk),
                cast.vera_for_edda(),
            )
        ):
            messaging.open_case(
                by=by,
                village="lindental",
                department_id=roads.pk,
                title="t",
                text="t",
                at=at + timedelta(minutes=number),
            )
        entries = Entry.objects.filter(helper_id=cast.vera.pk).order_by("-pk")
        return list(entries.values_list("pk", flat=True))

    def test_shows_the_person_what_was_done_in_her_name(
        self, api: Api, cast: Cast, acts: list[int], at: datetime
    ) -> None:
        shown = api(cast.edda).get("/api/v1/me/ledger").json()["items"]

        assert [line["id"] for line in shown] == acts
        assert len(shown) == 3
        line = shown[-1]
        assert (line["kind"], line["helper_name"]) == ("messaging.case_opened", "Vera")
        assert (line["helper"], line["mandate"]) == (str(cast.vera.pk), str(cast.mandate.pk))
        assert datetime.fromisoformat(line["at"]) == at
        assert line["created_at"] == line["at"] and line["village"] == "lindental"

    def test_shows_nobody_elses(self, api: Api, cast: Cast, acts: list[int]) -> None:
        for who in (cast.vera, cast.carla, cast.stella, cast.tom):
            assert api(who).get("/api/v1/me/ledger").json()["items"] == []

    def test_goes_on_page_by_page_while_more_is_done(
        self, api: Api, cast: Cast, acts: list[int], roads: Department, at: datetime
    ) -> None:
        client = api(cast.edda)
        first = client.get("/api/v1/me/ledger?limit=2").json()
        messaging.open_case(
            by=cast.vera_for_edda(),
            village="lindental",
            department_id=roads.pk,
            title="t",
            text="t",
            at=at,
        )
        rest = client.get(f"/api/v1/me/ledger?limit=2&after={first['next']}").json()

        assert [line["id"] for line in first["items"] + rest["items"]] == acts
        assert rest["next"] is None

    @pytest.mark.parametrize(
        "cursor", ["nonsense", "WyJ4Il0", "WyIxIiwgIjIiXQ", "WyItMS41Il0", "WyJuYW4iXQ"]
    )
    def test_names_a_cursor_that_is_not_its_own(
        self, api: Api, edda: Resident, acts: list[int], cursor: str
    ) -> None:
        assert api(edda).get(f"/api/v1/me/ledger?after={cursor}").status_code == 422

    def test_bears_a_cursor_beyond_every_number(
        self, api: Api, edda: Resident, acts: list[int]
    ) -> None:
        beyond = "WyI5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5Il0"
        assert api(edda).get(f"/api/v1/me/ledger?after={beyond}").status_code == 200

    def test_takes_as_many_queries_for_many_as_for_few(
        self, api: Api, edda: Resident, acts: list[int], django_assert_num_queries: Any
    ) -> None:
        client = api(edda)
        # The session, who it is, the entries, the names of the helpers.
        with django_assert_num_queries(4):
            client.get("/api/v1/me/ledger")

    def test_outlives_the_volunteer(self, api: Api, cast: Cast, acts: list[int]) -> None:
        Accreditation.objects.all().delete()
        Mandate.objects.all().delete()
        assert len(api(cast.edda).get("/api/v1/me/ledger").json()["items"]) == 3
