"""Telling a large village costs a few questions for each batch, and none of them goes astray."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications import actions, queries
from notifications.models import FanOut, Notification, Preference
from village.core.actor import SYSTEM
from village.journal.models import StreamEntry
from village.journal.notices import Notice
from village.journal.readers import Recorded
from village.residents.models import Membership, Resident, Village

pytestmark = pytest.mark.django_db
Record = Callable[..., Recorded]
on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="is about how PostgreSQL goes about it"
)


def settle(village: Village, number: int, at: datetime, *, wanting: int = 1) -> None:
    """Let people move in, of whom every so many-th wants to hear the news."""
    people = Resident.objects.bulk_create(Resident(display_name="Reader") for _ in range(number))
    Membership.objects.bulk_create(
        Membership(village=village, resident=each, created_at=at) for each in people
    )
    Preference.objects.bulk_create(
        Preference(resident=each, notice="news.article", way="inbox", timing="now")
        for each in people[::wanting]
    )


def visited(node: dict[str, Any]) -> float:
    """Count the rows that a plan has looked at, in all of its steps and however often."""
    names = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Join Filter")
    here = sum(node.get(name, 0) for name in names) * node.get("Actual Loops", 1)
    return float(here + sum(visited(each) for each in node.get("Plans", ())))


class TestReaders:
    def test_are_found_lot_by_lot_in_the_order_of_their_ids(
        self,
        published: Record,
        lindental: Village,
        at: datetime,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(queries, "ASKED_AT_ONCE", 7)
        settle(lindental, 40, at, wanting=4)
        recorded, notice = published(), Notice.declared["news.article"]
        wanting = Preference.objects.order_by("resident").values_list("resident", flat=True)

        first = queries.readers_of(notice, recorded, after=None, at_most=6)
        rest = queries.readers_of(notice, recorded, after=first[-1].pk, at_most=6)
        assert [each.pk for each in (*first, *rest)] == sorted(wanting)
        assert (len(first), len(rest)) == (6, 4)

    def test_are_asked_for_once_where_the_first_of_them_are_enough(
        self, published: Record, lindental: Village, at: datetime
    ) -> None:
        settle(lindental, 40, at)
        recorded, notice = published(), Notice.declared["news.article"]
        with CaptureQueriesContext(connection) as few:
            queries.readers_of(notice, recorded, after=None, at_most=5)
        with CaptureQueriesContext(connection) as many:
            queries.readers_of(notice, recorded, after=None, at_most=40)
        assert len(few) == len(many) <= 3

    @on_postgresql
    @pytest.mark.parametrize("is_counted", [False, True])
    def test_are_found_without_trying_everybody_against_everybody(
        self, published: Record, lindental: Village, at: datetime, is_counted: bool
    ) -> None:
        people = 3000
        settle(lindental, people, at, wanting=2)
        recorded, notice = published(), Notice.declared["news.article"]
        with connection.cursor() as cursor:
            if is_counted:
                # As the database does by itself when there is time.
                cursor.execute("ANALYZE")
            with CaptureQueriesContext(connection) as asked:
                queries.readers_of(notice, recorded, after=None, at_most=200)
            # Before it has counted, an audience that a room gives may go astray; ours does not.
            questions = [each for each in asked if is_counted or "ANY(" in each["sql"]]
            assert questions
            for each in questions:
                cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {each['sql']}")
                [(found,)] = cursor.fetchall()
                plan = found if isinstance(found, list) else json.loads(found)
                assert visited(plan[0]["Plan"]) < 30 * people, each["sql"]


class TestTelling:
    @on_postgresql
    def test_asks_as_often_for_many_as_for_few(
        self, published: Record, lindental: Village, at: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("notifications.actions.telling.AT_ONCE", 5)

        def questions() -> int:
            actions.tell(by=SYSTEM, recorded=published(), at=timezone.now())
            fan_out = FanOut.objects.get()
            with CaptureQueriesContext(connection) as asked:
                assert not actions.tell_next(by=SYSTEM, fan_out_id=fan_out.pk, at=timezone.now())
            fan_out.delete()
            return len(asked)

        settle(lindental, 10, at)
        few = questions()
        settle(lindental, 60, at)
        assert questions() == few

    def test_numbers_everybodys_own_stream(
        self, published: Record, lindental: Village, at: datetime
    ) -> None:
        settle(lindental, 12, at)
        for _ in range(2):
            actions.tell(by=SYSTEM, recorded=published(), at=timezone.now())

        assert Notification.objects.count() == 24
        numbered = StreamEntry.objects.filter(stream__address__startswith="residents/")
        assert sorted(numbered.values_list("seq", flat=True)) == [1] * 12 + [2] * 12
