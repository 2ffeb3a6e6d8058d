"""The pages of no room, and what all pages have in common."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from village.residents.models import Resident, Village

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]


class TestStrangers:
    def test_are_welcomed(self, browser: Browser) -> None:
        page = browser().get("/")

        assert page.status_code == 200
        assert "Sign in" in page.content.decode()

    @pytest.mark.parametrize("path", ["/villages/lindental", "/me", "/waiting/notifications"])
    def test_are_asked_to_sign_in_and_come_back(self, browser: Browser, path: str) -> None:
        answer = browser().get(path)

        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in?next=%2F")

    def test_are_told_kindly_that_there_is_nothing(self, browser: Browser) -> None:
        page = browser().get("/nowhere")

        assert page.status_code == 404
        assert "There is nothing here" in page.content.decode()

    @pytest.mark.parametrize("foreign", ["https://evil.example/", "//evil.example", "javascript:1"])
    def test_are_never_sent_away_after_signing_in(
        self, browser: Browser, nora: Resident, foreign: str
    ) -> None:
        assert browser(nora).get("/sign-in", {"next": foreign})["Location"] == "/"
        assert "evil" not in browser().get("/sign-in", {"next": foreign}).content.decode()


class TestResidents:
    def test_are_led_into_their_village(self, browser: Browser, nora: Resident) -> None:
        assert browser(nora).get("/")["Location"] == "/villages/lindental"

    def test_are_greeted(self, browser: Browser, nora: Resident) -> None:
        page = browser(nora).get("/villages/lindental")

        assert page.status_code == 200
        assert "Nora" in page.content.decode()

    def test_without_a_village_are_told_whom_to_ask(self, browser: Browser, cast: Any) -> None:
        newcomer = Resident.objects.create_user(
            "Newcomer", email="new@village.example", language="en"
        )

        assert "invitation" in browser(newcomer).get("/").content.decode()

    def test_do_not_see_the_next_village(
        self, browser: Browser, nora: Resident, bergheim: Village
    ) -> None:
        foreign = browser(nora).get("/villages/bergheim")
        absent = browser(nora).get("/villages/nowhere")

        assert foreign.status_code == absent.status_code == 404
        assert _words(foreign) == _words(absent)

    def test_are_asked_for_patience_while_the_database_is_away(
        self, browser: Browser, nora: Resident, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*args: Any, **kwargs: Any) -> None:
            raise OperationalError("the database is away")

        window = browser(nora)
        monkeypatch.setattr("events.queries.board", fail)
        page = window.get("/villages/lindental/events")

        assert (page.status_code, page["Retry-After"]) == (503, "2")
        assert "The village is busy" in page.content.decode()

    def test_leave_nothing_in_a_shared_computer(self, browser: Browser, nora: Resident) -> None:
        assert "no-store" in browser(nora).get("/villages/lindental")["Cache-Control"]

    def test_sign_out(self, browser: Browser, nora: Resident) -> None:
        window = browser(nora)

        assert window.post("/sign-out")["Location"] == "/"
        assert window.get("/me").status_code == 302

    def test_are_not_signed_out_by_another_page(self, browser: Browser, nora: Resident) -> None:
        window = browser(nora, enforce_csrf_checks=True)
        answer = window.post("/sign-out")

        assert answer.status_code == 403
        assert "out of date" in answer.content.decode()

    def test_read_large_print_when_they_asked_for_it(
        self, browser: Browser, nora: Resident
    ) -> None:
        Resident.objects.filter(pk=nora.pk).update(large_print=True)

        assert 'class="large-print"' in browser(nora).get("/villages/lindental").content.decode()


class TestActingForSomebody:
    def test_says_so_with_name_and_age(
        self, browser: Browser, vera: Resident, edda: Resident, mandate: str
    ) -> None:
        born = timezone.localdate() - timedelta(days=81 * 366)
        Resident.objects.filter(pk=edda.pk).update(born_on=date(born.year, born.month, 1))
        page = browser(vera).get(f"{mandate}/villages/lindental").content.decode()

        assert "You act for <strong>Edda</strong> (81)." in page
        assert "For Edda</h1>" in page

    def test_stays_under_its_prefix(self, browser: Browser, vera: Resident, mandate: str) -> None:
        home = browser(vera).get(f"{mandate}/")
        page = browser(vera).get(home["Location"]).content.decode()

        assert home["Location"] == f"{mandate}/villages/lindental"
        assert f'href="{mandate}/villages/lindental"' in page

    def test_ends_with_the_request(self, browser: Browser, vera: Resident, mandate: str) -> None:
        window = browser(vera)
        window.get(f"{mandate}/villages/lindental")
        page = window.get("/villages/lindental").content.decode()

        assert "You act for" not in page
        assert "/for/" not in page
        assert "Vera</h1>" in page

    def test_needs_a_mandate(self, browser: Browser, nora: Resident, mandate: str) -> None:
        for path in (f"{mandate}/villages/lindental", "/for/nonsense/", "/for/nonsense"):
            page = browser(nora).get(path)
            assert page.status_code == 403
            assert "You hold no such mandate." in page.content.decode()
            assert "You act for" not in page.content.decode()

    def test_needs_somebody_signed_in(self, browser: Browser, mandate: str) -> None:
        answer = browser().get(f"{mandate}/villages/lindental")

        assert answer["Location"].startswith("/sign-in?next=%2Ffor%2F")

    def test_ends_kindly(self, browser: Browser, cast: Any, vera: Resident, mandate: str) -> None:
        cast.mandate.revoked_at = timezone.now()
        cast.mandate.save(update_fields=["revoked_at"])
        page = browser(vera).get(f"{mandate}/villages/lindental")

        assert page.status_code == 403
        assert "This mandate has ended." in page.content.decode()

    @pytest.mark.parametrize(
        "path",
        ["/me", "/sign-in", "/api/v1/me", "/operate/", "/healthz", "/for/x/", "/accounts/login/"],
    )
    def test_opens_no_account_and_no_machine(
        self, browser: Browser, vera: Resident, mandate: str, path: str
    ) -> None:
        assert browser(vera).get(mandate + path).status_code in (403, 404)

    def test_never_signs_anybody_out(self, browser: Browser, vera: Resident, mandate: str) -> None:
        window = browser(vera)

        assert window.post(f"{mandate}/sign-out").status_code == 404
        assert window.get("/me").status_code == 200


def _words(page: Any) -> str:
    """Give the page without what differs in every answer: its proof against foreign pages."""
    lines = page.content.decode().splitlines()
    return "\n".join(line for line in lines if "csrf" not in line)
