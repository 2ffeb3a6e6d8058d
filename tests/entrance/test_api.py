"""The entrance over HTTP."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.support.cast import Cast
from village.core.models import KeptAnswer
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
Api = Callable[..., Client]
Known = Callable[..., Resident]
JSON = "application/json"
LETTERS = {"households": [{"lines": ["Frieda Neu", "Mühlgasse 4"], "people": 2}]}


class TestLetters:
    def test_come_as_one_pdf(self, api: Api, otto: Resident) -> None:
        answer = api(otto).post("/api/v1/villages/lindental/letters", LETTERS, content_type=JSON)

        assert (answer.status_code, answer["Content-Type"]) == (201, "application/pdf")
        assert answer.content.startswith(b"%PDF")

    def test_are_kept_nowhere_for_a_repeat(self, api: Api, otto: Resident) -> None:
        desk, key = api(otto), {"Idempotency-Key": "letters"}
        path = "/api/v1/villages/lindental/letters"
        first = desk.post(path, LETTERS, content_type=JSON, headers=key)
        again = desk.post(path, LETTERS, content_type=JSON, headers=key)

        assert first.status_code == 201
        assert (again.status_code, again.json()["code"]) == (409, "idempotency.shown_once")
        assert bytes(KeptAnswer.objects.get().body) == b""

    @pytest.mark.parametrize(
        "bad",
        [
            {},
            {"households": []},
            {"households": [{"lines": []}]},
            {"households": [{"lines": ["x"], "people": 0}]},
            {"households": [{"lines": ["x"], "people": 13}]},
            {"households": [{"lines": ["a\u0000b"]}]},
            {"households": [{"lines": ["x"]}] * 501},
            {"households": [{"lines": ["x"], "code": "1"}]},
        ],
    )
    def test_that_make_no_sense_are_refused(
        self, api: Api, otto: Resident, bad: dict[str, object]
    ) -> None:
        answer = api(otto).post("/api/v1/villages/lindental/letters", bad, content_type=JSON)
        assert answer.status_code in (400, 422)


class TestMovingIn:
    def test_by_an_invitation(self, api: Api, cast: Cast, known: Known, newcomer: Resident) -> None:
        host, guest = api(known(cast.tom)), api(newcomer)
        made = host.post(
            "/api/v1/villages/lindental/invitations", {"people": 2}, content_type=JSON
        ).json()
        came = guest.post("/api/v1/invitations/accept", {"code": made["code"]}, content_type=JSON)

        assert came.json() == {"village": "lindental", "residency": "declared"}
        assert made["url"].endswith(f"/invitation#{made['code'].replace(' ', '')}")
        listed = host.get("/api/v1/villages/lindental/invitations").json()["items"]
        assert [each["used"] for each in listed] == [1]
        assert "code" not in listed[0]
        assert host.delete(f"/api/v1/invitations/{made['id']}").status_code == 204

    def test_says_kindly_that_a_code_is_not_good(self, api: Api, newcomer: Resident) -> None:
        answer = api(newcomer).post(
            "/api/v1/invitations/accept", {"code": "1234 5678 9012"}, content_type=JSON
        )
        assert answer.status_code == 422
        assert answer.json()["code"] == "entrance.code_not_good"
        assert "code" in answer.json()["errors"]

    def test_tells_when_one_may_try_again(self, api: Api, newcomer: Resident) -> None:
        guest = api(newcomer)
        for _ in range(11):
            answer = guest.post("/api/v1/invitations/accept", {"code": "1"}, content_type=JSON)
        assert (answer.status_code, answer.json()["code"]) == (429, "rate.limited")
        assert 0 < int(answer["Retry-After"]) <= 3600


class TestIntroductions:
    def test_two_neighbours_look_and_vouch(self, api: Api, cast: Cast, known: Known) -> None:
        shown = api(cast.nora).post("/api/v1/villages/lindental/introductions").json()
        code = {"code": shown["code"]}
        for neighbour in (cast.tom, cast.vera):
            window = api(known(neighbour))
            seen = window.post("/api/v1/introductions/look", code, content_type=JSON).json()
            assert seen["display_name"] == "Nora"
            vouched = window.post("/api/v1/introductions/vouch", code, content_type=JSON)
        assert vouched.json()["residency"] == "vouched"
        me = api(cast.nora).get("/api/v1/me").json()
        assert [each["residency"] for each in me["memberships"]] == ["vouched"]

    def test_the_desk_checks(self, api: Api, cast: Cast) -> None:
        shown = api(cast.nora).post("/api/v1/villages/lindental/introductions").json()
        desk = api(cast.otto)
        answer = desk.post(
            "/api/v1/introductions/check", {"code": shown["code"]}, content_type=JSON
        )
        assert answer.json() == {"village": "lindental", "residency": "desk"}
        by_id = f"/api/v1/villages/lindental/members/{cast.edda.pk}/check"
        assert desk.post(by_id).json()["residency"] == "desk"
        assert api(cast.tom).post(by_id).status_code == 403
        assert api(cast.strang).post(by_id).status_code == 404
