"""The pages by which people let others in, and look after their own ways in."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pypdfium2
import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from tests.support.cast import Cast
from village.core.actor import Actor
from village.entrance import actions
from village.entrance.models import Card, Invitation
from village.residents.models import Membership, Residency, Resident

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]
INVITATIONS = "/villages/lindental/invitations"
LETTERS = "/villages/lindental/letters"
CARDS = "/villages/lindental/cards"


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


@pytest.fixture
def nora_is_known(nora: Resident) -> Resident:
    Membership.objects.filter(resident=nora).update(residency=Residency.LETTER)
    return nora


class TestInvitations:
    def test_are_made_shown_once_and_taken_back(
        self, browser: Browser, nora_is_known: Resident
    ) -> None:
        window = browser(nora_is_known)
        shown = window.post(INVITATIONS, {"people": "2"}).content.decode()
        assert re.search(r"\d{4} \d{4} \d{4}", shown) and "<svg" in shown
        later = window.get(INVITATIONS).content.decode()
        assert not re.search(r"\d{4} \d{4} \d{4}", later)
        made = Invitation.objects.get()
        assert window.post(f"/invitations/{made.pk}/withdraw")["Location"] == INVITATIONS
        assert "taken back" in window.get(INVITATIONS).content.decode()

    def test_are_for_whom_the_village_knows(self, browser: Browser, tom: Resident) -> None:
        page = browser(tom).get(INVITATIONS).content.decode()
        assert "First show the village that you live here" in page
        assert browser(tom).post(INVITATIONS, {"people": "1"}).status_code == 422
        assert not Invitation.objects.exists()

    @pytest.mark.parametrize("people", ["", "0", "13", "-1", "x", "9" * 400])
    def test_are_for_a_household(
        self, browser: Browser, nora_is_known: Resident, people: str
    ) -> None:
        assert browser(nora_is_known).post(INVITATIONS, {"people": people}).status_code == 422
        assert not Invitation.objects.exists()

    def test_of_another_village_are_not_there(self, browser: Browser, strang: Resident) -> None:
        assert browser(strang).get(INVITATIONS).status_code == 404


class TestLetters:
    def test_are_printed_one_for_each_household(self, browser: Browser, stella: Resident) -> None:
        said = "Nora Weiß\r\nMühlgasse 4\r\n3\r\n\r\n  Tom Ackermann\r\nAm Berg 2\r\n"
        answer = browser(stella).post(LETTERS, {"addresses": said})
        assert answer["Content-Type"] == "application/pdf"
        words = text_of(answer.content)
        assert "Mühlgasse 4" in words and "Am Berg 2" in words
        assert sorted(Invitation.objects.values_list("people", flat=True)) == [1, 3]

    @pytest.mark.parametrize(
        "said", ["", "  \n\n ", "House\n99", "A\n" * 9, "x" * 300, "a\n\n" * 501, "h\x00"]
    )
    def test_are_not_printed_to_what_is_no_address(
        self, browser: Browser, stella: Resident, said: str
    ) -> None:
        assert browser(stella).post(LETTERS, {"addresses": said}).status_code == 422
        assert not Invitation.objects.exists()

    def test_are_the_stewards_and_the_clerks(
        self, browser: Browser, nora: Resident, otto: Resident, strang: Resident
    ) -> None:
        answers = [browser(each).get(LETTERS).status_code for each in (nora, otto, strang)]
        assert answers == [403, 200, 404]


class TestCards:
    def test_are_printed_revoked_and_printed_anew(
        self, browser: Browser, carla: Resident, edda: Resident
    ) -> None:
        window = browser(carla)
        printed = window.post(CARDS, {"name": "Edda", "then": "print"})
        assert printed["Content-Type"] == "application/pdf"
        assert "PIN" in text_of(printed.content)
        assert window.post(CARDS, {"name": "Edda", "then": "revoke"})["Location"] == CARDS
        assert Card.objects.get().revoked_at is not None
        again = window.post(CARDS, {"name": "Edda", "then": "revoke"})
        assert (again.status_code, "has no card" in again.content.decode()) == (422, True)

    def test_are_not_for_whoever_can_sign_in_otherwise(
        self, browser: Browser, carla: Resident
    ) -> None:
        for said in ("Nora", "Nobody", "Carla", ""):
            answer = browser(carla).post(CARDS, {"name": said, "then": "print"})
            assert answer.status_code == 422
        assert not Card.objects.exists()

    def test_let_somebody_in_again(self, browser: Browser, stella: Resident, cast: Cast) -> None:
        answer = browser(stella).post(CARDS, {"name": "Otto", "then": "let-in"})
        assert answer["Content-Type"] == "application/pdf"
        assert not Authenticator.objects.filter(user=cast.otto).exists()

    def test_are_the_desks(self, browser: Browser, nora: Resident, strang: Resident) -> None:
        assert [browser(each).get(CARDS).status_code for each in (nora, strang)] == [403, 404]

    def test_of_ones_own_can_be_let_die(self, browser: Browser, cast: Cast, at: datetime) -> None:
        actions.print_card(
            by=Actor(cast.carla.pk), village="lindental", resident_id=cast.edda.pk, at=at
        )
        window = browser(cast.edda)
        assert "You have a card" in window.get("/me/card").content.decode()
        assert window.post("/me/card").status_code == 302
        assert "You have no sign-in card" in window.get("/me/card").content.decode()
        assert window.post("/me/card").status_code == 404


class TestMyPhone:
    def test_is_shown_to_her(self, browser: Browser, nora: Resident) -> None:
        Resident.objects.filter(pk=nora.pk).update(phone="+4915112345678")
        assert "+4915112345678" in browser(nora).get("/me/phone").content.decode()

    def test_is_not_asked_for_where_no_message_can_be_sent(
        self, browser: Browser, nora: Resident, monkeypatch: Any
    ) -> None:
        monkeypatch.setattr("village.core.sms.is_there", lambda: False)
        page = browser(nora).get("/me/phone").content.decode()
        assert "sends no text messages" in page and "<form class" not in page
