"""What is recorded is numbered without gaps, told to watchers, and read back as it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction

from tests.support.cast import Cast
from village.core.actor import SYSTEM, Actor
from village.journal import queries, readers
from village.journal.actions import record, record_all
from village.journal.facts import Fact
from village.journal.models import Entry, Stream, StreamEntry
from village.journal.verification import verify
from village.residents.facts import ResidentErased, ResidentLeft
from village.residents.models import Resident, Village

pytestmark = pytest.mark.django_db


def left(village: Village, resident: Resident) -> ResidentLeft:
    return ResidentLeft(village=village.pk, resident_id=resident.pk, membership_id=resident.pk)


class TestRecord:
    def test_numbers_a_stream_from_one_without_gaps(
        self, lindental: Village, tom: Resident, at: datetime
    ) -> None:
        for _ in range(3):
            record(left(lindental, tom), by=SYSTEM, at=at)

        assert queries.top("access").seq == 3
        assert list(StreamEntry.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2, 3]

    def test_gives_a_number_back_when_the_transaction_fails(
        self, lindental: Village, tom: Resident, at: datetime
    ) -> None:
        record(left(lindental, tom), by=SYSTEM, at=at)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            record(left(lindental, tom), by=SYSTEM, at=at)
            raise ZeroDivisionError
        record(left(lindental, tom), by=SYSTEM, at=at)

        assert queries.top("access").seq == 2

    def test_names_principal_helper_and_mandate(
        self, lindental: Village, edda: Resident, vera_for_edda: Actor, at: datetime
    ) -> None:
        record(left(lindental, edda), by=vera_for_edda, at=at)

        entry = Entry.objects.get()
        assert entry.principal_id == edda.pk
        assert entry.helper_id == vera_for_edda.helper_id
        assert entry.mandate_id == vera_for_edda.mandate_id

    def test_keeps_the_epoch_of_a_stream(
        self, lindental: Village, tom: Resident, at: datetime
    ) -> None:
        first = record(left(lindental, tom), by=SYSTEM, at=at)
        second = record(left(lindental, tom), by=SYSTEM, at=at)

        assert first.positions[0].epoch == second.positions[0].epoch == Stream.objects.get().epoch

    def test_tells_watchers_only_after_the_commit(
        self,
        lindental: Village,
        tom: Resident,
        at: datetime,
        monkeypatch: pytest.MonkeyPatch,
        django_capture_on_commit_callbacks: Callable[..., Any],
    ) -> None:
        heard: list[readers.Recorded] = []
        monkeypatch.setattr(readers, "watchers", [heard.extend])
        with django_capture_on_commit_callbacks(execute=True):
            record(left(lindental, tom), by=SYSTEM, at=at)
            assert not heard

        assert [each.positions[0].seq for each in heard] == [1]

    def test_tells_watchers_together_of_what_was_recorded_together(
        self,
        lindental: Village,
        tom: Resident,
        nora: Resident,
        at: datetime,
        monkeypatch: pytest.MonkeyPatch,
        django_capture_on_commit_callbacks: Callable[..., Any],
    ) -> None:
        heard: list[list[readers.Recorded]] = []
        monkeypatch.setattr(readers, "watchers", [heard.append])
        with django_capture_on_commit_callbacks(execute=True):
            record_all([left(lindental, each) for each in (tom, nora)], by=SYSTEM, at=at)

        [together] = heard
        assert [each.positions[0].seq for each in together] == [1, 2]

    def test_writes_many_as_it_writes_one(
        self, lindental: Village, cast: Cast, vera_for_edda: Actor, at: datetime
    ) -> None:
        facts: list[Fact] = [
            left(lindental, cast.tom),
            ResidentErased(village="lindental", resident_id=cast.tom.pk),
            left(lindental, cast.nora),
        ]
        together = record_all(facts, by=vera_for_edda, at=at)
        apart = [record(fact, by=vera_for_edda, at=at) for fact in facts]

        def seen(told: list[readers.Recorded]) -> list[object]:
            entries = Entry.objects.in_bulk([each.entry_id for each in told])
            return [
                (
                    entries[each.entry_id].kind,
                    entries[each.entry_id].data,
                    entries[each.entry_id].helper_id,
                    sorted(position.address for position in each.positions),
                    sorted(entries[each.entry_id].readings.values_list("reader", flat=True)),
                )
                for each in told
            ]

        assert seen(together) == seen(apart)
        ids = [each.entry_id for each in (*together, *apart)]
        assert ids == sorted(ids)
        assert [Entry.objects.get(pk=pk).number for pk in ids] == [1, 2, 3, 4, 5, 6]
        [read] = verify()
        assert (read.entries, read.faults) == (6, [])

    def test_bears_a_watcher_that_fails(
        self,
        lindental: Village,
        tom: Resident,
        at: datetime,
        monkeypatch: pytest.MonkeyPatch,
        django_capture_on_commit_callbacks: Callable[..., Any],
    ) -> None:
        def fail(recorded: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(readers, "watchers", [fail])
        with django_capture_on_commit_callbacks(execute=True):
            record(left(lindental, tom), by=SYSTEM, at=at)

        assert Entry.objects.count() == 1

    def test_reads_frames_back_in_order(
        self, lindental: Village, tom: Resident, nora: Resident, at: datetime
    ) -> None:
        recorded = record(left(lindental, tom), by=SYSTEM, at=at)
        record(left(lindental, nora), by=SYSTEM, at=at)

        frames = queries.frames_after(recorded.positions[0].topic, "access", 0, limit=10)

        assert [(frame.seq, frame.data) for frame in frames] == [
            (1, {"resident": str(tom.pk)}),
            (2, {"resident": str(nora.pk)}),
        ]


@pytest.mark.django_db(transaction=True)
def test_refuses_to_record_outside_a_transaction(at: datetime) -> None:
    with pytest.raises(RuntimeError, match="in the transaction"):
        record(
            ResidentLeft.model_construct(village="lindental", resident_id=None, membership_id=None),
            by=SYSTEM,
            at=at,
        )
