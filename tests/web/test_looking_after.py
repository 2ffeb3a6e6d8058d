"""At the desk and at home, in a browser: registering somebody, her card and PIN, her answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.support.cast import Cast
from village.assist import actions
from village.assist.models import (
    Card,
    Freeze,
    Mandate,
    MandateStatus,
    Pin,
    Reach,
    Term,
)
from village.core.actor import Actor, Scope
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]


@pytest.fixture
def persons(cast: Cast) -> str:
    """Give the address of edda's page at the centre."""
    return f"/centres/{cast.centre.pk}/people/{cast.edda.pk}"


class TestRegisteringSomebody:
    def filled(self, **changed: Any) -> dict[str, Any]:
        return {
            "display_name": "Erna Huber",
            "born_on": "1944-05-06",
            "language": "de",
            "large_print": "on",
            "first_way": "print",
            "second_way": "voice",
            "phone": "+49 (921) 47-11",
            **changed,
        }

    def test_takes_a_name_a_birthday_and_how_to_reach_her(
        self, browser: Browser, cast: Cast
    ) -> None:
        carla, address = browser(cast.carla), f"/centres/{cast.centre.pk}/people/new"
        assert "How shall we reach her first?" in carla.get(address).content.decode()
        answer = carla.post(address, self.filled())

        erna = Resident.objects.get(display_name="Erna Huber")
        assert answer["Location"] == f"/centres/{cast.centre.pk}/people/{erna.pk}"
        assert (erna.email, erna.phone, erna.large_print) == (None, "+499214711", True)
        assert Reach.objects.get(resident=erna).ways == ["print", "voice"]
        page = carla.get(answer["Location"]).content.decode()
        assert page.index("letter on paper") < page.index("phone call")

    @pytest.mark.parametrize(
        "wrong",
        [
            {"display_name": ""},
            {"born_on": "2999-01-01"},
            {"born_on": "yesterday"},
            {"first_way": "pigeon"},
            {"first_way": "voice", "second_way": "voice"},
            {"first_way": "email"},
            {"phone": "4711"},
            {"phone": ""},
            {"language": "xx"},
        ],
    )
    def test_names_what_is_wrong(self, browser: Browser, cast: Cast, wrong: dict[str, Any]) -> None:
        people = Resident.objects.count()
        address = f"/centres/{cast.centre.pk}/people/new"
        assert browser(cast.carla).post(address, self.filled(**wrong)).status_code == 422
        assert Resident.objects.count() == people

    def test_finds_who_is_known_already(self, browser: Browser, cast: Cast) -> None:
        address = f"/centres/{cast.centre.pk}/people/new"
        carla = browser(cast.carla)
        carla.post(address, self.filled())
        again = carla.post(address, self.filled(display_name="ERNA HUBER", phone="+4992100"))
        assert again.status_code == 422
        assert "registered already" in again.content.decode()

    @pytest.mark.parametrize(("name", "status"), [("vera", 403), ("edda", 404), ("strang", 404)])
    def test_is_a_coordinators(
        self, browser: Browser, cast: Cast, persons: str, name: str, status: int
    ) -> None:
        window = browser(getattr(cast, name))
        centre = f"/centres/{cast.centre.pk}/people"
        assert window.get(f"{centre}/new").status_code == status
        assert window.post(f"{centre}/new", self.filled()).status_code == status
        assert window.get(persons).status_code == status
        for verb, form in (("card", {}), ("pin", {"pin": "480317"}), ("stop", {})):
            assert window.post(f"{persons}/{verb}", form).status_code == status, verb
        assert (
            not Card.objects.exists() and not Pin.objects.exists() and not Freeze.objects.exists()
        )


