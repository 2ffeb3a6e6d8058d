"""What is kept of a session's token, how an app renews it, and what a copied one is good for."""

from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from demo.sign_in import session_of
from notifications.models import Device
from tests.auth.app import APP, App
from tests.auth.test_codes import everything_kept
from village.core import sessions
from village.core.sessions import SessionStore, key_of
from village.realtime import lookups, tickets
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
RENEW = f"{APP}/auth/session/renew"
PHONE = {"kind": "development", "address": "phone"}


def app_of(resident: Resident) -> App:
    app = App()
    app.token = session_of(resident)
    return app


def with_token(token: str) -> App:
    app = App()
    app.token = token
    return app


def opens(token: str) -> bool:
    return bool(with_token(token).call("get", "/api/v1/me").status_code == 200)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let seconds go by: ``later(61)``."""

    def move(seconds: float) -> None:
        now = time.time() + seconds
        monkeypatch.setattr(sessions.time, "time", lambda: now)

    return move


class TestWhatIsKept:
    def test_of_an_apps_session_opens_nothing(self, nora: Resident) -> None:
        app = app_of(nora)
        app.call("post", "/api/v1/me/devices", PHONE)
        app.call("post", "/api/v1/realtime/tickets")
        kept = "\n".join(text for _, text in everything_kept())
        assert app.token not in kept and app.token[: sessions.ROOT] not in kept
        key = Session.objects.get().session_key
        assert key == key_of(app.token) and key in kept
        for stolen in (key, key[: sessions.ROOT], key_of(key)):
            assert not opens(stolen)

    def test_of_a_browsers_session_opens_nothing(self, nora: Resident) -> None:
        EmailAddress.objects.create(user=nora, email=nora.email or "", verified=True, primary=True)
        browser = Client()
        browser.force_login(nora, backend="django.contrib.auth.backends.ModelBackend")
        browser.get("/me/sessions")
        cookie = browser.cookies["village"].value
        assert cookie not in "\n".join(text for _, text in everything_kept())
        thief = Client(headers={"Accept": "application/json"})
        thief.cookies["village"] = Session.objects.get().session_key
        assert thief.get("/api/v1/me").status_code == 401

    def test_in_the_list_of_her_sessions_still_ends_them_from_afar(self, nora: Resident) -> None:
        here, there = app_of(nora), app_of(nora)
        there.call("post", "/api/v1/me/devices", PHONE)
        other = UserSession.objects.get(session_key=key_of(there.token))
        listed = here.call("get", f"{APP}/auth/sessions").json()["data"]
        assert {each["id"]: each["is_current"] for each in listed}[other.pk] is False
        assert here.call("delete", f"{APP}/auth/sessions", {"sessions": [other.pk]}).json()["data"]
        assert not opens(there.token) and opens(here.token)
        assert not Device.objects.exists()


class TestSigningIn:
    def test_makes_the_cookie_from_before_a_strangers(self, nora: Resident) -> None:
        """Whoever planted a cookie before she came in holds nothing afterwards (fixation)."""
        EmailAddress.objects.create(user=nora, email=nora.email or "", verified=True, primary=True)
        browser = Client(headers={"Accept": "application/json"})
        planted = SessionStore()
        planted["seen"] = True
        planted.save()
        browser.cookies["village"] = planted.token or ""
        browser.force_login(nora, backend="django.contrib.auth.backends.ModelBackend")
        assert browser.get("/api/v1/me").status_code == 200
        thief = Client(headers={"Accept": "application/json"})
        thief.cookies["village"] = planted.token or ""
        assert thief.get("/api/v1/me").status_code == 401


class TestRenewing:
    def test_gives_a_new_token_and_keeps_what_hangs_on_the_session(self, nora: Resident) -> None:
        app = app_of(nora)
        app.call("post", "/api/v1/me/devices", PHONE)
        old = app.token
        answer = app.call("post", RENEW)
        assert (answer.status_code, answer.json()["meta"]["session_token"]) == (200, app.token)
        assert app.token != old and key_of(app.token) == key_of(old)
        assert opens(app.token)
        assert Device.objects.get().session_key == key_of(app.token)
        kept = "\n".join(text for _, text in everything_kept())
        assert app.token[sessions.ROOT :] not in kept

    def test_is_for_who_is_signed_in(self) -> None:
        assert App().call("post", RENEW).status_code == 401
        assert with_token("x" * 32).call("post", RENEW).status_code == 410

    def test_again_because_the_answer_was_lost_gives_the_same(self, nora: Resident) -> None:
        app = app_of(nora)
        old = app.token
        app.call("post", RENEW)
        again = with_token(old)
        assert again.call("post", RENEW).status_code == 200
        assert again.token == app.token
        assert opens(old) and opens(app.token)

    def test_leaves_the_old_token_a_minute(self, nora: Resident, later: Any) -> None:
        app = app_of(nora)
        old = app.token
        app.call("post", RENEW)
        later(59)
        assert opens(old) and opens(app.token)

    def test_twice_leaves_the_first_token_nothing(self, nora: Resident) -> None:
        app = app_of(nora)
        first = app.token
        for _ in range(2):
            app.call("post", RENEW)
        assert opens(app.token)
        assert not opens(first)

    def test_and_signing_in_anew_begins_with_a_whole_token(self, nora: Resident) -> None:
        app = app_of(nora)
        app.call("post", RENEW)
        session = SessionStore.of_token(app.token)
        session.cycle_key()
        session.save()
        assert session.token is not None and opens(session.token)
        assert not opens(app.token)


class TestACopiedToken:
    def test_shown_later_ends_the_session_for_both(self, nora: Resident, later: Any) -> None:
        app, other = app_of(nora), app_of(nora)
        app.call("post", "/api/v1/me/devices", PHONE)
        stolen = app.token
        app.call("post", RENEW)
        identity = tickets.identities_of([app.token])[app.token]
        later(61)
        assert not opens(stolen)
        assert not opens(app.token)
        # Its phone hears no more, and its sockets are closed by the next look at who is signed in.
        assert not Device.objects.exists()
        assert lookups.ended([identity]) == {identity.key}
        assert opens(other.token)

    def test_opens_no_socket_and_ends_the_session(self, nora: Resident, later: Any) -> None:
        app = app_of(nora)
        stolen = app.token
        app.call("post", RENEW)
        assert stolen in tickets.identities_of([stolen])
        later(61)
        assert tickets.identities_of([stolen]) == {}
        assert not opens(app.token)

    def test_in_a_cookie_ends_the_session(self, nora: Resident, later: Any) -> None:
        app = app_of(nora)
        stolen = app.token
        app.call("post", RENEW)
        later(61)
        thief = Client(headers={"Accept": "application/json"})
        thief.cookies["village"] = stolen
        assert thief.get("/api/v1/me").status_code == 401
        assert not opens(app.token)


class TestWhatIsNoToken:
    @pytest.mark.parametrize(
        "token", ["", "made-up", "x" * 31, "ü" * 32, "\x00" * 32, "x" * 10_000, "' OR 1=1 --" * 4]
    )
    def test_opens_nothing(self, nora: Resident, token: str) -> None:
        session_of(nora)
        session = SessionStore.of_token(token)
        assert dict(session.items()) == {} and not session.session_key
        assert tickets.identities_of([token]) == {}

    def test_renews_nothing(self) -> None:
        with pytest.raises(ValueError, match="token"):
            SessionStore().renew_token()
