"""Whom the event board tells, and in which words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from events import actions, facts
from events.models import Attendance
from tests.events.factories import make_date, sign_up, withdraw
from tests.support.cast import Cast
from village.core.actor import Actor, Scope
from village.journal.models import Entry
from village.journal.notices import Importance, Notice, notices_of
from village.journal.queries import recorded
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
As = Callable[[Resident], Actor]


def the_notice(fact: type[facts.Fact]) -> Notice:
    (notice,) = notices_of(fact)
    return notice


def newest(fact: type[facts.Fact]) -> facts.Fact:
    return recorded(Entry.objects.filter(kind=fact.kind).latest("pk")).fact


@pytest.fixture
def promoted(nora: Resident, tom: Resident, mia: Resident, at: datetime) -> Attendance:
    """Give mia's attendance after tom made room for her."""
    date = make_date(nora, at=at, capacity=1)
    sign_up(tom, date)
    waiting = sign_up(mia, date)
    withdraw(tom, date)
    return waiting


class TestPromoted:
    def test_tells_who_waited_when_and_where(self, promoted: Attendance, mia: Resident) -> None:
        notice, fact = the_notice(facts.AttendancePromoted), newest(facts.AttendancePromoted)

        with timezone.override(ZoneInfo("Europe/Berlin")), translation.override("en"):
            words = notice.words(fact)

        assert words is not None
        assert list(notice.audience(fact)) == [mia.pk]
        assert words.title == "You have a place: Coffee and cake"
        assert words.body.startswith("Nov. 29, 2026, 1 p.m., Alte Schule.")
        assert words.link == f"/events/{promoted.occurrence.event_id}"
        assert (notice.importance, notice.scope) == (Importance.PERSONAL, Scope.EVENTS_JOIN)

    def test_says_the_time_in_the_readers_language(self, promoted: Attendance) -> None:
        fact = newest(facts.AttendancePromoted)

        with timezone.override(ZoneInfo("Europe/Berlin")), translation.override("de"):
            words = the_notice(facts.AttendancePromoted).words(fact)

        assert words is not None
        assert "29. November 2026 13:00" in words.body

    def test_has_nothing_to_say_when_she_has_withdrawn_since(
        self, promoted: Attendance, mia: Resident
    ) -> None:
        withdraw(mia, promoted.occurrence)
        fact = newest(facts.AttendancePromoted)

        assert the_notice(facts.AttendancePromoted).words(fact) is None

    def test_has_nothing_to_say_when_the_date_is_cancelled_since(
        self, as_: As, promoted: Attendance, nora: Resident, at: datetime
    ) -> None:
        fact = newest(facts.AttendancePromoted)
        date = promoted.occurrence
        actions.cancel_occurrence(by=as_(nora), occurrence_id=date.pk, at=at)

        assert the_notice(facts.AttendancePromoted).words(fact) is None


class TestCancelled:
    def test_tells_everybody_who_wanted_to_come(
        self, as_: As, cast: Cast, nora: Resident, at: datetime
    ) -> None:
        date = make_date(nora, at=at, capacity=1)
        for who in (cast.tom, cast.mia, cast.otto):
            sign_up(who, date)
        withdraw(cast.otto, date)
        actions.cancel_occurrence(by=as_(nora), occurrence_id=date.pk, at=at)

        notice, fact = the_notice(facts.OccurrenceCancelled), newest(facts.OccurrenceCancelled)
        words = notice.words(fact)
        assert words is not None
        assert set(notice.audience(fact)) == {cast.tom.pk, cast.mia.pk}
        assert words.title == "Cancelled: Coffee and cake"
        assert "It does not take place" in words.body

    def test_replaces_what_was_told_of_the_same_date(
        self, as_: As, promoted: Attendance, nora: Resident, at: datetime
    ) -> None:
        date = promoted.occurrence
        actions.cancel_occurrence(by=as_(nora), occurrence_id=date.pk, at=at)

        threads = {
            notice.thread(newest(fact))
            for fact in (facts.AttendancePromoted, facts.OccurrenceCancelled)
            if (notice := the_notice(fact)).thread is not None
        }
        assert threads == {f"occurrences/{date.pk}"}
