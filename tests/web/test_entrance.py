"""The pages of the entrance."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client

from tests.auth.app import App, totp
from tests.support.cast import Cast
from village.core.actor import Actor
from village.core.sessions import key_of
from village.entrance import actions
from village.entrance.actions import Household
from village.residents.models import Membership, Residency, Resident

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]


class TestInvitation:
    def test_lets_a_newcomer_in(self, browser: Browser, cast: Cast, at: datetime) -> None:
        newcomer = Resident.objects.create_user(
            "Frieda", email="frieda@village.example", language="en"
        )
        code = actions.print_letters(
            by=Actor(cast.stella.pk), village="lindental", households=[Household(("F",), 1)], at=at
        )[0].code
        window = browser(newcomer)
        assert "I have a code" in window.get("/").content.decode()
        page = window.post("/invitation", {"code": code})
        assert page["Location"] == "/villages/lindental"

    def test_says_kindly_that_a_code_is_not_good(self, browser: Browser, tom: Resident) -> None:
        page = browser(tom).post("/invitation", {"code": "1234 5678 9012"})
        assert page.status_code == 422
        assert "no longer good" in page.content.decode()

    def test_asks_a_stranger_to_sign_in(self, browser: Browser) -> None:
        assert browser().get("/invitation")["Location"].startswith("/sign-in")


class TestSecondLock:
    def test_is_set_up_with_what_the_app_shows(self, browser: Browser, otto: Resident) -> None:
        Authenticator.objects.all().delete()
        window = browser(otto)
        refused = window.get("/me/second-lock")
        secret = window.session["mfa.totp.secret"]
        assert secret in refused.content.decode()
        wrong = window.post("/me/second-lock", {"code": "000000"})
        assert wrong.status_code == 422
        right = window.post("/me/second-lock", {"code": totp(window.session["mfa.totp.secret"])})
        assert right["Location"] == "/me"
        assert "has its second lock" in window.get("/me/second-lock").content.decode()


class TestCard:
    def test_is_offered_to_strangers(self, browser: Browser, cast: Cast) -> None:
        assert "/sign-in/card" in browser().get("/sign-in").content.decode()
        assert "PIN" in browser().get("/sign-in/card").content.decode()

    def test_is_not_asked_of_who_is_in(self, browser: Browser, nora: Resident) -> None:
        assert browser(nora).get("/sign-in/card")["Location"] == "/"


class TestComingBack:
    def test_goes_from_her_page_over_her_neighbours_to_her_own(
        self, browser: Browser, cast: Cast
    ) -> None:
        number = "+4915155501234"
        Resident.objects.filter(pk=cast.edda.pk).update(phone=number)
        Membership.objects.filter(resident=cast.tom).update(residency=Residency.LETTER)
        hers = browser()
        assert hers.post("/sign-in/lost", {"address": "0151 5550 1234"})["Location"] == (
            "/sign-in/lost"
        )
        page = hers.get("/sign-in/lost").content.decode()
        code = re.search(r"\d{4} \d{4}", page)
        assert code is not None
        his = browser(cast.tom)
        wrong = his.post("/me/neighbour-cannot-get-in", {"code": "1"})
        assert wrong.status_code == 422
        seen = his.post("/me/neighbour-cannot-get-in", {"code": code[0]}).content.decode()
        assert "This is <strong>Edda</strong>" in seen
        sure = his.post("/me/neighbour-cannot-get-in", {"code": code[0], "sure": "yes"})
        assert sure["Location"] == "/me"
        told = browser(cast.edda)
        assert "1 neighbour has vouched." in told.get("/me/recovery").content.decode()
        told.post("/me/recovery")
        assert "Nobody is about to" in told.get("/me/recovery").content.decode()


class TestSessions:
    def test_are_listed_and_ended_from_afar(self, cast: Cast) -> None:
        EmailAddress.objects.create(
            user=cast.tom, email=cast.tom.email or "", verified=True, primary=True
        )
        here, lost, stranger = App(), App(), App()
        for app in (here, lost):
            assert app.sign_in(cast.tom.email or "").status_code == 200
        window = Client(headers={"Accept": "text/html"})
        window.cookies["village"] = here.token
        page = window.get("/me/sessions").content.decode()
        assert "This device" in page
        assert page.count("Sign out there") == 1
        foreign = UserSession.objects.get(session_key=key_of(lost.token))
        window.post("/me/sessions", {"session": "0"})
        assert lost.call("get", "/api/v1/me").status_code == 200
        window.post("/me/sessions", {"session": str(foreign.pk)})
        assert lost.call("get", "/api/v1/me").status_code == 401
        assert here.call("get", "/api/v1/me").status_code == 200
        assert stranger.call("get", "/me/sessions").status_code in (302, 303)
