"""For you: the inbox, the choices and the demo's letters in a browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from notifications.models import Notification, Preference, SentLetter
from notifications.transports.outbox import OutboxEmailBackend
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]


def told(person: Resident, title: str = "You have a place", link: str = "/me") -> Notification:
    number = Notification.objects.count()
    return Notification.objects.create(
        village_id="lindental",
        resident=person,
        notice="events.promoted",
        kind="events.attendance_promoted",
        entry_id=number + 1,
        language="en",
        title=title,
        link=link,
        in_inbox=True,
        created_at=timezone.now(),
    )


class TestInbox:
    def test_shows_what_one_was_told(self, browser: Browser, nora: Resident, tom: Resident) -> None:
        told(nora)
        told(tom, title="Somebody else's")
        page = browser(nora).get("/me/notifications").content.decode()

        assert "You have a place" in page
        assert "Somebody else" not in page
        assert 'data-live="residents/me"' in page

    def test_counts_what_waits_on_every_page(self, browser: Browser, nora: Resident) -> None:
        told(nora)
        window = browser(nora)

        assert '<b class="count">1<' in window.get("/villages/lindental/events").content.decode()
        assert '<b class="count">1<' in window.get("/waiting/notifications").content.decode()
        assert window.get("/waiting/events").status_code == 404

    def test_leads_on_and_has_been_read(self, browser: Browser, nora: Resident) -> None:
        each = told(nora, link="/villages/lindental/events")
        answer = browser(nora).post(f"/me/notifications/{each.pk}/open")

        assert answer["Location"] == "/villages/lindental/events"
        each.refresh_from_db()
        assert each.read_at is not None

    @pytest.mark.parametrize("link", ["", "//evil.example", "https://evil.example"])
    def test_leads_to_no_foreign_page(self, browser: Browser, nora: Resident, link: str) -> None:
        each = told(nora, link=link)
        answer = browser(nora).post(f"/me/notifications/{each.pk}/open")

        assert answer["Location"] == "/me/notifications"

    def test_is_read_all_at_once(self, browser: Browser, nora: Resident) -> None:
        told(nora)
        told(nora)
        browser(nora).post("/me/notifications/read")

        assert not Notification.objects.unread().exists()

    def test_is_nobody_elses(
        self,
        browser: Browser,
        nora: Resident,
        tom: Resident,
        vera: Resident,
        edda: Resident,
        mandate: str,
    ) -> None:
        each = told(nora)
        assert browser(tom).post(f"/me/notifications/{each.pk}/open").status_code == 404
        told(edda, title="For Edda alone")
        window = browser(vera)
        assert window.get(f"{mandate}/me/notifications").status_code == 403
        front = window.get(f"{mandate}/villages/lindental").content.decode()
        assert "For Edda alone" not in front and "For you" not in front

    def test_does_not_ask_more_for_more(
        self, browser: Browser, nora: Resident, django_assert_max_num_queries: Any
    ) -> None:
        for number in range(9):
            told(nora, title=f"Told {number}")
        window = browser(nora)
        window.get("/me/notifications")
        with django_assert_max_num_queries(12):
            assert "Told 8" in window.get("/me/notifications").content.decode()


class TestChoices:
    def test_are_made_with_a_button(self, browser: Browser, nora: Resident) -> None:
        window = browser(nora)
        window.post("/me/preferences", {"way": "email", "timing": "now"})

        assert Preference.objects.get().timing == "now"
        page = window.get("/me/preferences").content.decode()
        assert "You are told everything this way." in page

    @pytest.mark.parametrize(
        ("chosen", "status"),
        [
            ({}, 422),
            ({"way": "pigeon", "timing": "now"}, 422),
            ({"way": "email", "timing": "soon"}, 422),
            ({"way": "sms", "timing": "now"}, 409),
        ],
    )
    def test_say_kindly_what_cannot_be(
        self, browser: Browser, nora: Resident, chosen: dict[str, str], status: int
    ) -> None:
        assert browser(nora).post("/me/preferences", chosen).status_code == status
        assert not Preference.objects.exists()


class TestOutbox:
    def test_shows_every_letter_also_to_strangers(self, browser: Browser, cast: Any) -> None:
        mail = EmailMessage("Your code", "It is 123456.", to=["nora@village.example"])
        OutboxEmailBackend().send_messages([mail])
        page = browser().get("/outbox").content.decode()

        assert "It is 123456." in page
        assert (
            "<html" not in browser().get("/outbox", headers={"HX-Request": "true"}).content.decode()
        )

    def test_shows_words_as_words(self, browser: Browser, cast: Any) -> None:
        SentLetter.objects.create(
            way="email",
            to="<b>",
            title="<script>",
            body="<script>",
            language="en",
            at=timezone.now(),
        )

        assert "<script>" not in _without_head(browser().get("/outbox"))

    def test_is_there_in_the_demo_only(self, browser: Browser, cast: Any, settings: Any) -> None:
        settings.VILLAGE_DEMO = False

        assert browser().get("/outbox").status_code == 404


def _without_head(page: Any) -> str:
    content: str = page.content.decode()
    return content.split("</head>")[1]
