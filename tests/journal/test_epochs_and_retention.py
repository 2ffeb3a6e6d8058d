"""Streams let go of old frames and learn of a restored store, and clients are told."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections

from village.core.actor import SYSTEM
from village.journal import epochs, queries, retention
from village.journal.actions import record
from village.journal.models import Entry, Store, Stream, StreamEntry
from village.residents.facts import ResidentLeft
from village.residents.models import Resident, Village

pytestmark = pytest.mark.django_db


@pytest.fixture
def write(lindental: Village, tom: Resident) -> Any:
    fact = ResidentLeft(village="lindental", resident_id=tom.pk, membership_id=tom.pk)
    return lambda at: record(fact, by=SYSTEM, at=at)


class TestTrim:
    def test_lets_go_of_what_is_older_than_a_week(self, write: Any, at: datetime) -> None:
        for days in (9, 8, 1):
            write(at - timedelta(days=days))

        assert retention.trim(at=at) == 2
        assert queries.top("access").floor == 2
        assert list(StreamEntry.objects.values_list("seq", flat=True)) == [3]
        assert Entry.objects.count() == 3

    def test_keeps_at_most_so_many_frames(
        self, write: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(retention, "KEPT_FRAMES", 2)
        monkeypatch.setattr(retention, "BATCH", 2)
        for _ in range(7):
            write(at)

        assert retention.trim(at=at) == 5
        assert queries.top("access").floor == 5

    @pytest.mark.django_db(transaction=True)
    def test_bears_many_streams_and_others_who_write_meanwhile(
        self, lindental: Village, at: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # More than a database hands over at once.
        Stream.objects.bulk_create(Stream(address=f"streams/{n}") for n in range(2100))
        Stream.objects.create(address="last", last_seq=20_000)
        trim = retention._trim
        meanwhile: list[threading.Thread] = []

        def write() -> None:
            Stream.objects.create(address="new")
            connections.close_all()

        def trim_while_others_write(stream: Stream, at: datetime) -> int:
            if not meanwhile:
                meanwhile.append(threading.Thread(target=write))
                meanwhile[0].start()
                meanwhile[0].join()
            return trim(stream, at)

        monkeypatch.setattr(retention, "_trim", trim_while_others_write)
        retention.trim(at=at)

        assert queries.top("last").floor == 10_000

    def test_does_nothing_twice(self, write: Any, at: datetime) -> None:
        write(at - timedelta(days=9))
        retention.trim(at=at)

        assert retention.trim(at=at) == 0


class TestRotate:
    def test_gives_every_stream_a_new_epoch_and_keeps_the_numbers(
        self, write: Any, at: datetime
    ) -> None:
        write(at)
        before = queries.top("access")
        call_command("streams", "rotate")

        after = queries.top("access")
        assert after.epoch != before.epoch
        assert after.seq == before.seq

    @pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL can tell")
    def test_notices_a_restored_database(self, write: Any, at: datetime) -> None:
        write(at)
        assert not epochs.rotate_if_restored()
        before = queries.top("access").epoch
        Store.objects.update(timeline=0)

        assert epochs.rotate_if_restored()
        assert queries.top("access").epoch != before
        assert not epochs.rotate_if_restored()
