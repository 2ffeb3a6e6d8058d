"""No name here is taken for that of an office or a village that is here already."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from tests.assist.test_people import HILDE
from tests.auth.app import APP, App
from tests.stewardship.test_setup import SETTINGS
from tests.support.cast import Cast
from village.messaging.models import Department
from village.residents.models import Resident, Village

pytestmark = pytest.mark.django_db
Api = Callable[..., Client]
JSON = "application/json"
CENTRE = {
    "name": "Haus am Anger",
    "address": "Schulgasse 5",
    "responsible": "Stella",
    "insurance": "LT-1",
    "opening_hours": "Tue 9 to 12",
    "allowed_scopes": ["news.read"],
}


@pytest.fixture
def town_hall(cast: Cast, at: Any) -> Department:
    made: Department = Department.objects.create(
        village=cast.lindental, name="Rathaus", created_at=at
    )
    return made


class TestACentre:
    @pytest.mark.parametrize(
        ("name", "status", "code"),
        [
            ("Haus am Anger", 201, None),
            ("AIte Schule", 409, "names.too_alike"),
            ("alte  schule", 409, "names.too_alike"),
            ("Rathau\u017f", 409, "names.too_alike"),
            ("R\u0430thaus 2", 422, "names.strange_letters"),
            ("Haus\u202e am Anger", 422, "names.strange_letters"),
        ],
    )
    def test_has_a_name_of_its_own(
        self,
        api: Api,
        cast: Cast,
        town_hall: Department,
        name: str,
        status: int,
        code: str | None,
    ) -> None:
        path = "/api/v1/villages/lindental/centres"
        answer = api(cast.stella).post(path, CENTRE | {"name": name}, content_type=JSON)
        assert (answer.status_code, answer.json().get("code")) == (status, code), answer.content

    def test_keeps_its_own_name(self, api: Api, cast: Cast) -> None:
        path = f"/api/v1/centres/{cast.centre.pk}"
        body = CENTRE | {"name": cast.centre.name}
        assert api(cast.stella).put(path, body, content_type=JSON).status_code == 200


class TestAPerson:
    @pytest.mark.parametrize("name", ["RATHAUS", "Rathаus", "Alte Schuӏe"])
    def test_is_not_registered_as_an_office(
        self, api: Api, cast: Cast, town_hall: Department, name: str
    ) -> None:
        path = f"/api/v1/centres/{cast.centre.pk}/people"
        answer = api(cast.carla).post(path, HILDE | {"display_name": name}, content_type=JSON)
        assert answer.status_code in (409, 422)
        assert not Resident.objects.filter(display_name=name).exists()

    def test_does_not_come_with_letters_of_two_scripts(self, cast: Cast) -> None:
        for path, reached in (
            (f"{APP}/auth/phone/signup", {"phone": "+4915112345679"}),
            (f"{APP}/auth/signup", {"email": "who@village.example"}),
        ):
            answer = App().call("post", path, reached | {"display_name": "Stellа"})
            assert answer.status_code == 400
            assert answer.json()["errors"][0]["param"] == "display_name"
        assert not Resident.objects.filter(display_name="Stellа").exists()


class TestAVillage:
    def test_is_not_taken_for_another(self, api: Api, cast: Cast) -> None:
        body = SETTINGS | {"name": "BERGHElM"}
        path = "/api/v1/villages/lindental/settings"
        answer = api(cast.stella).put(path, body, content_type=JSON)
        assert (answer.status_code, answer.json()["code"]) == (409, "names.too_alike")
        assert Village.objects.get(pk="lindental").name == "Lindental"

    def test_is_not_created_beside_one_that_looks_like_it(self, cast: Cast) -> None:
        with pytest.raises(CommandError, match="looks like"):
            call_command(
                "village", "create", "lindenta1", name="Lindenta1", lat=50.0, lng=11.0, json=True
            )
        assert Village.objects.count() == 2
