"""Coming in with a passkey."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress

from tests.auth.app import APP, App
from tests.support.passkey import Phone
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
KEYS = f"{APP}/account/authenticators/webauthn"
LOGIN = f"{APP}/auth/webauthn/login"


@pytest.fixture
def phone(nora: Resident) -> Phone:
    """Give nora's phone, with a passkey she has just made."""
    EmailAddress.objects.create(user=nora, email=nora.email or "", verified=True, primary=True)
    phone, app = Phone("https://testserver"), App()
    app.sign_in("nora@village.example")
    asked = app.call("get", f"{KEYS}?passwordless").json()["data"]["creation_options"]
    made = app.call("post", KEYS, {"name": "Phone", "credential": phone.register(asked)})
    assert made.status_code == 200, made.content
    return phone


def challenge(app: App) -> dict[str, object]:
    options: dict[str, object] = app.call("get", LOGIN).json()["data"]["request_options"]
    return options


class TestPasskey:
    def test_opens_the_door_by_itself(self, phone: Phone) -> None:
        app = App()
        answer = app.call("post", LOGIN, {"credential": phone.sign(challenge(app))})

        assert answer.status_code == 200, answer.content
        assert app.call("get", "/api/v1/me").json()["display_name"] == "Nora"

    def test_of_another_phone_does_not(self, phone: Phone) -> None:
        app, other = App(), Phone("https://testserver")
        other.user_handle, other.credential_id = phone.user_handle, phone.credential_id
        answer = app.call("post", LOGIN, {"credential": other.sign(challenge(app))})

        assert answer.status_code == 400
        assert app.call("get", "/api/v1/me").status_code == 401

    def test_does_not_answer_an_old_challenge(self, phone: Phone) -> None:
        app = App()
        signed = phone.sign(challenge(app))
        assert app.call("post", LOGIN, {"credential": signed}).status_code == 200
        other = App()
        challenge(other)
        assert other.call("post", LOGIN, {"credential": signed}).status_code == 400

    @pytest.mark.parametrize(
        "hostile", [None, "", 1, [], {}, {"id": 1}, {"response": {"userHandle": "x"}}]
    )
    def test_that_is_none_is_refused(self, phone: Phone, hostile: object) -> None:
        app = App()
        challenge(app)
        assert app.call("post", LOGIN, {"credential": hostile}).status_code in (400, 401)
