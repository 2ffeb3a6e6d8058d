"""Calls and letters of a centre in a browser: what to say, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from notifications.models import Delivery, Notification, Way
from tests.support.cast import Cast
from village.assist.models import Reach
from village.journal.models import Entry
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]


def waiting(cast: Cast, person: Resident, way: Way, title: str = "The water is rising") -> Delivery:
    """Let a letter wait for somebody of the centre."""
    Reach.objects.get_or_create(resident=person, defaults={"centre": cast.centre})
    now = timezone.now()
    told = Notification.objects.create(
        village=cast.lindental,
        resident=person,
        notice="alerts.emergency",
        kind="alerts.alert_released",
        entry_id=uuid4().int >> 66,
        language="en",
        title=title,
        body="Please <go> now.",
        in_inbox=True,
        created_at=now,
    )
    return Delivery.objects.create(notification=told, way=way, due_at=now)


class TestCalls:
    def address(self, cast: Cast) -> str:
        return f"/centres/{cast.centre.pk}/calls"

    def test_show_whom_to_call_and_what_to_say(self, browser: Browser, cast: Cast) -> None:
        Resident.objects.filter(pk=cast.nora.pk).update(phone="+4915112345678")
        waiting(cast, cast.edda, Way.VOICE)
        waiting(cast, cast.nora, Way.VOICE)
        page = browser(cast.carla).get(self.address(cast)).content.decode()

        assert "Good day, Edda." in page and "The water is rising" in page
        assert "Please &lt;go&gt; now." in page
        assert "No phone: please ring at the door." in page
        assert 'href="tel:+4915112345678"' in page

    @pytest.mark.parametrize(
        ("outcome", "state"),
        [("reached", "sent"), ("not_reached", "waiting"), ("call_back", "waiting")],
    )
    def test_leave_the_list_when_they_are_noted(
        self, browser: Browser, cast: Cast, outcome: str, state: str
    ) -> None:
        call = waiting(cast, cast.edda, Way.VOICE)
        said = {"call": str(call.notification_id), "outcome": outcome}
        window = browser(cast.carla)
        page = window.post(self.address(cast), said, follow=True).content.decode()

        assert "Noted. Thank you." in page and "There is nobody to call." in page
        call.refresh_from_db()
        assert call.state == state
        assert Entry.objects.get(kind="notifications.call_made").data["outcome"] == outcome

    def test_that_somebody_else_has_noted_say_so(self, browser: Browser, cast: Cast) -> None:
        call = waiting(cast, cast.edda, Way.VOICE)
        said = {"call": str(call.notification_id), "outcome": "reached"}
        window = browser(cast.carla)
        window.post(self.address(cast), said)
        page = window.post(self.address(cast), said, follow=True).content.decode()

        assert "This call has been noted already" in page
        assert Entry.objects.filter(kind="notifications.call_made").count() == 1

    @pytest.mark.parametrize(
        "said",
        [{}, {"outcome": "eaten"}, {"outcome": "reached", "call": "1"}, {"outcome": "reached"}],
    )
    def test_that_make_no_sense_change_nothing(
        self, browser: Browser, cast: Cast, said: dict[str, str]
    ) -> None:
        waiting(cast, cast.edda, Way.VOICE)
        answer = browser(cast.carla).post(self.address(cast), said)

        assert answer.status_code in (302, 422)
        assert Delivery.objects.get().state == "waiting"
        assert not Entry.objects.filter(kind="notifications.call_made").exists()

    def test_can_be_printed(self, browser: Browser, cast: Cast) -> None:
        waiting(cast, cast.edda, Way.VOICE)
        printed = browser(cast.carla).get(f"{self.address(cast)}.pdf")
        assert printed["Content-Type"] == "application/pdf"
        assert printed.content.startswith(b"%PDF")


class TestLetters:
    def address(self, cast: Cast) -> str:
        return f"/centres/{cast.centre.pk}/letters"

    def test_are_ticked_off_when_they_are_in_their_boxes(
        self, browser: Browser, cast: Cast
    ) -> None:
        first, second = (waiting(cast, each, Way.PRINT) for each in (cast.edda, cast.nora))
        window = browser(cast.carla)
        page = window.get(self.address(cast)).content.decode()
        assert "Edda: " in page and "Nora: " in page

        said = {"letter": [str(first.notification_id)]}
        page = window.post(self.address(cast), said, follow=True).content.decode()
        assert "Edda: " not in page and "Nora: " in page
        states = dict(Delivery.objects.values_list("pk", "state"))
        assert states == {first.pk: "sent", second.pk: "waiting"}

    def test_can_be_printed(self, browser: Browser, cast: Cast) -> None:
        waiting(cast, cast.edda, Way.PRINT)
        printed = browser(cast.carla).get(f"{self.address(cast)}.pdf")
        assert printed["Content-Type"] == "application/pdf"
        assert printed.content.startswith(b"%PDF")

    def test_of_which_none_is_ticked_stay(self, browser: Browser, cast: Cast) -> None:
        waiting(cast, cast.edda, Way.PRINT)
        for said in ({}, {"letter": "x"}):
            browser(cast.carla).post(self.address(cast), said)
        assert Delivery.objects.get().state == "waiting"


class TestBoth:
    @pytest.mark.parametrize("page", ["calls", "calls.pdf", "letters", "letters.pdf"])
    def test_are_for_coordinators_of_the_centre(
        self, browser: Browser, cast: Cast, mandate: str, page: str
    ) -> None:
        waiting(cast, cast.edda, Way.VOICE)
        address = f"/centres/{cast.centre.pk}/{page}"
        for person, status in ((cast.vera, 403), (cast.nora, 404), (cast.strang, 404)):
            assert browser(person).get(address).status_code == status
        assert browser(cast.vera).get(mandate + address).status_code == 403
        assert browser().get(address).status_code == 302

    def test_are_found_at_the_desk(self, browser: Browser, cast: Cast) -> None:
        for person, is_there in ((cast.carla, True), (cast.vera, False)):
            page = browser(person).get(f"/centres/{cast.centre.pk}/desk").content.decode()
            assert (f"/centres/{cast.centre.pk}/calls" in page) is is_there
            assert (f"/centres/{cast.centre.pk}/letters" in page) is is_there

    def test_ask_no_more_for_more(
        self, browser: Browser, cast: Cast, django_assert_max_num_queries: Any
    ) -> None:
        for number in range(9):
            waiting(cast, cast.edda, Way.VOICE, title=f"Told {number}")
        window = browser(cast.carla)
        window.get(f"/centres/{cast.centre.pk}/calls")
        with django_assert_max_num_queries(18):
            page = window.get(f"/centres/{cast.centre.pk}/calls").content.decode()
        assert "Told 8" in page
