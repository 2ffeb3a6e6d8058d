"""What every operation of the API has in common."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from village.core.models import KeptAnswer
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
Api = Callable[..., Client]
PROBLEM = "application/problem+json"


def is_problem(response: Any, status: int, code: str = "") -> bool:
    body = response.json()
    return (
        response.status_code == body["status"] == status
        and response["Content-Type"] == PROBLEM
        and {"type", "title", "status", "detail", "code"} <= body.keys()
        and code in ("", body["code"])
    )


class TestProblems:
    def test_an_unknown_path_is_a_problem(self, api: Api, nora: Resident) -> None:
        assert is_problem(api(nora).get("/api/v1/nowhere"), 404, "not_found")

    def test_a_wrong_method_is_a_problem(self, api: Api, nora: Resident) -> None:
        response = api(nora).delete("/api/v1/villages")
        assert is_problem(response, 405, "method.not_allowed")
        assert response["Allow"]

    def test_a_stranger_is_asked_to_sign_in(self, api: Api) -> None:
        assert is_problem(api().get("/api/v1/me"), 401, "auth.required")

    def test_a_wrong_token_signs_nobody_in(self, api: Api) -> None:
        response = api().get("/api/v1/me", headers={"X-Session-Token": "made-up"})
        assert is_problem(response, 401)

    def test_a_cookie_with_a_zero_byte_signs_nobody_in(self, api: Api) -> None:
        cookie = rf'{settings.SESSION_COOKIE_NAME}="abcdefgh\000"'
        assert is_problem(api().get("/api/v1/me", headers={"Cookie": cookie}), 401)

    def test_a_foreign_cursor_is_named(self, api: Api, nora: Resident) -> None:
        for cursor in ("x", "bm90IGpzb24", "%00", "W10", "WyJhIiwgMV0"):
            response = api(nora).get(f"/api/v1/villages?after={cursor}")
            assert is_problem(response, 422)
            assert "after" in response.json()["errors"]

    @pytest.mark.parametrize("when", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
    def test_a_moment_at_the_end_of_the_calendar_is_borne(
        self, api: Api, nora: Resident, when: str
    ) -> None:
        cursor = urlsafe_b64encode(json.dumps([when, str(nora.pk)]).encode()).decode()
        response = api(nora).get(f"/api/v1/me/mandates?after={cursor}")

        # PostgreSQL knows years before the first and after the last of Python's.
        assert response.status_code == 200 or is_problem(response, 422)

    def test_a_cursor_without_end_is_a_foreign_cursor(self, api: Api, nora: Resident) -> None:
        cursor = urlsafe_b64encode(b"[" * 20_000).decode()

        assert api(nora).get(f"/helping/ledger?after={cursor}").status_code == 422

    def test_a_limit_out_of_range_is_named(self, api: Api, nora: Resident) -> None:
        assert is_problem(api(nora).get("/api/v1/villages?limit=0"), 422, "invalid")


class TestMe:
    def test_shows_who_is_signed_in(self, api: Api, nora: Resident) -> None:
        body = api(nora).get("/api/v1/me").json()

        assert body["id"] == str(nora.pk)
        assert body["memberships"] == [
            {"village": "lindental", "roles": ["resident"], "residency": "declared"}
        ]
        assert body["acting_for"] is None

    def test_answers_304_to_who_has_it_already(self, api: Api, nora: Resident) -> None:
        client = api(nora)
        etag = client.get("/api/v1/me")["ETag"]

        assert client.get("/api/v1/me", headers={"If-None-Match": etag}).status_code == 304

    def test_says_for_whom_a_helper_acts(
        self, api: Api, vera: Resident, edda: Resident, vera_for_edda: Any
    ) -> None:
        acting = {"X-Acting-For": str(vera_for_edda.mandate_id)}
        response = api(vera).get("/api/v1/me", headers=acting)

        assert response["X-Acting-For-Name"] == "Edda"
        assert response.json()["acting_for"]["id"] == str(edda.pk)
        assert response.json()["id"] == str(vera.pk)

    @pytest.mark.parametrize("mandate", ["nonsense", "00000000-0000-4000-8000-000000000000"])
    def test_refuses_a_mandate_that_is_not_held(
        self, api: Api, vera: Resident, mandate: str
    ) -> None:
        response = api(vera).get("/api/v1/me", headers={"X-Acting-For": mandate})
        assert is_problem(response, 403, "assist.mandate_unknown")

    def test_refuses_a_mandate_held_by_somebody_else(
        self, api: Api, tom: Resident, vera_for_edda: Any
    ) -> None:
        acting = {"X-Acting-For": str(vera_for_edda.mandate_id)}
        response = api(tom).get("/api/v1/me", headers=acting)
        assert is_problem(response, 403, "assist.mandate_unknown")


class TestUnsafeRequests:
    def test_a_repeated_key_replays_the_first_answer(self, api: Api, nora: Resident) -> None:
        client = api(nora)
        key = {"Idempotency-Key": "once"}
        first = client.post("/api/v1/realtime/tickets", headers=key)
        second = client.post("/api/v1/realtime/tickets", headers=key)

        assert first.status_code == second.status_code == 201
        assert first.json() == second.json()
        assert second["Idempotency-Replayed"] == "true"
        assert KeptAnswer.objects.count() == 1

    def test_a_key_used_for_another_request_is_refused(self, api: Api, nora: Resident) -> None:
        client = api(nora)
        key = {"Idempotency-Key": "once"}
        client.post("/api/v1/realtime/tickets", headers=key)
        response = client.post("/api/v1/realtime/tickets?other=1", headers=key)

        assert is_problem(response, 409, "idempotency.key_reused")

    def test_the_same_key_of_two_people_is_two_keys(
        self, api: Api, nora: Resident, tom: Resident
    ) -> None:
        key = {"Idempotency-Key": "once"}
        answers = [api(who).post("/api/v1/realtime/tickets", headers=key) for who in (nora, tom)]

        assert answers[0].json() != answers[1].json()

    @pytest.mark.parametrize("key", ["", "x" * 256, "a\0b"])
    def test_a_malformed_key_is_refused(self, api: Api, nora: Resident, key: str) -> None:
        response = api(nora).post("/api/v1/realtime/tickets", headers={"Idempotency-Key": key})
        assert is_problem(response, 400, "idempotency.key_malformed")

    def test_a_page_without_its_proof_is_refused(self, nora: Resident) -> None:
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(nora, backend="django.contrib.auth.backends.ModelBackend")
        assert is_problem(browser.post("/api/v1/realtime/tickets"), 403, "auth.csrf")

    def test_an_app_needs_no_such_proof(self, nora: Resident) -> None:
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(nora, backend="django.contrib.auth.backends.ModelBackend")
        app = Client(enforce_csrf_checks=True)
        token = browser.session.token
        response = app.post("/api/v1/realtime/tickets", headers={"X-Session-Token": token})
        assert response.status_code == 201


class TestOpenApi:
    def test_is_valid_and_names_the_scope_of_each_operation(self, api: Api) -> None:
        document = api().get("/api/v1/openapi.json").json()

        assert document["openapi"].startswith("3.1")
        for path in document["paths"].values():
            for operation in path.values():
                assert "x-assisted-scope" in operation
                shared = document["components"]["responses"]
                answers = [
                    shared[answer["$ref"].rsplit("/", 1)[-1]] if "$ref" in answer else answer
                    for answer in operation["responses"].values()
                ]
                assert any(PROBLEM in answer.get("content", {}) for answer in answers)
