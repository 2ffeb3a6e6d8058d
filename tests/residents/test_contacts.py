"""Where the town hall finds somebody: she says it herself, and clerks of her cases read it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.messaging.conftest import case, roads  # noqa: F401 - fixtures
from tests.support.cast import Cast
from village.core.actor import Actor
from village.journal.models import Entry
from village.messaging.models import Case
from village.residents.contacts import contact_of, keep_contact
from village.residents.models import ContactDetails, Membership, Resident

pytestmark = pytest.mark.django_db
Api = Callable[..., Client]
MINE = {"address": "  Schulgasse 5 \r\n\r\n 95447 Lindental", "phone": "0151 55501234"}


def put(client: Client, body: Any) -> Any:
    return client.put("/api/v1/me/contact", body, content_type="application/json")


class TestHerOwn:
    def test_are_kept_as_she_says_them(self, api: Api, nora: Resident) -> None:
        client = api(nora)
        empty = client.get("/api/v1/me/contact").json()
        assert (empty["address"], empty["phone"], empty["changed_at"]) == ("", "", None)
        kept = put(client, MINE)
        assert kept.status_code == 200
        assert kept.json() == client.get("/api/v1/me/contact").json()
        assert kept.json()["address"] == "Schulgasse 5\n95447 Lindental"
        assert (kept.json()["phone"], kept.json()["via_helper"]) == ("+4915155501234", False)

    def test_change_once(self, api: Api, nora: Resident) -> None:
        client = api(nora)
        for _time in range(2):
            put(client, MINE)
        assert Entry.objects.filter(kind="residents.contact_changed").count() == 1
        put(client, {"address": "", "phone": ""})
        assert contact_of(nora.pk).is_empty
        assert Entry.objects.filter(kind="residents.contact_changed").count() == 2

    def test_are_told_of_in_each_of_her_villages(self, cast: Cast, at: datetime) -> None:
        Membership.objects.create(village=cast.bergheim, resident=cast.nora, created_at=at)
        keep_contact(by=Actor(cast.nora.pk), address="Schulgasse 5", phone="", at=at)
        entries = Entry.objects.filter(kind="residents.contact_changed")
        assert set(entries.values_list("village", flat=True)) == {"lindental", "bergheim"}

    def test_are_neither_her_way_in_nor_where_she_is_told(
        self, api: Api, cast: Cast, at: datetime
    ) -> None:
        client = api(cast.nora)
        before = Resident.objects.values().get(pk=cast.nora.pk)
        assert put(client, MINE).status_code == 200
        after = Resident.objects.values().get(pk=cast.nora.pk)
        assert after == before

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"phone": "4711"}, "phone"),
            ({"phone": "0" * 41}, "phone"),
            ({"phone": "call me"}, "phone"),
            ({"phone": None}, "phone"),
            ({"address": "x" * 301}, "address"),
            ({"address": ["Schulgasse 5"]}, "address"),
            ({"email": "nora@village.example"}, "email"),
        ],
    )
    def test_refuse_what_makes_no_sense(
        self, api: Api, nora: Resident, wrong: dict[str, Any], field: str
    ) -> None:
        refused = put(api(nora), MINE | wrong)
        assert refused.status_code == 422, refused.content
        assert any(field in str(error) for error in refused.json()["errors"])
        assert not ContactDetails.objects.exists() and not Entry.objects.exists()

    @pytest.mark.parametrize("left_out", ["address", "phone"])
    def test_are_written_whole(self, api: Api, nora: Resident, left_out: str) -> None:
        body = {name: value for name, value in MINE.items() if name != left_out}
        assert put(api(nora), body).status_code == 422

    def test_are_asked_for_on_a_page(self, api: Api, nora: Resident) -> None:
        window = api(nora, Accept="text/html")
        assert 'href="/me/contact"' in window.get("/me/data").content.decode()
        assert window.post("/me/contact", MINE)["Location"] == "/me/contact"
        assert "Schulgasse 5" in window.get("/me/contact").content.decode()
        wrong = window.post("/me/contact", MINE | {"phone": "4711"})
        assert wrong.status_code == 422
        assert "no phone number" in wrong.content.decode()
        assert contact_of(nora.pk).phone == "+4915155501234"


class TestTheTownHall:
    @pytest.fixture(autouse=True)
    def known(self, cast: Cast) -> None:
        keep_contact(by=Actor(cast.nora.pk), address="Schulgasse 5", phone="", at=timezone.now())

    @pytest.mark.parametrize(
        ("name", "status"),
        [
            ("otto", 200),
            ("nora", 403),
            ("tom", 404),
            ("carla", 404),
            ("stella", 404),
            ("strang", 404),
        ],
    )
    def test_finds_her_where_she_wrote_to_it(
        self,
        api: Api,
        cast: Cast,
        case: Case,  # noqa: F811
        name: str,
        status: int,
    ) -> None:
        answer = api(getattr(cast, name)).get(f"/api/v1/cases/{case.pk}/contact")
        assert answer.status_code == status
        assert (b"Schulgasse 5" in answer.content) is (status == 200)

    def test_reads_it_beside_the_case(
        self,
        api: Api,
        cast: Cast,
        case: Case,  # noqa: F811
    ) -> None:
        for person, sees in ((cast.otto, True), (cast.nora, False)):
            page = api(person, Accept="text/html").get(f"/cases/{case.pk}").content.decode()
            assert ("Schulgasse 5" in page) is sees
