"""Signing in with a card, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone

from notifications.models import Device
from tests.auth.app import APP, App, pending
from tests.support.at_once import all_at_once
from tests.support.cast import Cast, secure
from village.core.actor import Actor
from village.core.sessions import key_of
from village.entrance import actions
from village.entrance.actions import PrintedCard
from village.residents.models import Grant, Membership, Resident, Role

pytestmark = pytest.mark.django_db
CARD = f"{APP}/auth/card"
Api = Callable[..., Client]


@pytest.fixture
def card(cast: Cast) -> PrintedCard:
    """Print edda's card."""
    return actions.print_card(
        by=Actor(cast.carla.pk),
        village="lindental",
        resident_id=cast.edda.pk,
        at=timezone.now(),
    )


def said(card: PrintedCard, **changes: str) -> dict[str, str]:
    return {"number": card.number, "pin": card.pin} | changes


class TestCard:
    def test_opens_the_door(self, card: PrintedCard) -> None:
        app = App()
        assert app.call("post", CARD, said(card)).status_code == 200
        assert app.call("get", "/api/v1/me").json()["display_name"] == "Edda"

    def test_opens_it_for_half_a_day_only(self, card: PrintedCard) -> None:
        app = App()
        app.call("post", CARD, said(card))
        session = Session.objects.get(session_key=key_of(app.token))
        assert session.expire_date <= timezone.now() + timedelta(hours=12)

    def test_opens_it_in_a_browser(self, card: PrintedCard) -> None:
        browser = Client()
        path = "/_allauth/browser/v1/auth/card"
        answer = browser.post(path, said(card), content_type="application/json")
        assert answer.status_code == 200
        assert browser.get("/api/v1/me").json()["display_name"] == "Edda"

    def test_with_a_wrong_pin_does_not(self, card: PrintedCard) -> None:
        app = App()
        pin = f"{(int(card.pin) + 1) % 1_000_000:06}"
        answer = app.call("post", CARD, said(card, pin=pin))
        assert (answer.status_code, answer.json()["code"]) == (403, "entrance.card_refused")
        assert app.call("get", "/api/v1/me").status_code == 401

    def test_of_staff_asks_for_the_second_factor(self, cast: Cast, card: PrintedCard) -> None:
        membership = Membership.objects.get(resident=cast.edda)
        Grant.objects.create(
            membership=membership, role=Role.STEWARD, granted_at=membership.created_at
        )
        secure(cast.edda)
        app = App()
        assert pending(app.call("post", CARD, said(card))) == ["mfa_authenticate"]
        assert app.show_second_factor().status_code == 200

    def test_still_opens_where_many_have_guessed(self, card: PrintedCard) -> None:
        """A child who plays with the tablet of the centre locks nobody else out."""
        statuses = [
            App().call("post", CARD, {"number": f"{n:012}", "pin": "000000"}).status_code
            for n in range(62)
        ]
        assert statuses == [403] * 60 + [429] * 2
        assert App().call("post", CARD, said(card)).status_code == 200

    @pytest.mark.parametrize(
        "body", [{}, {"number": "1"}, {"number": [], "pin": {}}, {"number": "\0", "pin": "\0"}, []]
    )
    def test_that_is_none_is_refused(self, cast: Cast, body: object) -> None:
        assert App().call("post", CARD, body).status_code in (400, 403)


@pytest.mark.django_db(transaction=True)
def test_a_card_is_tried_five_times_however_many_try_at_once(card: PrintedCard) -> None:
    at = timezone.now()

    def guess(_: UUID) -> str:
        actions.open_with_card(number=card.number, pin="x", at=at)
        return "open"

    tried = all_at_once(guess, [UUID(int=n) for n in range(24)])
    assert tried == {"entrance.card_refused": 5, "rate.limited": 19}
    connection.close()


SESSIONS = f"{APP}/auth/sessions"


def signed_in(person: Resident) -> App:
    EmailAddress.objects.get_or_create(
        user=person, email=person.email or "", defaults={"verified": True, "primary": True}
    )
    app = App()
    assert app.sign_in(person.email or "").status_code == 200
    return app


class TestSigningOut:
    def test_elsewhere_ends_that_session_and_its_phone(self, nora: Resident) -> None:
        here, there = signed_in(nora), signed_in(nora)
        made = there.call("post", "/api/v1/me/devices", {"kind": "development", "address": "phone"})
        assert made.status_code == 201, made.content
        listed = here.call("get", SESSIONS).json()["data"]
        assert len(listed) == 2
        other = next(each["id"] for each in listed if not each["is_current"])

        assert here.call("delete", SESSIONS, {"sessions": [other]}).status_code == 200
        assert there.call("get", "/api/v1/me").status_code == 401
        assert here.call("get", "/api/v1/me").status_code == 200
        assert not Device.objects.exists()

    def test_of_a_stranger_is_nobodys_to_do(self, nora: Resident, tom: Resident) -> None:
        theirs = signed_in(nora)
        foreign = UserSession.objects.get(user=nora).pk
        answer = signed_in(tom).call("delete", SESSIONS, {"sessions": [foreign]})
        assert answer.status_code == 400
        assert theirs.call("get", "/api/v1/me").status_code == 200

    def test_forgets_the_phone(self, api: Api, nora: Resident) -> None:
        window = api(nora)
        made = window.post(
            "/api/v1/me/devices",
            {"kind": "development", "address": "phone"},
            content_type="application/json",
        )
        assert made.status_code == 201, made.content
        window.post("/sign-out")
        assert not Device.objects.exists()

    def test_everywhere_is_part_of_being_let_in_again(self, cast: Cast) -> None:
        thief = signed_in(cast.tom)
        actions.let_in_at_desk(
            by=Actor(cast.carla.pk), village="lindental", resident_id=cast.tom.pk, at=timezone.now()
        )
        assert thief.call("get", "/api/v1/me").status_code == 401
