"""Signing in by a code from one's phone: who gets one, how often, and what a stranger learns."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from notifications.models import SentLetter, Way
from tests.auth.app import APP, App, pending
from tests.auth.test_limits import wrong
from tests.support.cast import Cast, secure
from tests.support.loopback import answer, serving
from village.auth import signing_in
from village.core.limits import Flow
from village.core.phone import may_get_codes, read
from village.entrance import actions
from village.entrance.models import TextMessage
from village.residents.models import Grant, Membership, Resident, Role
from village.residents.retaining import let_go

pytestmark = pytest.mark.django_db
NUMBER = "+4915112345678"
OTHER = "+4915112345679"
SIGN_UP = f"{APP}/auth/phone/signup"


@pytest.fixture(autouse=True)
def phone(edda: Resident) -> None:
    """Give edda a phone."""
    Resident.objects.filter(pk=edda.pk).update(phone=NUMBER, email=None)


def texts() -> list[str]:
    """Send what waits; give all that ever came out, newest last."""
    actions.send_due_texts(timezone.now() + timedelta(seconds=1))
    found = SentLetter.objects.filter(way=Way.SMS).order_by("pk")
    return [f"{each.to} {each.title}" for each in found]


def newest_code() -> str:
    return re.search(r"#(\d{6})$", texts()[-1])[1]  # type: ignore[index]


class TestWhoHasAPhone:
    def test_comes_in_by_a_code(self, cast: Cast) -> None:
        app = App()
        assert pending(app.ask(phone=NUMBER)) == ["login_by_code"]
        code = newest_code()
        assert app.say(code).status_code == 200
        assert app.call("get", "/api/v1/me").json()["display_name"] == "Edda"
        assert not TextMessage.objects.exists()

    @pytest.mark.parametrize("said", ["0151 1234 5678", "0151/12345678", "0049 151 12345678"])
    def test_may_write_it_as_it_stands_on_paper(self, cast: Cast, said: str) -> None:
        app = App()
        assert app.ask(phone=said).status_code == 401
        assert app.say(newest_code()).status_code == 200

    def test_reads_the_code_in_her_language_and_for_this_village_alone(self, cast: Cast) -> None:
        App().ask(phone=NUMBER)
        [said] = texts()
        assert re.fullmatch(r"\+4915112345678 (\d{6}) is your code .*\. @127\.0\.0\.1 #\1", said), (
            said
        )

    def test_with_a_staff_role_shows_the_second_factor_too(self, cast: Cast) -> None:
        membership = Membership.objects.get(resident=cast.edda)
        Grant.objects.create(
            membership=membership, role=Role.STEWARD, granted_at=membership.created_at
        )
        secure(cast.edda)
        app = App()
        app.ask(phone=NUMBER)
        assert pending(app.say(newest_code())) == ["mfa_authenticate"]
        assert app.show_second_factor().status_code == 200

    def test_has_five_tries(self, cast: Cast) -> None:
        app = App()
        app.ask(phone=NUMBER)
        code = newest_code()
        assert [app.say(wrong(code)).status_code for _ in range(5)] == [400] * 5
        assert app.say(code).status_code == 409

    def test_is_not_let_in_once_she_is_erased(self, cast: Cast) -> None:
        Resident.objects.filter(pk=cast.edda.pk).update(is_active=False)
        App().ask(phone=NUMBER)
        assert texts() == []


class TestAStranger:
    def test_learns_nothing_from_the_answer(self) -> None:
        answers: list[Any] = [App().ask(phone=each) for each in (NUMBER, OTHER)]
        known, unknown = answers
        assert known.status_code == unknown.status_code == 401
        assert set(known.headers) == set(unknown.headers)
        bodies = [each.json() for each in answers]
        for body in bodies:
            body["meta"].pop("session_token")
        assert bodies[0] == bodies[1]
        assert len({len(each.sealed) for each in TextMessage.objects.all()}) <= 2

    def test_costs_the_village_no_message(self) -> None:
        for last in range(10, 15):
            App().ask(phone=f"+49151123457{last}")
        assert TextMessage.objects.count() == 5
        assert texts() == []
        assert not TextMessage.objects.exists()

    def test_finds_no_number_in_the_table(self) -> None:
        App().ask(phone=NUMBER)
        row = TextMessage.objects.values_list("sealed", flat=True).get()
        assert NUMBER not in row

    def test_torments_nobody_and_locks_nobody_out(self) -> None:
        at_home = App(REMOTE_ADDR="198.51.100.7")
        at_home.ask(phone=NUMBER)
        assert at_home.say(newest_code()).status_code == 200
        statuses = [
            App(REMOTE_ADDR=f"203.0.113.{place}").ask(phone=NUMBER).status_code
            for place in range(4)
            for _ in range(4)
        ]
        assert (statuses.count(401), statuses.count(429)) == (9, 7)
        assert len(texts()) == 10
        again = App(REMOTE_ADDR="198.51.100.7")
        assert again.ask(phone=NUMBER).status_code == 401
        assert again.say(newest_code()).status_code == 200

    @pytest.mark.parametrize(
        "number", ["", "1", "110", "+49900123456", "+12025550123", "x" * 500, "+" + "9" * 40, 7, []]
    )
    def test_has_codes_sent_to_no_such_number(self, number: object) -> None:
        for path in (f"{APP}/auth/code/request", SIGN_UP):
            body = {"phone": number, "display_name": "Nora"}
            assert App().call("post", path, body).status_code == 400
        assert not TextMessage.objects.exists()


class TestWhoIsNew:
    def test_comes_with_nothing_but_a_phone(self, cast: Cast) -> None:
        app = App()
        asked = app.call("post", SIGN_UP, {"phone": OTHER, "display_name": "Nora Neumann"})
        assert pending(asked) == ["login_by_code"]
        assert Resident.objects.filter(phone=OTHER).count() == 0
        assert app.say(newest_code()).status_code == 200
        assert app.call("get", "/api/v1/me").json()["display_name"] == "Nora Neumann"
        assert Resident.objects.get(phone=OTHER).display_name == "Nora Neumann"

    def test_and_is_known_already_comes_in_as_herself(self, cast: Cast) -> None:
        known, unknown = (
            App().call("post", SIGN_UP, {"phone": number, "display_name": "Thief"}).json()
            for number in (NUMBER, OTHER)
        )
        known["meta"].pop("session_token"), unknown["meta"].pop("session_token")
        assert known == unknown
        app = App()
        app.call("post", SIGN_UP, {"phone": NUMBER, "display_name": "Thief"})
        assert app.say(newest_code()).status_code == 200
        assert app.call("get", "/api/v1/me").json()["display_name"] == "Edda"

    def test_and_never_says_the_code_is_forgotten(self, cast: Cast) -> None:
        before = set(Resident.objects.values_list("pk", flat=True))
        App().call("post", SIGN_UP, {"phone": OTHER, "display_name": "Nora"})
        App().call("post", f"{APP}/auth/signup", {"email": "who@village.example"})
        Resident.objects.exclude(pk__in=before).update(
            created_at=timezone.now() - timedelta(days=2)
        )
        let_go(at=timezone.now())
        assert set(Resident.objects.values_list("pk", flat=True)) == before

    def test_asks_twice_at_once_and_is_one_person(self, cast: Cast) -> None:
        first, second = App(), App()
        codes = []
        for app in (first, second):
            app.call("post", SIGN_UP, {"phone": OTHER, "display_name": "Nora"})
            codes.append(newest_code())
        assert [first.say(codes[0]).status_code, second.say(codes[1]).status_code] == [200, 409]
        assert Resident.objects.filter(phone=OTHER).count() == 1

    def test_cannot_have_messages_sent_to_a_block_of_numbers(self) -> None:
        statuses = [
            App(REMOTE_ADDR=f"203.0.113.{n}")
            .call("post", SIGN_UP, {"phone": f"+4915112346{n:03}", "display_name": "x"})
            .status_code
            for n in range(22)
        ]
        assert statuses == [401] * 20 + [429] * 2

    def test_waits_a_day_when_too_many_came(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(signing_in, "NEW_PHONES", Flow("tests.new-phones", 1, 60))
        statuses = [
            App().call("post", SIGN_UP, {"phone": number, "display_name": "x"}).status_code
            for number in (OTHER, "+491711234567")
        ]
        assert statuses == [401, 429]


class TestChangingIt:
    def test_takes_a_code_from_the_new_phone(self, cast: Cast) -> None:
        app = App()
        app.ask(phone=NUMBER)
        app.say(newest_code())
        asked = app.call("post", f"{APP}/account/phone", {"phone": OTHER})
        assert asked.status_code == 202, asked.content
        assert Resident.objects.get(pk=cast.edda.pk).phone == NUMBER
        said = app.call("post", f"{APP}/auth/phone/verify", {"code": newest_code()})
        assert said.status_code == 200, said.content
        assert Resident.objects.get(pk=cast.edda.pk).phone == OTHER

    def test_to_somebody_elses_tells_nothing_and_changes_nothing(self, cast: Cast) -> None:
        EmailAddress.objects.create(
            user=cast.nora, email=cast.nora.email or "", verified=True, primary=True
        )
        app = App()
        app.sign_in(cast.nora.email or "")
        answers = [
            app.call("post", f"{APP}/account/phone", {"phone": number}).status_code
            for number in (OTHER, NUMBER)
        ]
        assert answers == [202, 202]
        said = app.call("post", f"{APP}/auth/phone/verify", {"code": newest_code()})
        assert said.status_code == 400
        assert Resident.objects.get(pk=cast.nora.pk).phone is None


class TestTheWorker:
    def test_tries_again_when_the_gateway_says_so(self, settings: Any) -> None:
        replies = iter([answer(status="503 Busy"), answer(b'{"id": "a"}')])

        def converse(connected: Any, over: Any) -> None:
            connected.sendall(next(replies))

        App().ask(phone=NUMBER)
        now = timezone.now() + timedelta(seconds=1)
        with serving(converse) as server:
            settings.SMS_URL = server.url
            assert actions.send_due_texts(now) == 0
            assert actions.send_due_texts(now) == 0
            assert actions.send_due_texts(now + timedelta(seconds=30)) == 1
        assert len(server.heard) == 2
        assert not TextMessage.objects.exists()

    def test_sends_no_code_that_is_stale(self) -> None:
        App().ask(phone=NUMBER)
        assert actions.send_due_texts(timezone.now() + timedelta(minutes=6)) == 0
        assert not TextMessage.objects.exists()
        assert not SentLetter.objects.exists()

    def test_gives_up_after_three_tries(self, settings: Any) -> None:
        App().ask(phone=NUMBER)
        with serving(answer(status="500 Oh")) as server:
            settings.SMS_URL = server.url
            for minute in range(4):
                actions.send_due_texts(timezone.now() + timedelta(minutes=minute, seconds=1))
        assert len(server.heard) == 3
        assert not TextMessage.objects.exists()


class TestNumbers:
    @pytest.mark.parametrize(
        ("said", "number"),
        [
            ("0151 12345678", NUMBER),
            ("+49 (0)151 12345678", NUMBER),
            ("+81 90 1234 5678", "+819012345678"),
            ("hello", None),
            ("+4912", None),
        ],
    )
    def test_have_one_spelling(self, said: str, number: str | None) -> None:
        assert read(said, region="DE") == number

    def test_that_cost_extra_get_no_codes(self) -> None:
        assert may_get_codes(NUMBER, countries=frozenset({"DE"}))
        assert not may_get_codes(NUMBER, countries=frozenset({"AT"}))
        assert not may_get_codes("+499001123456", countries=frozenset({"DE"}))


def test_a_browser_signs_in_by_phone_too(cast: Cast) -> None:
    browser = Client()
    path = "/_allauth/browser/v1/auth/code"
    browser.post(f"{path}/request", {"phone": NUMBER}, content_type="application/json")
    said = browser.post(f"{path}/confirm", {"code": newest_code()}, content_type="application/json")
    assert said.status_code == 200
    cache.clear()
