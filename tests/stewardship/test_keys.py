"""API keys: few scopes, one office, stored as digests, rotated without a gap."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from news.models import Outlet
from tests.support.cast import OUTLET, Cast
from village.core.actor import SYSTEM
from village.residents.models import Membership, Resident
from village.stewardship import actions
from village.stewardship.models import ApiKey

pytestmark = pytest.mark.django_db
Api = Callable[..., Client]
KEYS = "/api/v1/villages/lindental/keys"
ARTICLES = "/api/v1/villages/lindental/articles"
JSON = "application/json"
KEY = {
    "name": "Redaktion",
    "role": "editor",
    "of": str(OUTLET),
    "scopes": ["news.read", "news.write"],
}
ARTICLE = {"outlet": str(OUTLET), "title": "The bridge", "text": "It is open.", "publish": True}


@pytest.fixture(autouse=True)
def bote(cast: Cast, at: datetime) -> Outlet:
    return Outlet.objects.create(
        id=OUTLET, village=cast.lindental, name="Bote", slug="bote", created_at=at
    )


@pytest.fixture
def made(api: Api, mia: Resident) -> dict[str, Any]:
    """Give a key that mia has made for her paper, as she was shown it."""
    answer = api(mia).post(KEYS, KEY, content_type=JSON)
    assert answer.status_code == 201, answer.content
    shown: dict[str, Any] = answer.json()
    return shown


def machine(secret: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}", "Accept": "application/json"})


class TestAKey:
    def test_publishes_for_its_outlet(self, made: dict[str, Any], api: Api, nora: Resident) -> None:
        answer = machine(made["secret"]).post(ARTICLES, ARTICLE, content_type=JSON)
        assert answer.status_code == 201, answer.content
        assert api(nora).get(ARTICLES).json()["items"][0]["title"] == "The bridge"

    def test_is_good_for_nothing_else(self, made: dict[str, Any]) -> None:
        client = machine(made["secret"])
        for path in ("/me", "/villages/lindental/cases", "/villages/lindental/carpool/offers"):
            answer = client.get(f"/api/v1{path}")
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), path
        assert client.post("/api/v1/realtime/tickets").status_code == 403

    def test_reads_only_when_it_was_made_to_read(self, api: Api, mia: Resident) -> None:
        reads = api(mia).post(KEYS, KEY | {"scopes": ["news.read"]}, content_type=JSON).json()
        client = machine(reads["secret"])
        assert client.get(ARTICLES).status_code == 200
        assert client.post(ARTICLES, ARTICLE, content_type=JSON).status_code == 403

    def test_is_stored_as_a_digest_and_shown_once(
        self, made: dict[str, Any], api: Api, mia: Resident
    ) -> None:
        key = ApiKey.objects.get()
        assert made["secret"] not in repr(vars(key))
        assert "secret" not in api(mia).get(KEYS).json()["items"][0]

    def test_tells_when_it_was_last_used(
        self, made: dict[str, Any], api: Api, mia: Resident
    ) -> None:
        assert made["last_used_at"] is None
        machine(made["secret"]).get(ARTICLES)
        assert api(mia).get(KEYS).json()["items"][0]["last_used_at"] is not None

    def test_is_made_by_who_holds_the_office(
        self, api: Api, stella: Resident, nora: Resident, mia: Resident
    ) -> None:
        for person in (stella, nora):
            assert api(person).post(KEYS, KEY, content_type=JSON).status_code == 403
        wrong = KEY | {"scopes": ["cases.read"]}
        assert api(mia).post(KEYS, wrong, content_type=JSON).status_code == 422

    @pytest.mark.parametrize("secret", ["made-up", "vk_made-up", "vk_" + "x" * 200])
    def test_that_nobody_made_signs_nothing_in(self, secret: str, mia: Resident) -> None:
        client = machine(secret)
        client.force_login(mia, backend="django.contrib.auth.backends.ModelBackend")
        answer = client.get("/api/v1/me")
        assert (answer.status_code, answer.json()["code"]) == (401, "auth.key_not_good")

    def test_never_acts_for_somebody(self, made: dict[str, Any], cast: Cast) -> None:
        acting = {"X-Acting-For": str(cast.mandate.pk)}
        assert machine(made["secret"]).get(ARTICLES, headers=acting).status_code == 403


class TestRotation:
    def test_leaves_the_old_secret_good_for_a_day(
        self, made: dict[str, Any], api: Api, mia: Resident
    ) -> None:
        new = api(mia).post(f"/api/v1/keys/{made['id']}/rotate").json()
        for secret in (made["secret"], new["secret"]):
            assert machine(secret).get(ARTICLES).status_code == 200

        later = timezone.now() + actions.GRACE
        assert actions.use_key(secret=made["secret"], at=later) is None
        assert actions.use_key(secret=new["secret"], at=later) is not None

    def test_can_end_the_old_one_at_once(self, made: dict[str, Any]) -> None:
        now = timezone.now()
        actions.rotate_key(by=SYSTEM, key_id=ApiKey.objects.get().pk, grace=timedelta(0), at=now)
        assert machine(made["secret"]).get(ARTICLES).status_code == 401


class TestTheEnd:
    def test_comes_at_once_and_takes_the_machine_out_of_the_village(
        self, made: dict[str, Any], api: Api, stella: Resident
    ) -> None:
        assert api(stella).delete(f"/api/v1/keys/{made['id']}").status_code == 204

        assert machine(made["secret"]).get(ARTICLES).status_code == 401
        assert not Membership.objects.current().filter(resident__display_name="Redaktion").exists()
        assert api(stella).delete(f"/api/v1/keys/{made['id']}").status_code == 404
