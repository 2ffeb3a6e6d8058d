"""Asking for a letter with a code: one for each, to where she lives, gone once it is printed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from tests.support.cast import Cast
from village.core.actor import Actor
from village.core.errors import DomainError, Forbidden, Invalid, NotFound, TooMany
from village.entrance import actions
from village.entrance.actions import AlreadyKnown, Household
from village.entrance.actions.asking import ASKS
from village.entrance.models import AskedLetter
from village.residents.contacts import keep_contact
from village.residents.models import Membership, Residency, Resident
from village.residents.retaining import let_go

pytestmark = pytest.mark.django_db
Api = Callable[..., Client]
Known = Callable[..., Resident]
HOME = ["Mühlgasse 4", "12345 Lindental"]
ASKED = "/api/v1/villages/lindental/letters/asked"
LETTERS = "/api/v1/villages/lindental/letters"
JSON = "application/json"


def ask(person: Resident, at: datetime, lines: list[str] | None = None, people: int = 1) -> Any:
    return actions.ask_for_letter(
        by=Actor(person.pk),
        village="lindental",
        lines=HOME if lines is None else lines,
        people=people,
        at=at,
    )


@pytest.fixture(autouse=True)
def nora_is_new(nora: Resident) -> None:
    """Let the village know of nora only what she says."""
    Membership.objects.filter(resident=nora).update(residency=Residency.DECLARED)


class TestAsking:
    def test_twice_is_asking_once_and_says_where_it_goes_now(
        self, nora: Resident, at: datetime
    ) -> None:
        first = ask(nora, at)
        assert ask(nora, at + timedelta(days=1)).pk == first.pk
        moved = ask(nora, at + timedelta(days=2), ["Am Bach 1", "", " Lindental "], people=3)
        found = AskedLetter.objects.get()
        assert (found.pk, moved.pk) == (first.pk, first.pk)
        assert (found.address, found.people, found.created_at) == ("Am Bach 1\nLindental", 3, at)

    def test_with_one_tap_goes_where_the_town_hall_finds_her(
        self, nora: Resident, at: datetime
    ) -> None:
        with pytest.raises(Invalid):
            ask(nora, at, [])
        keep_contact(by=Actor(nora.pk), address="Am Bach 1\nLindental", phone="", at=at)
        assert ask(nora, at, []).address == "Am Bach 1\nLindental"

    def test_is_bounded_in_a_day(self, nora: Resident, at: datetime) -> None:
        cache.clear()
        for number in range(ASKS.amount):
            ask(nora, at, [f"Mühlgasse {number}"])
        with pytest.raises(TooMany):
            ask(nora, at, ["Mühlgasse 99"])
        # The same again costs nothing.
        ask(nora, at, [f"Mühlgasse {ASKS.amount - 1}"])

    @pytest.mark.parametrize("lines", [["x"] * 6, ["x" * 201], ["\x00\x07"]])
    def test_refuses_what_no_envelope_holds(
        self, nora: Resident, at: datetime, lines: list[str]
    ) -> None:
        with pytest.raises(Invalid):
            ask(nora, at, lines)
        assert not AskedLetter.objects.exists()

    @pytest.mark.parametrize("level", [Residency.LETTER, Residency.DESK, Residency.VOUCHED])
    def test_is_not_for_whom_the_village_knows(
        self, nora: Resident, known: Known, at: datetime, level: Residency
    ) -> None:
        with pytest.raises(AlreadyKnown):
            ask(known(nora, level), at)

    def test_is_for_who_lives_there_and_says_it_herself(
        self, cast: Cast, vera_for_edda: Actor, at: datetime
    ) -> None:
        refused: list[tuple[Actor, type[DomainError]]] = [
            (Actor(cast.strang.pk), NotFound),
            (vera_for_edda, Forbidden),
        ]
        for by, error in refused:
            with pytest.raises(error):
                actions.ask_for_letter(by=by, village="lindental", lines=HOME, people=1, at=at)


class TestPrinting:
    def test_takes_who_has_asked_and_forgets_the_address(
        self, cast: Cast, nora: Resident, at: datetime
    ) -> None:
        asked = ask(nora, at, people=2)
        [one, two] = actions.print_letters(
            by=Actor(cast.stella.pk),
            village="lindental",
            households=[Household(("Tom", "Am Bach 1"), 1)],
            asked=[asked.pk],
            at=at,
        )
        assert one.household.lines[0] == "Tom"
        assert two.household == Household(("Nora", *HOME), 2)
        assert not AskedLetter.objects.exists()
        came = actions.accept_invitation(by=Actor(nora.pk), code=two.code, at=at)
        assert came.residency == Residency.LETTER

    def test_prints_none_twice_and_none_of_another_village(
        self, cast: Cast, nora: Resident, at: datetime
    ) -> None:
        asked = ask(nora, at)
        Membership.objects.filter(resident=cast.strang).update(residency=Residency.DECLARED)
        theirs = actions.ask_for_letter(
            by=Actor(cast.strang.pk), village="bergheim", lines=HOME, people=1, at=at
        )
        stella = {"by": Actor(cast.stella.pk), "village": "lindental", "households": [], "at": at}
        with pytest.raises(NotFound):
            actions.print_letters(asked=[asked.pk, theirs.pk], **stella)
        assert AskedLetter.objects.count() == 2
        actions.print_letters(asked=[asked.pk], **stella)
        with pytest.raises(NotFound):
            actions.print_letters(asked=[asked.pk], **stella)

    def test_that_never_happens_lets_the_address_go(self, nora: Resident) -> None:
        now = timezone.now()
        ask(nora, now)
        assert let_go(at=now + timedelta(days=89))["entrance.letters_asked"] == 0
        assert let_go(at=now + timedelta(days=91))["entrance.letters_asked"] == 1


class TestOverHttp:
    def test_she_asks_and_the_steward_prints(self, api: Api, cast: Cast, nora: Resident) -> None:
        mine = api(nora).post(ASKED, {"lines": HOME, "people": 2}, content_type=JSON)
        assert mine.status_code == 201, mine.content
        [listed] = api(cast.stella).get(ASKED).json()["items"]
        assert listed == mine.json()
        assert (listed["display_name"], listed["lines"]) == ("Nora", HOME)
        body = {"asked": [listed["id"]]}
        printed = api(cast.stella).post(LETTERS, body, content_type=JSON)
        assert (printed.status_code, printed["Content-Type"]) == (201, "application/pdf")
        assert api(cast.stella).get(ASKED).json()["items"] == []

    def test_nobody_else_reads_where_she_lives(self, api: Api, cast: Cast, nora: Resident) -> None:
        api(nora).post(ASKED, {"lines": HOME}, content_type=JSON)
        assert api(cast.tom).get(ASKED).status_code == 403
        assert api(cast.strang).get(ASKED).status_code == 404

    @pytest.mark.parametrize(
        "bad",
        [
            {"lines": ["x"] * 6},
            {"lines": [["x"]]},
            {"people": 0},
            {"people": 13},
            {"lines": ["a\u0000b"]},
            {"village": "bergheim"},
        ],
    )
    def test_refuses_what_makes_no_sense(
        self, api: Api, nora: Resident, bad: dict[str, object]
    ) -> None:
        answer = api(nora).post(ASKED, bad, content_type=JSON)
        assert answer.status_code in (400, 422)
        assert not AskedLetter.objects.exists()


class TestThePages:
    def test_take_one_tap_where_her_address_is_known(
        self, api: Api, cast: Cast, nora: Resident
    ) -> None:
        now = timezone.now()
        keep_contact(by=Actor(nora.pk), address="\n".join(HOME), phone="", at=now)
        browser = api(nora)
        shown = browser.get("/villages/lindental/invitations").content.decode()
        assert "Mühlgasse 4, 12345 Lindental" in shown
        answer = browser.post("/villages/lindental/letters/ask", {"people": "1"})
        assert answer.status_code == 302
        assert AskedLetter.objects.get().address == "\n".join(HOME)
        assert (
            "You asked for a letter"
            in browser.get("/villages/lindental/invitations").content.decode()
        )

        desk = api(cast.stella)
        letters = desk.get("/villages/lindental/letters").content.decode()
        assert "Nora, Mühlgasse 4, 12345 Lindental" in letters
        asked = {"asked": str(AskedLetter.objects.get().pk), "addresses": ""}
        printed = desk.post("/villages/lindental/letters", asked)
        assert printed.content.startswith(b"%PDF")
        assert not AskedLetter.objects.exists()

    def test_ask_where_she_lives_where_it_is_not(self, api: Api, nora: Resident) -> None:
        browser = api(nora)
        page = "/villages/lindental/letters/ask"
        assert browser.post(page, {"address": "", "people": "1"}).status_code == 422
        assert browser.post(page, {"address": "Am Bach 1", "people": "2"}).status_code == 302
        assert (AskedLetter.objects.get().address, AskedLetter.objects.get().people) == (
            "Am Bach 1",
            2,
        )

    def test_print_nothing_for_nobody(self, api: Api, cast: Cast) -> None:
        assert api(cast.stella).post("/villages/lindental/letters", {}).status_code == 422


class TestNeighbours:
    def test_vouch_on_a_page_by_the_code_that_she_shows(
        self, api: Api, cast: Cast, nora: Resident, known: Known
    ) -> None:
        shown = api(nora).post("/villages/lindental/introduction").content.decode()
        code = shown.split('<p class="code"><strong>')[1].split("</strong>")[0]
        for neighbour in (cast.tom, cast.vera):
            browser = api(known(neighbour))
            page = browser.post("/me/new-neighbour", {"code": code}).content.decode()
            assert "Nora" in page and "at the desk" not in page
            done = browser.post("/me/new-neighbour", {"code": code, "then": "vouch"})
            assert done.status_code == 302
        membership = Membership.objects.get(resident=nora, village="lindental")
        assert membership.residency == Residency.VOUCHED

    def test_are_confirmed_by_a_desk(self, api: Api, cast: Cast, nora: Resident) -> None:
        code = actions.introduce_oneself(by=Actor(nora.pk), village="lindental", at=timezone.now())[
            1
        ]
        browser = api(cast.otto)
        assert "at the desk" in browser.post("/me/new-neighbour", {"code": code}).content.decode()
        done = browser.post("/me/new-neighbour", {"code": code, "then": "check"})
        assert done.status_code == 302
        assert Membership.objects.get(resident=nora).residency == Residency.DESK

    @pytest.mark.parametrize("then", [{}, {"then": "vouch"}, {"then": "check"}, {"then": "x"}])
    def test_are_nobody_where_no_code_is_good(
        self, api: Api, cast: Cast, then: dict[str, str]
    ) -> None:
        answer = api(cast.tom).post("/me/new-neighbour", {"code": "1234 5678", **then})
        assert answer.status_code == 422
