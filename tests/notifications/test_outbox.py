"""The demo's outbox, and what an operator hears who has no mail server."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import send_mail
from django.test import Client

from notifications import queries
from notifications.checks import mail_server
from notifications.models import SentLetter
from notifications.queries import OUTBOX
from village.core.errors import NotFound
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
Api = Callable[..., Client]


@pytest.fixture(autouse=True)
def no_mail_server(settings: Any) -> None:
    settings.EMAIL_BACKEND = OUTBOX


class TestSigningInWithoutAMailServer:
    def test_the_code_can_be_read_in_the_outbox_and_on_the_console(
        self, nora: Resident, capsys: pytest.CaptureFixture[str]
    ) -> None:
        EmailAddress.objects.create(user=nora, email=nora.email, verified=True, primary=True)
        browser = Client()
        asked = browser.post(
            "/_allauth/app/v1/auth/code/request",
            {"email": nora.email},
            content_type="application/json",
        )
        assert asked.status_code == 401  # which means: go on with the code

        letter = queries.outbox().get()
        assert (letter.way, letter.to) == ("email", nora.email)
        [code] = re.findall(r"\b\d{6}\b", letter.body)
        [line] = capsys.readouterr().out.splitlines()
        assert nora.email in line and code in line

        token = asked.json()["meta"]["session_token"]
        signed_in = browser.post(
            "/_allauth/app/v1/auth/code/confirm",
            {"code": code},
            content_type="application/json",
            headers={"X-Session-Token": token},
        )
        assert signed_in.status_code == 200

    def test_a_mail_is_kept_for_each_who_gets_it(self) -> None:
        send_mail("Line\tbreak", "x\n" * 5000, None, ["a@village.example", "b@village.example"])

        assert {letter.to for letter in SentLetter.objects.all()} == {
            "a@village.example",
            "b@village.example",
        }


class TestOutsideTheDemo:
    @pytest.fixture(autouse=True)
    def no_demo(self, settings: Any) -> None:
        settings.VILLAGE_DEMO = False

    def test_no_mail_is_shown_to_whoever_looks(self) -> None:
        with pytest.raises(ImproperlyConfigured):
            send_mail("Code", "123456", None, ["a@village.example"])
        with pytest.raises(NotFound):
            queries.outbox()

    def test_the_operator_is_warned(self) -> None:
        [warning] = mail_server(None)
        assert warning.id == "notifications.W001"

    def test_a_mail_server_is_enough(self, settings: Any) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        assert mail_server(None) == []


def test_the_demo_needs_no_mail_server() -> None:
    assert mail_server(None) == []
