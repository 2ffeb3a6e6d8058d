"""Somebody who needs nothing digital comes to the desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from tests.support.cast import Cast
from village.assist.models import Reach
from village.residents.models import Membership, Resident

pytestmark = pytest.mark.django_db
Api = Callable[..., Client]
HILDE = {
    "display_name": "Hilde Baum",
    "born_on": "1939-02-01",
    "languages": ["de", "ja"],
    "large_print": True,
    "ways": ["print"],
}


@pytest.fixture
def people(cast: Cast) -> str:
    return f"/api/v1/centres/{cast.centre.pk}/people"


def post(client: Client, path: str, body: Any) -> Any:
    return client.post(path, body, content_type="application/json")


class TestRegistering:
    def test_needs_no_address_no_phone_and_no_password(
        self, api: Api, cast: Cast, people: str
    ) -> None:
        answer = post(api(cast.carla), people, HILDE)
        assert answer.status_code == 201
        hilde = Resident.objects.get(pk=answer.json()["id"])
        assert (hilde.email, hilde.phone) == (None, None)
        assert not hilde.has_usable_password()
        assert (hilde.born_on, hilde.language) == (date(1939, 2, 1), "de")
        assert Membership.objects.current().filter(resident=hilde, village="lindental").exists()
        reach = Reach.objects.get(resident=hilde)
        assert (reach.ways, reach.languages) == (["print"], ["de", "ja"])

    def test_finds_out_that_she_is_registered_already(
        self, api: Api, cast: Cast, people: str
    ) -> None:
        post(api(cast.carla), people, HILDE)
        again = post(api(cast.carla), people, HILDE | {"display_name": "hilde baum"})
        assert (again.status_code, again.json()["code"]) == (409, "assist.person_known")
        assert Resident.objects.filter(display_name__iexact="hilde baum").count() == 1
        twin = post(api(cast.carla), people, HILDE | {"born_on": "1939-02-02"})
        assert twin.status_code == 201

    @pytest.mark.parametrize(
        "change",
        [
            {"display_name": " "},
            {"born_on": "2126-01-01"},
            {"born_on": "tomorrow"},
            {"languages": []},
            {"languages": ["xx"]},
            {"ways": []},
            {"ways": ["pigeon"]},
            {"ways": ["print", "print"]},
            {"ways": ["voice"]},
            {"ways": ["email"]},
            {"phone": "12345"},
            {"password": "secret"},
        ],
    )
    def test_refuses_what_makes_no_sense(
        self, api: Api, cast: Cast, people: str, change: dict[str, Any]
    ) -> None:
        before = Resident.objects.count()
        assert post(api(cast.carla), people, HILDE | change).status_code == 422
        assert Resident.objects.count() == before

    def test_is_done_by_a_coordinator(self, api: Api, cast: Cast, people: str) -> None:
        assert post(api(cast.vera), people, HILDE).status_code == 403
        assert post(api(cast.tom), people, HILDE).status_code == 404
        assert post(api(cast.strang), people, HILDE).status_code == 404


class TestHowSheIsReached:
    def test_is_changed_by_her_or_a_coordinator_and_by_no_volunteer(
        self, api: Api, cast: Cast, people: str
    ) -> None:
        wish = {"ways": ["push", "print"], "languages": ["en"]}
        desk = f"{people}/{cast.edda.pk}/reach"
        acting = {"X-Acting-For": str(cast.mandate.pk)}

        def put(who: Resident, path: str, **headers: str) -> int:
            client = api(who)
            answer = client.put(path, wish, content_type="application/json", headers=headers)
            return answer.status_code

        assert put(cast.vera, desk) == 403
        assert put(cast.vera, "/api/v1/me/reach", **acting) == 403
        assert api(cast.vera).get("/api/v1/me/reach", headers=acting).status_code == 403
        assert not Reach.objects.exists()
        assert put(cast.carla, desk) == 200
        assert put(cast.edda, "/api/v1/me/reach") == 200
        assert api(cast.edda).get("/api/v1/me/reach").json() == wish | {"letterbox": None}
        assert put(cast.carla, f"{people}/{cast.strang.pk}/reach") == 404

    def test_is_on_paper_for_whoever_has_never_said(self, api: Api, cast: Cast) -> None:
        assert api(cast.edda).get("/api/v1/me/reach").json()["ways"] == ["print"]