class TestHerPage:
    def test_prints_a_new_card(self, browser: Browser, cast: Cast, persons: str) -> None:
        carla = browser(cast.carla)
        page = carla.get(f"/mandates/{cast.mandate.pk}").content.decode()
        assert persons in page
        for number in (1, 2):
            answer = carla.post(f"{persons}/card")
            assert answer.content.startswith(b"%PDF-")
            assert Card.objects.count() == number
        assert Card.objects.filter(ended_at=None).count() == 1

    def test_keeps_a_pin_that_she_types_in(
        self, browser: Browser, cast: Cast, persons: str
    ) -> None:
        carla = browser(cast.carla)
        easy = carla.post(f"{persons}/pin", {"pin": "123456"})
        assert easy.status_code == 422 and "easy to guess" in easy.content.decode()
        assert "123456" not in easy.content.decode()
        assert carla.post(f"{persons}/pin", {"pin": "480317"})["Location"] == persons
        assert Pin.objects.get().person == cast.edda

    def test_stops_everything_for_her(self, browser: Browser, cast: Cast, persons: str) -> None:
        page = browser(cast.carla).post(f"{persons}/stop").content.decode()
        assert "Everything has been stopped" in page
        assert Mandate.objects.get().revoked_at is not None

    def test_is_only_of_people_whom_the_centre_serves(self, browser: Browser, cast: Cast) -> None:
        carla, people = browser(cast.carla), f"/centres/{cast.centre.pk}/people"
        assert carla.get(f"{people}/{cast.strang.pk}").status_code == 404
        assert carla.get(f"{people}/{cast.carla.pk}").status_code == 403


class TestAtHome:
    @pytest.fixture
    def asked(self, cast: Cast) -> Mandate:
        """Put a mandate before nora."""
        by = Actor(cast.carla.pk)
        draft = actions.propose_mandate(
            by=by,
            centre_id=cast.centre.pk,
            person_id=cast.nora.pk,
            scopes=[Scope.EVENTS_JOIN],
            term=Term.MONTH,
            at=timezone.now(),
        )
        return actions.put_forward(by=by, mandate_id=draft.pk, at=timezone.now())

    @pytest.mark.parametrize(
        ("answer", "status"), [("yes", MandateStatus.ACTIVE), ("no", MandateStatus.DECLINED)]
    )
    def test_she_reads_the_words_and_answers(
        self, browser: Browser, cast: Cast, asked: Mandate, answer: str, status: MandateStatus
    ) -> None:
        nora, address = browser(cast.nora), f"/mandates/{asked.pk}/answer"
        assert address in nora.get("/helping").content.decode()
        page = nora.get(address).content.decode()
        assert asked.text.splitlines()[1] in page and asked.text_hash in page
        given = nora.post(address, {"answer": answer, "text_hash": asked.text_hash})
        assert given["Location"] == f"/mandates/{asked.pk}"
        assert Mandate.objects.get(pk=asked.pk).status(timezone.now()) is status
        # It is answered once.
        assert nora.get(address)["Location"] == f"/mandates/{asked.pk}"
        again = nora.post(address, {"answer": "yes", "text_hash": asked.text_hash})
        assert again.status_code == 422
        assert Mandate.objects.get(pk=asked.pk).status(timezone.now()) is status

    @pytest.mark.parametrize(
        "wrong", [{"answer": ""}, {"answer": "maybe"}, {"text_hash": "0" * 64}, {"text_hash": ""}]
    )
    def test_anything_unclear_is_no_answer(
        self, browser: Browser, cast: Cast, asked: Mandate, wrong: dict[str, str]
    ) -> None:
        form = {"answer": "yes", "text_hash": asked.text_hash} | wrong
        answer = browser(cast.nora).post(f"/mandates/{asked.pk}/answer", form)
        assert answer.status_code == 422
        assert Mandate.objects.get(pk=asked.pk).status(timezone.now()) is MandateStatus.PENDING

    @pytest.mark.parametrize("name", ["carla", "vera", "tom"])
    def test_nobody_answers_for_her(
        self, browser: Browser, cast: Cast, asked: Mandate, name: str
    ) -> None:
        form = {"answer": "yes", "text_hash": asked.text_hash}
        answer = browser(getattr(cast, name)).post(f"/mandates/{asked.pk}/answer", form)
        assert answer.status_code == 404
        assert Mandate.objects.get(pk=asked.pk).status(timezone.now()) is MandateStatus.PENDING

    def test_she_chooses_her_own_pin(self, browser: Browser, cast: Cast) -> None:
        edda = browser(cast.edda)
        assert "/helping/pin" in edda.get("/helping").content.decode()
        assert edda.post("/helping/pin", {"pin": "12"}).status_code == 422
        assert edda.post("/helping/pin", {"pin": "480317"})["Location"] == "/helping"
        assert Pin.objects.get().person == cast.edda
