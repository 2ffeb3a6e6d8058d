"""The public calendar of a village."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from events import actions
from tests.events.factories import make_date, make_event
from village.core.actor import Actor
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
ADDRESS = "/villages/lindental/events.ics"


@pytest.fixture
def now() -> datetime:
    """Give the moment by the clock that the page reads, in whole seconds as a calendar has them."""
    return timezone.now().replace(microsecond=0)


def entries() -> list[Any]:
    response = Client().get(ADDRESS)
    assert response.status_code == 200
    return Calendar.from_ical(response.content).walk("VEVENT")


class TestCalendar:
    def test_shows_what_is_on_the_board_to_whoever_asks(
        self, nora: Resident, now: datetime
    ) -> None:
        date = make_date(nora, at=now)
        make_event(nora, at=now, publish=False, title="draft")
        make_event(nora, at=now - timedelta(days=60), title="long over")

        (entry,) = entries()
        assert entry["UID"] == str(date.pk)
        assert entry["SUMMARY"] == "Coffee and cake"
        assert entry["LOCATION"] == "Alte Schule"
        assert entry.decoded("DTSTART") == date.begins_at
        assert entry.decoded("DTEND") == date.ends_at
        assert (entry["STATUS"], entry["SEQUENCE"]) == ("CONFIRMED", 0)

    def test_keeps_the_uid_of_what_is_cancelled_and_says_so(
        self, as_: Callable[[Resident], Actor], nora: Resident, now: datetime
    ) -> None:
        date = make_date(nora, at=now)
        later = now + timedelta(minutes=1)
        actions.cancel_occurrence(by=as_(nora), occurrence_id=date.pk, at=later)

        (entry,) = entries()
        assert (entry["UID"], entry["STATUS"]) == (str(date.pk), "CANCELLED")
        assert (entry["SEQUENCE"], entry.decoded("DTSTAMP")) == (1, later)

    def test_holds_whatever_people_write(self, nora: Resident, now: datetime) -> None:
        title = "a;b,c\\n\\d END:VEVENT \U0001f370" + "ü" * 150
        text = 'Tab\there\r\nBEGIN:VEVENT\rUID:x\u2028"quoted"\x0b\x07end'
        make_event(nora, at=now, title=title, text=text)

        (entry,) = entries()
        assert str(entry["SUMMARY"]) == title
        assert str(entry["DESCRIPTION"]) == 'Tab\there\nBEGIN:VEVENT\nUID:x\n"quoted"\nend'

    def test_has_lines_no_longer_than_the_standard_allows(
        self, nora: Resident, now: datetime
    ) -> None:
        make_event(nora, at=now, text="好" * 500)

        content = Client().get(ADDRESS).content
        assert max(len(line) for line in content.split(b"\r\n")) <= 75
        assert content.decode().count("BEGIN:VEVENT") == 1

    def test_answers_304_to_who_has_it_already(self, nora: Resident, now: datetime) -> None:
        make_event(nora, at=now)
        first = Client().get(ADDRESS)

        assert first["Content-Type"] == "text/calendar; charset=utf-8"
        again = Client().get(ADDRESS, headers={"If-None-Match": first["ETag"]})
        assert again.status_code == 304

    def test_of_a_village_without_events_is_empty(self, nora: Resident) -> None:
        assert entries() == []

    def test_is_only_read(self, nora: Resident) -> None:
        assert Client().post(ADDRESS).status_code == 405

    def test_asks_the_database_twice(
        self, nora: Resident, now: datetime, django_assert_num_queries: Any
    ) -> None:
        for _ in range(5):
            make_event(nora, at=now)

        with django_assert_num_queries(2):
            Client().get(ADDRESS)
