"""A token for the API, for whoever tries the demo."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from demo.people import PEOPLE

pytestmark = pytest.mark.django_db


def token(name: str) -> str:
    said = StringIO()
    call_command("token", name, stdout=said)
    return said.getvalue()


@pytest.fixture
def demo() -> None:
    call_command("demo", stdout=StringIO())


@pytest.mark.usefixtures("demo")
class TestToken:
    @pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.name)
    def test_lets_an_app_speak_as_somebody(self, person: Any) -> None:
        said = token(person.name)

        me = Client().get("/api/v1/me", headers={"X-Session-Token": said.strip()})
        assert me.json()["id"] == str(person.id)

    def test_is_all_that_is_said(self) -> None:
        said = token("tom")

        assert said.count("\n") == 1
        assert said.strip().isalnum()

    def test_is_another_one_each_time(self) -> None:
        assert token("tom") != token("tom")

    def test_is_known_to_the_sign_in_of_apps(self) -> None:
        answer = Client().get(
            "/_allauth/app/v1/auth/session", headers={"X-Session-Token": token("tom").strip()}
        )

        assert answer.status_code == 200
        assert answer.json()["data"]["user"]["email"] == "tom@lindental.example"

    def test_names_everybody_when_the_name_is_not_known(self) -> None:
        with pytest.raises(CommandError, match="edda, vera, tom"):
            token("rosa")


class TestNoToken:
    def test_is_given_where_people_really_live(self, settings: Any) -> None:
        settings.VILLAGE_DEMO = False

        with pytest.raises(CommandError, match="demo only"):
            token("tom")

    def test_is_given_before_the_demo_is_built(self) -> None:
        with pytest.raises(CommandError, match=r"manage\.py demo"):
            token("tom")
