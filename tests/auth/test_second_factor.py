"""Staff roles have their powers with a second factor only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client

from tests.auth.app import APP, App, pending, totp
from tests.support.cast import SECRET, Cast
from village.core.models import KeptAnswer
from village.residents.models import Resident, Role
from village.residents.queries import holds, holds_anywhere

pytestmark = pytest.mark.django_db
Api = Callable[..., Client]
LETTERS = {"households": [{"lines": ["Mühlgasse 4"], "people": 1}]}
PRINT = "/api/v1/villages/lindental/letters"


def lose_second_factor(person: Resident) -> None:
    Authenticator.objects.filter(user=person).delete()


@pytest.fixture
def reachable(cast: Cast) -> None:
    """Let everybody with an address be written to."""
    EmailAddress.objects.bulk_create(
        EmailAddress(user=person, email=person.email, verified=True, primary=True)
        for person in Resident.objects.exclude(email=None)
    )


class TestPowers:
    @pytest.mark.parametrize(
        ("name", "role", "kept"),
        [
            ("otto", Role.CLERK, False),
            ("carla", Role.COORDINATOR, False),
            ("stella", Role.STEWARD, False),
            ("mia", Role.EDITOR, False),
            ("max", Role.MODERATOR, True),
            ("vera", Role.VOLUNTEER, True),
        ],
    )
    def test_of_staff_need_one(
        self, cast: Cast, as_: Api, name: str, role: Role, kept: bool
    ) -> None:
        person = getattr(cast, name)
        by = as_(person)
        assert holds(by, "lindental", role)
        lose_second_factor(person)
        assert holds(by, "lindental", role) is kept
        assert holds_anywhere(by, role) is kept

    def test_come_back_with_a_passkey(self, otto: Resident, as_: Api) -> None:
        lose_second_factor(otto)
        Authenticator.objects.create(user=otto, type=Authenticator.Type.WEBAUTHN, data={})
        assert holds(as_(otto), "lindental", Role.CLERK)

    def test_do_not_come_back_with_codes_on_paper(self, otto: Resident, as_: Api) -> None:
        lose_second_factor(otto)
        Authenticator.objects.create(user=otto, type=Authenticator.Type.RECOVERY_CODES, data={})
        assert not holds(as_(otto), "lindental", Role.CLERK)


class TestRefusal:
    def test_says_what_is_missing(self, api: Api, otto: Resident) -> None:
        lose_second_factor(otto)
        answer = api(otto).post(PRINT, LETTERS, content_type="application/json")

        assert answer.status_code == 403
        assert answer.json()["code"] == "auth.second_factor_required"
        assert api(otto).get("/api/v1/me").json()["second_factor"] == "missing"

    def test_says_nothing_of_it_to_others(self, api: Api, otto: Resident, tom: Resident) -> None:
        lose_second_factor(otto)
        api(otto).post(PRINT, LETTERS, content_type="application/json")
        answer = api(tom).post(PRINT, LETTERS, content_type="application/json")
        assert answer.json()["code"] == "forbidden"
        assert api(tom).get("/api/v1/me").json()["second_factor"] == "not_needed"

    def test_is_not_kept_for_a_repeat(self, api: Api, otto: Resident, cast: Cast) -> None:
        lose_second_factor(otto)
        desk, key = api(otto), {"Idempotency-Key": "letters"}
        desk.post(PRINT, LETTERS, content_type="application/json", headers=key)
        assert not KeptAnswer.objects.exists()
        Authenticator.objects.create(user=otto, type=Authenticator.Type.WEBAUTHN, data={})
        again = desk.post(PRINT, LETTERS, content_type="application/json", headers=key)
        assert again.status_code == 201

    def test_leads_a_person_to_where_she_sets_it_up(self, api: Api, mia: Resident) -> None:
        lose_second_factor(mia)
        page = api(mia).get("/villages/lindental/news/new")
        assert page.status_code == 403
        assert "second lock" in page.content.decode()


@pytest.mark.usefixtures("reachable")
class TestSigningIn:
    def test_asks_staff_for_it(self, otto: Resident) -> None:
        app = App()
        assert pending(app.sign_in("otto@village.example")) == ["mfa_authenticate"]
        assert app.call("get", "/api/v1/me").status_code == 401

        assert app.show_second_factor().status_code == 200
        assert app.call("get", "/api/v1/me").json()["display_name"] == "Otto"

    def test_refuses_a_code_that_was_used(self, otto: Resident) -> None:
        first, second = App(), App()
        first.sign_in("otto@village.example")
        second.sign_in("otto@village.example")
        assert first.show_second_factor().status_code == 200
        assert second.show_second_factor().status_code == 400

    def test_of_others_is_not_slowed_by_a_passkey(self, nora: Resident) -> None:
        Authenticator.objects.create(user=nora, type=Authenticator.Type.WEBAUTHN, data={})
        assert App().sign_in("nora@village.example").status_code == 200

    def test_lets_staff_without_one_in_to_set_it_up(self, otto: Resident) -> None:
        lose_second_factor(otto)
        app = App()
        assert app.sign_in("otto@village.example").status_code == 200
        offered = app.call("get", f"{APP}/account/authenticators/totp")
        secret = offered.json()["meta"]["secret"]
        path = f"{APP}/account/authenticators/totp"
        assert app.call("post", path, {"code": "000000"}).status_code == 400
        assert app.call("post", path, {"code": totp(secret)}).status_code == 200

        assert app.call("get", "/api/v1/me").json()["second_factor"] == "set_up"
        assert app.call("post", PRINT, LETTERS).status_code == 201

    def test_keeps_its_secret_sealed(self, otto: Resident, at: datetime) -> None:
        assert SECRET not in str(Authenticator.objects.get(user=otto).data)
