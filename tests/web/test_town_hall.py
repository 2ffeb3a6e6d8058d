"""The town hall in a browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.support.cast import DEPARTMENT
from village.core.actor import Actor
from village.messaging import actions
from village.messaging.models import Case, Category, Department, Message
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]
CASES = "/villages/lindental/cases"


@pytest.fixture
def roads(cast: Any) -> Department:
    at = timezone.now()
    department = Department.objects.create(
        id=DEPARTMENT, village=cast.lindental, name="Roads and lamps", created_at=at
    )
    Category.objects.create(
        department=department, village=cast.lindental, name="A lamp is out", created_at=at
    )
    return department


@pytest.fixture
def lamp(roads: Department, nora: Resident) -> Case:
    return opened(nora, "The lamp at the mill")


def opened(by: Resident, title: str) -> Case:
    return actions.open_case(
        by=Actor(by.pk),
        village="lindental",
        department_id=DEPARTMENT,
        title=title,
        text="It has been dark there since Monday.",
        at=timezone.now(),
    )


class TestWritingToTheTownHall:
    def test_opens_a_case(self, browser: Browser, nora: Resident, roads: Department) -> None:
        about = f"{roads.pk}/{roads.categories.get().pk}"
        answer = browser(nora).post(
            f"{CASES}/new", {"about": about, "title": "The lamp", "text": "It is out."}
        )

        case = Case.objects.get()
        assert answer["Location"] == f"/cases/{case.pk}"
        assert (case.author, case.category.name) == (nora, "A lamp is out")

    @pytest.mark.parametrize(
        "wrong", [{"about": ""}, {"about": "x"}, {"about": str(DEPARTMENT) + "/x"}, {"text": " "}]
    )
    def test_names_what_is_missing(
        self, browser: Browser, nora: Resident, roads: Department, wrong: dict[str, str]
    ) -> None:
        filled = {"about": str(roads.pk), "title": "The lamp", "text": "It is out.", **wrong}

        assert browser(nora).post(f"{CASES}/new", filled).status_code == 422
        assert not Case.objects.exists()

    def test_shows_what_was_said(self, browser: Browser, nora: Resident, lamp: Case) -> None:
        page = browser(nora).get(f"/cases/{lamp.pk}").content.decode()

        assert "It has been dark there since Monday." in page
        assert f'data-live="cases/{lamp.pk}"' in page

    def test_goes_on_in_the_case(
        self, browser: Browser, nora: Resident, otto: Resident, lamp: Case
    ) -> None:
        browser(otto).post(f"/cases/{lamp.pk}/messages", {"text": "We are coming on Thursday."})
        page = browser(nora).get(f"/cases/{lamp.pk}").content.decode()

        assert "We are coming on Thursday." in page
        assert "town hall" in page

    def test_needs_words(self, browser: Browser, nora: Resident, lamp: Case) -> None:
        answer = browser(nora).post(f"/cases/{lamp.pk}/messages", {"text": "  "})

        assert answer.status_code == 422
        assert Message.objects.count() == 1

    def test_shows_what_people_wrote_as_words(
        self, browser: Browser, nora: Resident, lamp: Case
    ) -> None:
        window = browser(nora)
        window.post(f"/cases/{lamp.pk}/messages", {"text": "<script>alert(1)</script>"})

        assert "<script>alert" not in window.get(f"/cases/{lamp.pk}").content.decode()

    def test_is_nobody_elses_business(
        self, browser: Browser, tom: Resident, strang: Resident, stella: Resident, lamp: Case
    ) -> None:
        for person in (tom, strang, stella):
            window = browser(person)
            assert window.get(f"/cases/{lamp.pk}").status_code == 404
            assert window.post(f"/cases/{lamp.pk}/messages", {"text": "?"}).status_code == 404
            assert window.get(f"/departments/{DEPARTMENT}/desk").status_code == 404

    def test_lists_in_as_many_queries_however_many(
        self,
        browser: Browser,
        nora: Resident,
        roads: Department,
        django_assert_max_num_queries: Any,
    ) -> None:
        window = browser(nora)
        for number in range(7):
            opened(nora, f"Lamp {number}")
        window.get(CASES)
        with django_assert_max_num_queries(15):
            assert "Lamp 6" in window.get(CASES).content.decode()


class TestTheDesk:
    def test_shows_a_clerk_her_departments_cases(
        self, browser: Browser, otto: Resident, lamp: Case
    ) -> None:
        window = browser(otto)
        page = window.get(f"/departments/{DEPARTMENT}/desk").content.decode()

        assert "The lamp at the mill" in page
        assert "Roads and lamps" in window.get(CASES).content.decode()

    def test_moves_a_case_on(
        self, browser: Browser, otto: Resident, nora: Resident, lamp: Case
    ) -> None:
        window = browser(otto)
        assert browser(nora).post(f"/cases/{lamp.pk}/step", {"step": "resolve"}).status_code == 403
        assert window.post(f"/cases/{lamp.pk}/step", {"step": "burn"}).status_code == 422
        window.post(f"/cases/{lamp.pk}/step", {"step": "acknowledge"})
        window.post(f"/cases/{lamp.pk}/step", {"step": "resolve"})

        lamp.refresh_from_db()
        assert lamp.status == "resolved"
        assert "done" in browser(nora).get(f"/cases/{lamp.pk}").content.decode()


class TestActingForSomebody:
    def test_writes_for_the_elder_and_says_so(
        self, browser: Browser, vera: Resident, edda: Resident, roads: Department, mandate: str
    ) -> None:
        window = browser(vera)
        answer = window.post(
            f"{mandate}{CASES}/new",
            {"about": str(roads.pk), "title": "The steps are icy", "text": "Could you salt them?"},
        )
        page = window.get(answer["Location"]).content.decode()

        assert answer["Location"].startswith(f"{mandate}/cases/")
        assert Case.objects.get().author == edda
        assert "You act for <strong>Edda</strong>" in page
        assert "written down by a helper" in page

    def test_leaves_the_helper_outside_of_it(
        self, browser: Browser, vera: Resident, edda: Resident, roads: Department
    ) -> None:
        case = opened(edda, "The steps are icy")

        assert browser(vera).get(f"/cases/{case.pk}").status_code == 404
