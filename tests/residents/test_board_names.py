"""By how much of her name somebody is seen, and by whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.carpool.factories import answer, book, confirm, make_offer
from tests.events.factories import make_date
from tests.stewardship.test_setup import SETTINGS
from tests.support.cast import Cast
from village.core.actor import SYSTEM
from village.journal.models import Entry
from village.residents.actions import join_village
from village.residents.models import Consent, Resident, Village

pytestmark = pytest.mark.django_db
Api = Callable[..., Client]
JSON = "application/json"
HERE = "/api/v1/villages/lindental"


@pytest.fixture(autouse=True)
def surnames(cast: Cast) -> None:
    """Give people surnames, of which the cast has none."""
    for person, name in (
        (cast.tom, "Tom Ackermann"),
        (cast.nora, "Nora Maria Weiß"),
        (cast.stella, "Stella Stein"),
    ):
        person.display_name = name
        person.save(update_fields=["display_name"])


def allow(api: Api, cast: Cast, *, full: bool) -> None:
    body = SETTINGS | {"name": "Lindental", "full_names": full}
    answer = api(cast.stella).put(f"{HERE}/settings", body, content_type=JSON)
    assert answer.status_code == 200, answer.content


def choose(api: Api, person: Resident, *, full: bool) -> Any:
    return api(person).put("/api/v1/me/board-name", {"full": full}, content_type=JSON)


class TestOnTheBoard:
    @pytest.mark.parametrize(
        ("whole", "shown"),
        [
            ("Tom Ackermann", "Tom A."),
            ("Nora Maria Weiß", "Nora W."),
            ("Edda", "Edda"),
            ("  Edda   Lindner ", "Edda L."),
            ("田中 花子", "田中 花."),
            ("", ""),
        ],
    )
    def test_stands_the_first_name_and_an_initial(self, whole: str, shown: str) -> None:
        assert Resident(display_name=whole).board_name == shown

    def test_of_rides_no_surname_is_seen(self, api: Api, cast: Cast, at: datetime) -> None:
        make_offer(cast.tom, at=timezone.now())
        offers = api(cast.nora).get(f"{HERE}/carpool/offers").json()["items"]
        assert [each["driver"]["display_name"] for each in offers] == ["Tom A."]
        page = api(cast.nora).get("/villages/lindental/rides", headers={"Accept": "text/html"})
        assert "Tom A." in page.content.decode()
        assert "Ackermann" not in page.content.decode()

    def test_of_events_no_surname_is_seen(self, cast: Cast, api: Api, at: datetime) -> None:
        date = make_date(cast.tom, at=timezone.now())
        shown = api(cast.nora).get(f"/api/v1/events/{date.event_id}").json()
        assert shown["organiser"]["display_name"] == "Tom A."

    def test_of_people_whoever_holds_an_office_stands_with_her_name(
        self, api: Api, cast: Cast, at: datetime
    ) -> None:
        Consent.objects.create(
            resident=cast.tom, subject="directory", version=1, language="en", text="", given_at=at
        )
        people = api(cast.nora).get(f"{HERE}/members").json()["items"]
        names = {each["display_name"] for each in people}
        assert {"Tom A.", "Stella Stein"} <= names


class TestTheOtherSide:
    def test_of_a_ride_sees_the_name_once_both_have_said_yes(self, api: Api, cast: Cast) -> None:
        offer = make_offer(cast.tom, at=timezone.now())
        booking = book(cast.nora, offer)
        path = f"/api/v1/carpool/bookings/{booking.pk}"
        asked = api(cast.tom).get(path).json()
        assert (asked["driver"]["display_name"], asked["rider"]["display_name"]) == (
            "Tom A.",
            "Nora W.",
        )
        confirm(answer(booking))
        agreed = api(cast.nora).get(path).json()
        assert (agreed["driver"]["display_name"], agreed["rider"]["display_name"]) == (
            "Tom Ackermann",
            "Nora Maria Weiß",
        )


class TestHerOwnChoice:
    def test_counts_where_the_village_allows_it(self, api: Api, cast: Cast) -> None:
        refused = choose(api, cast.tom, full=True)
        assert refused.status_code == 403
        allow(api, cast, full=True)
        assert choose(api, cast.tom, full=True).json() == {
            "full": True,
            "board_name": "Tom Ackermann",
        }
        assert Entry.objects.filter(kind="residents.board_name_chosen").count() == 1
        choose(api, cast.tom, full=True)
        assert Entry.objects.filter(kind="residents.board_name_chosen").count() == 1
        assert api(cast.tom).get("/api/v1/me").json()["board_name"] == "Tom Ackermann"
        assert choose(api, cast.tom, full=False).json()["board_name"] == "Tom A."

    def test_ends_when_the_village_takes_it_back(self, api: Api, cast: Cast) -> None:
        allow(api, cast, full=True)
        choose(api, cast.tom, full=True)
        allow(api, cast, full=False)
        assert Resident.objects.get(pk=cast.tom.pk).board_name == "Tom A."

    def test_ends_in_a_village_that_does_not_allow_it(
        self, api: Api, cast: Cast, at: datetime
    ) -> None:
        allow(api, cast, full=True)
        choose(api, cast.tom, full=True)
        bergheim = Village.objects.get(pk="bergheim")
        join_village(by=SYSTEM, village=bergheim, resident=cast.tom, at=at)
        assert Resident.objects.get(pk=cast.tom.pk).board_name == "Tom A."
        assert choose(api, cast.tom, full=True).status_code == 403

    def test_is_offered_on_her_page(self, api: Api, cast: Cast) -> None:
        window = api(cast.tom, Accept="text/html")
        assert "Show my whole name" not in window.get("/me/data").content.decode()
        allow(api, cast, full=True)
        assert "Show my whole name" in window.get("/me/data").content.decode()
        window.post("/me/data/board-name", {"full": "yes"})
        assert "Show my first name only" in window.get("/me/data").content.decode()
