"""The town hall over HTTP."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from tests.support.cast import Cast
from village.core.actor import Actor
from village.journal.queries import top
from village.messaging import actions
from village.messaging.models import Case, Category, Department, Message
from village.residents.models import Resident, Village

pytestmark = pytest.mark.django_db
Api = Callable[..., Client]
CASES = "/api/v1/villages/lindental/cases"


def post(client: Client, path: str, body: Any = None, **headers: str) -> Any:
    return client.post(path, body or {}, content_type="application/json", headers=headers)


@pytest.fixture
def matter(roads: Department) -> dict[str, Any]:
    return {"department": str(roads.pk), "category": None, "title": "Lamp", "text": "Out."}


class TestDepartments:
    def test_are_shown_to_residents_with_their_categories(
        self, api: Api, nora: Resident, lamps: Category
    ) -> None:
        [shown] = api(nora).get("/api/v1/villages/lindental/departments").json()["items"]

        assert shown["id"] == str(lamps.department_id)
        assert (shown["name"], shown["about"]) == ("Roads", "Lamps and holes.")
        assert shown["categories"] == [
            {"id": str(lamps.pk), "name": "Lamps", "confidential": False, "defect": False}
        ]
        assert shown["village"] == "lindental" and shown["created_at"]

    def test_are_hidden_from_the_next_village(
        self, api: Api, strang: Resident, roads: Department
    ) -> None:
        hidden = api(strang).get("/api/v1/villages/lindental/departments")
        absent = api(strang).get("/api/v1/villages/nowhere/departments")

        assert hidden.status_code == absent.status_code == 404
        assert hidden.content == absent.content

    def test_are_listed_with_as_many_queries_as_one(
        self,
        api: Api,
        nora: Resident,
        lamps: Category,
        lindental: Village,
        at: datetime,
        django_assert_num_queries: Any,
    ) -> None:
        for number in range(4):
            more = Department.objects.create(village=lindental, name=f"d{number}", created_at=at)
            Category.objects.create(village=lindental, department=more, name="c", created_at=at)
        client = api(nora)

        # The session, who it is, the village, the departments, their categories, their badges.
        with django_assert_num_queries(6):
            listed = client.get("/api/v1/villages/lindental/departments").json()["items"]
        assert len(listed) == 5


class TestOpeningACase:
    def test_answers_with_the_case(
        self, api: Api, nora: Resident, matter: dict[str, Any], lamps: Category
    ) -> None:
        answer = post(api(nora), CASES, matter | {"category": str(lamps.pk)})

        body = answer.json()
        assert answer.status_code == 201
        assert body["id"] == str(Case.objects.get().pk)
        assert (body["title"], body["status"], body["messages"]) == ("Lamp", "open", 1)
        assert (body["author"], body["author_name"]) == (str(nora.pk), "Nora")
        assert (body["category_name"], body["via_helper"]) == ("Lamps", False)
        assert body["village"] == "lindental" and body["created_at"]

    def test_counts_for_the_elder_in_assisted_mode(
        self,
        api: Api,
        vera: Resident,
        edda: Resident,
        vera_for_edda: Actor,
        matter: dict[str, Any],
    ) -> None:
        acting = {"X-Acting-For": str(vera_for_edda.mandate_id)}
        answer = post(api(vera), CASES, matter, **acting)

        assert (answer.status_code, answer["X-Acting-For-Name"]) == (201, "Edda")
        assert (answer.json()["author"], answer.json()["via_helper"]) == (str(edda.pk), True)
        assert api(edda).get(CASES).json()["items"] == [answer.json()]
        assert api(vera).get(CASES).json()["items"] == []

    def test_happens_once_for_one_key(
        self, api: Api, nora: Resident, matter: dict[str, Any]
    ) -> None:
        client = api(nora)
        first, second = (post(client, CASES, matter, **{"Idempotency-Key": "k"}) for _ in "12")

        assert first.json() == second.json()
        assert Case.objects.count() == 1

    @pytest.mark.parametrize(
        "change",
        [
            {"title": ""},
            {"title": "   "},
            {"title": "x" * 201},
            {"title": "two\nlines"},
            {"text": ""},
            {"text": "x" * 20_001},
            {"text": None},
            {"department": "nonsense"},
            {"department": None},
            {"category": 7},
            {"status": "resolved"},
            {"author": "00000000-0000-4000-8000-000000000000"},
            {"via_helper": True},
        ],
    )
    def test_refuses_what_makes_no_sense(
        self, api: Api, nora: Resident, matter: dict[str, Any], change: dict[str, Any]
    ) -> None:
        answer = post(api(nora), CASES, matter | change)

        assert answer.status_code == 422
        assert set(answer.json()["errors"]) == set(change)
        assert not Case.objects.exists()

    def test_hides_a_department_of_another_village(
        self, api: Api, nora: Resident, bergheim: Village, matter: dict[str, Any], at: datetime
    ) -> None:
        foreign = Department.objects.create(village=bergheim, name="Roads", created_at=at)
        answers = [
            post(api(nora), CASES, matter | {"department": str(foreign.pk)}),
            post(api(nora), CASES, matter | {"department": str(uuid4())}),
            post(api(nora), CASES.replace("lindental", "bergheim"), matter),
            post(
                api(nora),
                CASES.replace("lindental", "bergheim"),
                matter | {"department": str(foreign.pk)},
            ),
        ]

        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.content for answer in answers}) == 1


class TestListingCases:
    def test_shows_me_mine_and_a_clerk_those_of_her_department(
        self, api: Api, cast: Cast, case: Case, eddas_case: Case
    ) -> None:
        seen = {
            name: {each["id"] for each in api(getattr(cast, name)).get(CASES).json()["items"]}
            for name in ("nora", "edda", "otto", "tom", "vera", "stella")
        }
        noras, eddas = str(case.pk), str(eddas_case.pk)
        assert seen["nora"] == {noras}
        assert seen["edda"] == {eddas}
        assert seen["otto"] == {noras, eddas}
        assert seen["tom"] == seen["vera"] == seen["stella"] == set()

    def test_says_from_where_to_follow_them(self, api: Api, nora: Resident, case: Case) -> None:
        stands = top(f"residents/{nora.pk}")
        shown = api(nora).get(f"{CASES}?position=1").json()
        assert shown["position"] == {"epoch": stands.epoch, "seq": 1}

    def test_goes_on_page_by_page(
        self, api: Api, otto: Resident, case: Case, eddas_case: Case
    ) -> None:
        client = api(otto)
        first = client.get(f"{CASES}?limit=1").json()
        second = client.get(f"{CASES}?limit=1&after={first['next']}").json()

        assert second["next"] is None
        shown = {each["id"] for each in first["items"] + second["items"]}
        assert shown == {str(case.pk), str(eddas_case.pk)}

    @pytest.mark.parametrize(
        "values",
        [
            ["x", "y"],
            ["2026-11-22T00:00:00+00:00", "y"],
            ["", ""],
            ["x"],
            ["9" * 40, "9" * 40],
            [1, 2],
        ],
    )
    def test_names_a_cursor_that_is_not_its_own(
        self, api: Api, nora: Resident, case: Case, values: list[Any]
    ) -> None:
        cursor = base64.urlsafe_b64encode(json.dumps(values).encode()).decode()
        answer = api(nora).get(CASES, {"after": cursor})
        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["after"])

    @pytest.mark.parametrize("path", [CASES, "/api/v1/departments/{department}/cases"])
    def test_takes_as_many_queries_as_for_one(
        self,
        api: Api,
        otto: Resident,
        case: Case,
        path: str,
        at: datetime,
        django_assert_num_queries: Any,
    ) -> None:
        client, path = api(otto), path.format(department=case.department_id)
        with django_assert_num_queries(6):
            client.get(path)
        for _ in range(3):
            actions.open_case(
                by=Actor(otto.pk),
                village="lindental",
                department_id=case.department_id,
                title="t",
                text="t",
                at=at,
            )
        with django_assert_num_queries(6):
            assert len(client.get(path).json()["items"]) == 4

    def test_the_desk_is_the_snapshot_of_its_inbox(
        self, api: Api, otto: Resident, nora: Resident, case: Case
    ) -> None:
        path = f"/api/v1/departments/{case.department_id}/cases?position=1"
        shown = api(otto).get(path).json()

        assert [each["id"] for each in shown["items"]] == [str(case.pk)]
        assert shown["position"]["seq"] == 1
        assert api(nora).get(path).status_code == 404


class TestSpeakingInACase:
    def test_shows_what_was_said_newest_first(
        self, api: Api, nora: Resident, otto: Resident, case: Case
    ) -> None:
        path = f"/api/v1/cases/{case.pk}/messages"
        answer = post(api(otto), path, {"text": "  We will look.  "})
        shown = api(nora).get(f"{path}?position=1").json()

        assert answer.status_code == 201
        assert answer.json() == shown["items"][0]
        assert [(each["text"], each["from_authority"]) for each in shown["items"]] == [
            ("We will look.", True),
            ("It is dark there since Monday.", False),
        ]
        assert shown["position"]["seq"] == 2

    @pytest.mark.parametrize("text", ["", " \n ", "x" * 20_001, 7, None])
    def test_refuses_what_says_nothing_or_too_much(
        self, api: Api, nora: Resident, case: Case, text: Any
    ) -> None:
        answer = post(api(nora), f"/api/v1/cases/{case.pk}/messages", {"text": text})
        assert answer.status_code == 422
        assert Message.objects.count() == 1

    def test_is_counted_without_a_query_for_each_message(
        self,
        api: Api,
        nora: Resident,
        otto: Resident,
        case: Case,
        at: datetime,
        django_assert_num_queries: Any,
    ) -> None:
        for who in (nora, otto) * 3:
            actions.write_message(by=Actor(who.pk), case_id=case.pk, text="t", at=at)
        client = api(nora)

        with django_assert_num_queries(6):
            shown = client.get(f"/api/v1/cases/{case.pk}/messages").json()["items"]
        assert [each["number"] for each in shown] == [7, 6, 5, 4, 3, 2, 1]


class TestMovingACaseOn:
    def test_answers_with_the_case_as_it_stands(self, api: Api, otto: Resident, case: Case) -> None:
        path = f"/api/v1/cases/{case.pk}"

        assert post(api(otto), f"{path}/acknowledge").json()["status"] == "acknowledged"
        assert post(api(otto), f"{path}/resolve").json()["status"] == "resolved"
        again = post(api(otto), f"{path}/acknowledge")
        assert (again.status_code, again.json()["code"]) == (409, "messaging.case_resolved")

    def test_is_never_done_by_a_helper(
        self, api: Api, vera: Resident, vera_for_edda: Actor, eddas_case: Case
    ) -> None:
        acting = {"X-Acting-For": str(vera_for_edda.mandate_id)}
        for verb in ("acknowledge", "resolve"):
            answer = post(api(vera), f"/api/v1/cases/{eddas_case.pk}/{verb}", **acting)
            assert (answer.status_code, answer.json()["code"]) == (403, "assist.out_of_scope")


WHO = ["edda", "vera", "tom", "mia", "carla", "max", "stella", "strang"]


class TestWhoIsNotPartOfIt:
    @pytest.mark.parametrize("name", WHO)
    def test_finds_nothing_and_learns_nothing(
        self, api: Api, cast: Cast, case: Case, name: str
    ) -> None:
        client = api(getattr(cast, name))
        for path in ("", "/messages"):
            hidden = client.get(f"/api/v1/cases/{case.pk}{path}")
            absent = client.get(f"/api/v1/cases/{uuid4()}{path}")
            assert hidden.status_code == absent.status_code == 404
            assert hidden.content == absent.content
        for verb in ("messages", "acknowledge", "resolve"):
            hidden = post(client, f"/api/v1/cases/{case.pk}/{verb}", {"text": "t"})
            absent = post(client, f"/api/v1/cases/{uuid4()}/{verb}", {"text": "t"})
            assert hidden.status_code == absent.status_code == 404
            assert hidden.content == absent.content

    def test_is_asked_to_sign_in_first(self, api: Api, case: Case) -> None:
        for path in (CASES, f"/api/v1/cases/{case.pk}", f"/api/v1/cases/{case.pk}/messages"):
            assert api().get(path).status_code == 401
            assert post(api(), path, {"text": "t"}).status_code in (401, 405)
