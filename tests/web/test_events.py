"""The event board in a browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from events import actions
from events.models import Attendance, Event, Occurrence
from village.core.actor import Actor
from village.core.geo import Point
from village.core.models import KeptAnswer
from village.journal.models import Entry
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]
FILLED = {
    "title": "Coffee and cake",
    "text": "Bring your neighbour.",
    "begins": "15:00",
    "ends": "17:00",
    "place": "Alte Schule",
    "capacity": "",
}


def announced(by: Resident, title: str = "Coffee and cake", capacity: int | None = 2) -> Occurrence:
    now = timezone.now()
    event = actions.announce_event(
        by=Actor(by.pk),
        village="lindental",
        title=title,
        text="Bring your neighbour.",
        begins_at=now + timedelta(days=3),
        ends_at=now + timedelta(days=3, hours=2),
        place=actions.Place("Alte Schule", Point(50.0, 11.5)),
        capacity=capacity,
        publish=True,
        at=now,
    )
    return event.occurrences.get()


@pytest.fixture
def coffee(tom: Resident) -> Occurrence:
    return announced(tom)


class TestBoard:
    def test_shows_what_is_to_come(
        self, browser: Browser, nora: Resident, coffee: Occurrence
    ) -> None:
        page = browser(nora).get("/villages/lindental/events").content.decode()

        assert "Coffee and cake" in page
        assert "2 places left" in page
        assert 'data-live="villages/lindental/events"' in page

    def test_follows_from_before_it_was_read(
        self, browser: Browser, nora: Resident, coffee: Occurrence
    ) -> None:
        page = browser(nora).get("/villages/lindental/events").content.decode()

        assert 'data-seq="1"' in page

    def test_is_the_same_to_htmx_but_alone(
        self, browser: Browser, nora: Resident, coffee: Occurrence
    ) -> None:
        part = (
            browser(nora)
            .get("/villages/lindental/events", headers={"HX-Request": "true"})
            .content.decode()
        )

        assert part.strip().startswith('<div id="events"')
        assert "<html" not in part

    def test_does_not_ask_more_for_more_events(
        self,
        browser: Browser,
        nora: Resident,
        tom: Resident,
        django_assert_max_num_queries: Any,
    ) -> None:
        window = browser(nora)
        for number in range(8):
            announced(tom, title=f"Walk {number}")
        window.get("/villages/lindental/events")
        with django_assert_max_num_queries(14):
            page = window.get("/villages/lindental/events").content.decode()
        assert "Walk 7" in page

    def test_is_the_villages_own(
        self, browser: Browser, strang: Resident, coffee: Occurrence
    ) -> None:
        window = browser(strang)

        for path in (
            "/villages/lindental/events",
            "/villages/lindental/events/new",
            f"/events/{coffee.event_id}",
            f"/events/{coffee.event_id}/card",
            f"/occurrences/{coffee.pk}",
            f"/occurrences/{coffee.pk}/call-off",
        ):
            assert window.get(path).status_code == 404, path
        for verb in ("attend", "withdraw", "call-off"):
            answer = window.post(f"/occurrences/{coffee.pk}/{verb}", {"party_size": 1})
            assert answer.status_code == 404, verb

    def test_stands_on_the_front_page(
        self, browser: Browser, nora: Resident, coffee: Occurrence
    ) -> None:
        page = browser(nora).get("/villages/lindental").content.decode()
        part = browser(nora).get("/villages/lindental/front/events").content.decode()

        assert "Coffee and cake" in page and "Coffee and cake" in part
        assert 'data-src="/villages/lindental/front/events"' in page

    def test_refuses_a_made_up_cursor(self, browser: Browser, nora: Resident) -> None:
        assert browser(nora).get("/villages/lindental/events?after=x").status_code == 422


class TestSigningUp:
    def test_takes_one_button(self, browser: Browser, nora: Resident, coffee: Occurrence) -> None:
        answer = browser(nora).post(f"/occurrences/{coffee.pk}/attend", {"party_size": 1})

        assert answer["Location"] == f"/events/{coffee.event_id}"
        page = browser(nora).get(answer["Location"]).content.decode()
        assert "1 place left" in page and "You have a place." in page

    def test_gives_htmx_the_date_alone(
        self, browser: Browser, nora: Resident, coffee: Occurrence
    ) -> None:
        part = browser(nora).post(
            f"/occurrences/{coffee.pk}/attend", {"party_size": 2}, headers={"HX-Request": "true"}
        )

        assert part.status_code == 200
        assert part.content.decode().strip().startswith("<section")
        assert "full" in part.content.decode()

    def test_puts_whoever_comes_too_late_on_the_list(
        self, browser: Browser, nora: Resident, mia: Resident, coffee: Occurrence
    ) -> None:
        browser(mia).post(f"/occurrences/{coffee.pk}/attend", {"party_size": 2})
        browser(nora).post(f"/occurrences/{coffee.pk}/attend", {"party_size": 1})
        page = browser(nora).get(f"/events/{coffee.event_id}").content.decode()

        assert "You are number 1 on the waiting list." in page

    @pytest.mark.parametrize("size", ["", "0", "51", "many", "1e9", "\x00"])
    def test_refuses_what_is_no_party(
        self, browser: Browser, nora: Resident, coffee: Occurrence, size: str
    ) -> None:
        answer = browser(nora).post(f"/occurrences/{coffee.pk}/attend", {"party_size": size})

        assert answer.status_code == 422
        assert not Attendance.objects.exists()

    def test_says_no_kindly_and_keeps_the_page(
        self, browser: Browser, nora: Resident, coffee: Occurrence
    ) -> None:
        window = browser(nora)
        window.post(f"/occurrences/{coffee.pk}/attend", {"party_size": 1})
        Attendance.objects.create(
            village_id="lindental",
            occurrence=coffee,
            resident=coffee.event.organiser,
            party_size=1,
            status="confirmed",
            created_at=timezone.now(),
        )
        Occurrence.objects.filter(pk=coffee.pk).update(seats_taken=2)
        no = window.post(
            f"/occurrences/{coffee.pk}/attend", {"party_size": 5}, headers={"HX-Request": "true"}
        )

        assert no.status_code == 409
        assert no["HX-Retarget"] == "#told"
        assert "You keep the ones you have." in no.content.decode()

    def test_can_be_taken_back(self, browser: Browser, nora: Resident, coffee: Occurrence) -> None:
        window = browser(nora)
        window.post(f"/occurrences/{coffee.pk}/attend", {"party_size": 1})
        window.post(f"/occurrences/{coffee.pk}/withdraw")

        assert Attendance.objects.get().status == "withdrawn"


class TestActingForSomebody:
    def test_signs_the_elder_up_and_stays_with_her(
        self, browser: Browser, vera: Resident, edda: Resident, coffee: Occurrence, mandate: str
    ) -> None:
        window = browser(vera)
        answer = window.post(f"{mandate}/occurrences/{coffee.pk}/attend", {"party_size": 1})

        assert answer["Location"] == f"{mandate}/events/{coffee.event_id}"
        assert Attendance.objects.get().resident == edda
        assert Entry.objects.filter(helper_id=vera.pk, principal_id=edda.pk).count() == 1

    def test_says_so_on_every_page(
        self, browser: Browser, vera: Resident, coffee: Occurrence, mandate: str
    ) -> None:
        window = browser(vera)
        for path in ("/villages/lindental/events", f"/events/{coffee.event_id}"):
            page = window.get(mandate + path).content.decode()
            assert "You act for <strong>Edda</strong>" in page
            for line in page.replace("action=", "href=").split('href="')[1:]:
                address = line.split('"')[0]
                assert address.startswith(
                    (
                        mandate,
                        "#",
                        "/static/",
                        "/helping",
                        "/outbox",
                        "?",
                        "/villages/lindental/events.ics",
                        "/villages/lindental/look.css",
                    )
                ), address

    def test_shows_nothing_the_mandate_does_not_cover(
        self, browser: Browser, vera: Resident, coffee: Occurrence, mandate: str
    ) -> None:
        window = browser(vera)
        page = window.get(f"{mandate}/villages/lindental/events").content.decode()
        new = window.get(f"{mandate}/villages/lindental/events/new")

        assert "Announce an event" not in page
        assert new.status_code == 403
        assert "You act for" in new.content.decode()

    def test_changes_nothing_once_the_mandate_has_ended(
        self, browser: Browser, cast: Any, vera: Resident, coffee: Occurrence, mandate: str
    ) -> None:
        cast.mandate.revoked_at = timezone.now()
        cast.mandate.save(update_fields=["revoked_at"])
        answer = browser(vera).post(f"{mandate}/occurrences/{coffee.pk}/attend", {"party_size": 1})

        assert answer.status_code == 403
        assert not Attendance.objects.exists()


class TestAnnouncing:
    def filled(self, **changed: str) -> dict[str, str]:
        day = timezone.localdate() + timedelta(days=9)
        return {**FILLED, "day": day.isoformat(), **changed}

    def test_puts_an_event_onto_the_board(self, browser: Browser, nora: Resident) -> None:
        answer = browser(nora).post("/villages/lindental/events/new", self.filled())

        event = Event.objects.get()
        assert answer["Location"] == f"/events/{event.pk}"
        assert event.ends_at - event.begins_at == timedelta(hours=2)
        assert timezone.localtime(event.begins_at, event.village.tzinfo).hour == 15

    def test_goes_past_midnight(self, browser: Browser, nora: Resident) -> None:
        browser(nora).post("/villages/lindental/events/new", self.filled(ends="01:00"))

        event = Event.objects.get()
        assert event.ends_at - event.begins_at == timedelta(hours=10)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"title": ""},
            {"title": "x" * 201},
            {"title": "two\nlines"},
            {"day": "2001-01-01"},
            {"day": "someday"},
            {"capacity": "0"},
            {"place": "\x00"},
            {"text": "x" * 20_001},
        ],
    )
    def test_names_what_is_wrong_and_keeps_the_rest(
        self, browser: Browser, nora: Resident, wrong: dict[str, str]
    ) -> None:
        answer = browser(nora).post("/villages/lindental/events/new", self.filled(**wrong))

        assert answer.status_code == 422
        assert "errorlist" in answer.content.decode()
        assert not Event.objects.exists()

    def test_acts_once_when_the_button_is_pressed_twice(
        self, browser: Browser, nora: Resident
    ) -> None:
        window = browser(nora)
        filled = self.filled(once="b6ff4b5e-1f2d-4f0c-9d3f-8a2f6f2c1a11")
        first = window.post("/villages/lindental/events/new", filled)
        second = window.post("/villages/lindental/events/new", filled)

        assert first["Location"] == second["Location"]
        assert Event.objects.count() == KeptAnswer.objects.count() == 1

    def test_can_be_sent_again_when_something_was_wrong(
        self, browser: Browser, nora: Resident
    ) -> None:
        window = browser(nora)
        wrong = window.post("/villages/lindental/events/new", self.filled(once="a", title=""))
        right = window.post("/villages/lindental/events/new", self.filled(once="a"))

        assert (wrong.status_code, right.status_code) == (422, 302)

    def test_says_when_a_form_was_sent_before(self, browser: Browser, nora: Resident) -> None:
        window = browser(nora)
        window.post("/villages/lindental/events/new", self.filled(once="a"))
        again = window.post("/villages/lindental/events/new", self.filled(once="a", title="Tea"))

        assert again.status_code == 409
        assert "You have sent this form before." in again.content.decode()
        assert Event.objects.count() == 1

    def test_is_called_off_after_a_question(
        self, browser: Browser, tom: Resident, nora: Resident, coffee: Occurrence
    ) -> None:
        address = f"/occurrences/{coffee.pk}/call-off"

        assert browser(nora).post(address).status_code == 403
        assert "Really call it off?" in browser(tom).get(address).content.decode()
        browser(tom).post(address)
        coffee.refresh_from_db()
        assert coffee.is_cancelled
