"""How often one may try to sign in (the numbers of threat A1), and who is never locked out."""

from __future__ import annotations

import json
import os
import re
import time
from statistics import median
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.auth.app import APP, App, code_in_last_letter
from village.auth import signing_in
from village.core.limits import Budget
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
EMAIL = "nora@village.example"


@pytest.fixture(autouse=True)
def letters(nora: Resident, tom: Resident) -> None:
    """Let nora and tom be written to."""
    for person in (nora, tom):
        EmailAddress.objects.create(
            user=person, email=person.email or "", verified=True, primary=True
        )


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


class TestOneCode:
    def test_is_good_for_five_tries(self) -> None:
        app = App()
        app.ask(email=EMAIL)
        code = code_in_last_letter()
        assert [app.say(wrong(code)).status_code for _ in range(5)] == [400] * 5
        assert app.say(code).status_code == 409

    def test_is_good_for_ten_minutes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        early, late = App(), App()
        early.ask(email=EMAIL)
        first = code_in_last_letter()
        late.ask(email=EMAIL)
        second = code_in_last_letter()
        now = timezone.now().timestamp()
        clock = "allauth.account.internal.flows.code_verification.time.time"
        monkeypatch.setattr(clock, lambda: now + 590)
        assert early.say(first).status_code == 200
        monkeypatch.setattr(clock, lambda: now + 610)
        assert late.say(second).status_code == 409

    def test_is_good_once(self) -> None:
        app = App()
        app.ask(email=EMAIL)
        code = code_in_last_letter()
        stolen = app.token
        assert app.say(code).status_code == 200
        thief = App()
        thief.token = stolen
        assert thief.say(code).status_code in (401, 409, 410)

    def test_is_not_good_for_another_sign_in(self) -> None:
        app, other = App(), App()
        app.ask(email=EMAIL)
        code = code_in_last_letter()
        other.ask(email="tom@village.example")
        assert other.say(code).status_code == 400

    @settings(
        max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(steps=st.lists(st.sampled_from(["ask", "say", "say", "say"]), max_size=30))
    def test_is_never_compared_more_often_however_one_tries(
        self, steps: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """No order of asking and guessing compares one code more than five times."""
        compared: dict[str, int] = {}

        def compare(*, actual: str, expected: str) -> bool:
            compared[expected] = compared.get(expected, 0) + 1
            return False

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("allauth.account.forms.compare_user_code", compare)
            app, network = App(), f"198.51.100.{len(steps)}"
            app.http.defaults["REMOTE_ADDR"] = network
            for step in steps:
                if step == "ask":
                    app.ask(email=EMAIL)
                elif step == "say":
                    app.say("000000")
        assert all(times <= 5 for times in compared.values())
        assert sum(compared.values()) <= 10


class TestOneAddress:
    def test_is_tried_ten_times_in_an_hour_from_one_network(self) -> None:
        answers = []
        for _ in range(3):
            app = App()
            app.ask(email=EMAIL)
            code = code_in_last_letter()
            answers += [app.say(wrong(code)) for _ in range(4)]
        assert [each.status_code for each in answers] == [400] * 10 + [429] * 2
        assert 0 < int(answers[-1]["Retry-After"]) <= 3600

    def test_stays_open_to_its_owner_while_a_stranger_guesses(self) -> None:
        for _ in range(4):
            thief = App(REMOTE_ADDR="203.0.113.9")
            thief.ask(email=EMAIL)
            for _ in range(5):
                thief.say("000000")
        assert App(REMOTE_ADDR="198.51.100.7").sign_in(EMAIL).status_code == 200

    def test_can_try_again_when_it_says_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(signing_in, "SAID", Budget("tests.said", 1, 5))
        app = App()
        app.ask(email=EMAIL)
        assert app.say("000000").status_code == 400
        refused = app.say("000000")
        assert refused.status_code == 429
        time.sleep(int(refused["Retry-After"]) + 1)
        assert App().sign_in(EMAIL).status_code == 200


class TestOneNetwork:
    def test_guesses_thirty_times_in_an_hour(self, monkeypatch: pytest.MonkeyPatch) -> None:
        statuses = []
        for number in range(8):
            app = App()
            app.ask(email=f"guest{number}@village.example")
            statuses += [app.say("000000").status_code for _ in range(4)]
        assert statuses == [400] * 30 + [429] * 2

    def test_signs_in_as_often_as_it_likes(self) -> None:
        """A full community centre comes in through one address."""
        people = [
            Resident.objects.create_user(f"G{n}", email=f"g{n}@village.example") for n in range(35)
        ]
        EmailAddress.objects.bulk_create(
            EmailAddress(user=each, email=each.email or "", verified=True, primary=True)
            for each in people
        )
        for person in people:
            assert App().sign_in(person.email or "").status_code == 200


class TestHostileInput:
    @pytest.mark.parametrize("step", ["request", "confirm"])
    @pytest.mark.parametrize(
        "body", ["", "{", "[]", "1", '{"email": 1}', '{"email": []}', '{"code": {}}', "null"]
    )
    def test_is_refused_and_counts(self, step: str, body: str) -> None:
        path = f"/_allauth/app/v1/auth/code/{step}"
        answer = App().http.post(path, body, content_type="application/json")
        assert answer.status_code in (400, 401, 409)

    def test_the_numbers_are_the_documented_ones(self) -> None:
        budgets = (signing_in.SAID, signing_in.WRONG_FROM)
        assert [(each.amount, each.seconds) for each in budgets] == [(10, 3600), (30, 3600)]


class TestEnumeration:
    def test_a_stranger_learns_nothing_from_the_answer(self) -> None:
        answers: list[Any] = [App().ask(email=each) for each in (EMAIL, "who@village.example")]
        known, unknown = answers
        assert known.status_code == unknown.status_code == 401
        assert set(known.headers) == set(unknown.headers)
        bodies = [each.json() for each in answers]
        for body in bodies:
            body["meta"].pop("session_token")
        assert bodies[0] == bodies[1]

    def test_an_unknown_address_costs_a_letter_too(self) -> None:
        for email in (EMAIL, "who@village.example"):
            App().ask(email=email)
        assert [letter.to for letter in mail.outbox] == [[EMAIL], ["who@village.example"]]
        assert "who" not in str(mail.outbox[0].body)
        assert not re.search(r"^\d{6}$", str(mail.outbox[1].body), re.M)

    def test_coming_anew_is_answered_alike_and_only_the_owner_is_told(self) -> None:
        said = {}
        for email in (EMAIL, "who@village.example"):
            answer = App().call("post", f"{APP}/auth/signup", {"email": email})
            body = answer.json()
            body["meta"].pop("session_token")
            told = json.dumps(body).replace(email, "?")
            said[email] = (answer.status_code, told, sorted(answer.headers))
        assert said[EMAIL] == said["who@village.example"]
        assert said[EMAIL][0] == 401
        known, new = mail.outbox[-2:]
        assert (known.to, new.to) == ([EMAIL], ["who@village.example"])
        assert "/sign-in" in str(known.body)
        assert re.search(r"^\d{6}$", str(known.body), re.M) is None

    def test_a_stranger_learns_nothing_from_the_time_it_takes(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The threat's own test has 2 x 2000 requests: TIMING_SAMPLES=2000."""
        monkeypatch.setattr(signing_in.Budget, "spend", lambda self, key: "")
        monkeypatch.setattr("allauth.core.internal.ratelimit.consume", lambda *_, **__: object())
        took: dict[str, list[float]] = {EMAIL: [], "who@village.example": []}
        for _ in range(int(os.environ.get("TIMING_SAMPLES", "12"))):
            for email, seconds in took.items():
                app = App()
                begun = time.process_time()
                app.ask(email=email)
                seconds.append(time.process_time() - begun)
        known, unknown = map(median, took.values())
        assert abs(known - unknown) < 0.002
