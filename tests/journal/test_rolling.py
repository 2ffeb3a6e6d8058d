"""Two versions at once: what a newer process wrote is lost on no older one, and stops none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from village.core.actor import SYSTEM
from village.journal import facts, queries, readers, tasks
from village.journal.actions import record
from village.journal.facts import UnknownFact
from village.journal.models import Entry, Reading
from village.journal.readers import Recorded, after
from village.realtime.access import access
from village.residents.facts import ResidentLeft
from village.residents.models import Resident, Village

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard() -> Iterator[list[int]]:
    """Declare a reaction for a while, as the newer version does."""
    told: list[int] = []

    @after(ResidentLeft)
    def newer(recorded: Recorded) -> None:
        told.append(recorded.entry_id)

    yield told
    for name in [name for name in readers._reactions if name.endswith(".newer")]:
        del readers._reactions[name]


def leave(village: Village, tom: Resident, at: datetime) -> Entry:
    fact = ResidentLeft(village=village.pk, resident_id=tom.pk, membership_id=tom.pk)
    return Entry.objects.get(pk=record(fact, by=SYSTEM, at=at).entry_id)


class TestReaders:
    def test_one_that_is_unknown_here_still_hears_elsewhere(
        self, lindental: Village, tom: Resident, heard: list[int]
    ) -> None:
        entry = leave(lindental, tom, timezone.now())
        [name] = [name for name in readers._reactions if name.endswith(".newer")]
        newer = readers._reactions.pop(name)

        # An older process is woken for it first.
        tasks.read_entry(entry.pk)
        reading = Reading.objects.get(entry=entry, reader=name)
        assert reading.done_at is None and reading.due_at > timezone.now() and not heard

        readers._reactions[name] = newer
        Reading.objects.filter(pk=reading.pk).update(due_at=timezone.now())
        tasks.sweep()
        assert heard == [entry.pk]
        assert Reading.objects.get(pk=reading.pk).done_at is not None

    def test_one_that_is_unknown_for_a_week_is_forgotten(
        self, lindental: Village, tom: Resident, at: datetime
    ) -> None:
        now = timezone.now()
        entries = [leave(lindental, tom, now - timedelta(days=days)) for days in (6, 8)]
        Reading.objects.bulk_create(
            Reading(entry=each, reader="rooms.that.are.gone", due_at=now) for each in entries
        )
        tasks.tidy()

        left = Reading.objects.filter(reader="rooms.that.are.gone").values_list("entry", flat=True)
        assert list(left) == [entries[0].pk]


class TestFacts:
    @pytest.mark.parametrize("change", ["kind", "shape", "cargo"])
    def test_that_are_unknown_end_a_reading_and_are_named(
        self,
        lindental: Village,
        tom: Resident,
        at: datetime,
        change: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        entries = [leave(lindental, tom, at) for _ in range(3)]
        from_the_newer(entries[1], change, monkeypatch)

        if change == "cargo":
            with pytest.raises(UnknownFact):
                queries.frames_after(access, "access", 0, limit=10)
            return
        assert [each.seq for each in queries.frames_after(access, "access", 0, limit=10)] == [1]
        with pytest.raises(UnknownFact):
            queries.frames_after(access, "access", 1, limit=10)
        assert [each.seq for each in queries.frames_after(access, "access", 2, limit=10)] == [3]


def from_the_newer(entry: Entry, change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make an entry such as only a newer version could have written it."""
    # The ledger forbids changing what helpers did; this is nobody's.
    data: dict[str, Any] = entry.data
    match change:
        case "kind":
            Entry.objects.filter(pk=entry.pk).update(kind="rooms.from_tomorrow")
            assert "rooms.from_tomorrow" not in facts.declared_facts()
        case "shape":
            Entry.objects.filter(pk=entry.pk).update(data=data | {"from": "tomorrow"})
        case "cargo":
            monkeypatch.setattr(access, "cargo", {})
