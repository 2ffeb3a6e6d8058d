"""What helpers did cannot be changed unseen, and not at all through the village's own database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from threading import Event, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, ProgrammingError, connection, connections, transaction
from django.db.models import F

from tests.support.at_once import all_at_once
from tests.support.cast import Cast
from village.core.actor import Actor
from village.journal import guards, verification
from village.journal.actions import record, record_all
from village.journal.chain import ORIGIN
from village.journal.facts import declared_facts
from village.journal.models import Chain, Entry, Reading, StreamEntry
from village.residents.facts import ResidentLeft

pytestmark = pytest.mark.django_db
needs_postgres = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="only PostgreSQL has roles and writes at once"
)
ACTS = 5


@pytest.fixture
def act(cast: Cast, vera_for_edda: Actor, at: datetime) -> Callable[..., Any]:
    """Let vera do something for edda; other actors and villages may be named."""

    def do(by: Actor = vera_for_edda, village: str = "lindental", minutes: int = 0) -> Any:
        fact = ResidentLeft(village=village, resident_id=uuid4(), membership_id=uuid4())
        return record(fact, by=by, at=at + timedelta(minutes=minutes, microseconds=minutes))

    return do


@pytest.fixture
def acts(act: Callable[..., Any]) -> None:
    for minutes in range(ACTS):
        act(minutes=minutes)


@contextmanager
def unguarded() -> Iterator[Any]:
    """Do what somebody could who has the whole database in her hands."""
    with connection.cursor() as cursor:
        guards.take_down(cursor, connection.vendor)
        yield cursor
        guards.set_up(cursor, connection.vendor)


def faults(**kept: Any) -> list[str]:
    return [fault for reading in verification.verify(**kept) for fault in reading.faults]


def verify(*options: str) -> str:
    out = StringIO()
    call_command("ledger", "verify", *options, stdout=out)
    return out.getvalue()


class TestTheChain:
    def test_binds_what_helpers_did_and_nothing_else(
        self, act: Callable[..., Any], acts: None, cast: Cast
    ) -> None:
        act(by=Actor(cast.edda.pk))

        links = Entry.objects.filter(number__isnull=False).order_by("pk")
        assert list(links.values_list("number", flat=True)) == list(range(1, ACTS + 1))
        assert Entry.objects.latest("pk").hash is None
        assert verification.tips() == [("lindental", ACTS, bytes(links.last().hash).hex())]
        assert f"{ACTS} entries read; every one is as it was written." in verify()

    def test_is_one_per_village(self, act: Callable[..., Any], acts: None) -> None:
        act(village="bergheim")
        assert [(village, number) for village, number, _ in verification.tips()] == [
            ("bergheim", 1),
            ("lindental", ACTS),
        ]
        assert f"{ACTS + 1} entries read" in verify()

    def test_gives_a_link_back_when_the_act_fails(self, act: Callable[..., Any]) -> None:
        act()
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            act()
            raise ZeroDivisionError
        act()
        assert Chain.objects.get().length == 2
        assert not faults()

    def test_takes_several_facts_of_one_verb(
        self, cast: Cast, vera_for_edda: Actor, at: datetime
    ) -> None:
        both = [
            ResidentLeft(village=village, resident_id=uuid4(), membership_id=uuid4())
            for village in ("lindental", "bergheim")
        ]
        record_all(both, by=vera_for_edda, at=at)
        assert [number for _, number, _ in verification.tips()] == [1, 1]
        assert not faults()

    def test_bears_that_a_person_is_erased(self, acts: None, cast: Cast) -> None:
        """The journal refers to people and never says who they are."""
        kept = str(list(Entry.objects.values_list("data", flat=True)))
        assert "Edda" not in kept and "Vera" not in kept
        cast.mandate.delete()
        cast.edda.delete()
        assert not faults()

    def test_binds_nothing_that_two_databases_would_spell_in_two_ways(self) -> None:
        for fact in declared_facts().values():
            for field in fact.model_fields.values():
                assert "float" not in str(field.annotation), fact.kind


class TestVerifying:
    def test_says_that_an_empty_ledger_is_well(self, cast: Cast) -> None:
        assert "0 entries read; every one is as it was written." in verify()

    @pytest.mark.parametrize("column", ["helper_id", "principal_id", "mandate_id", "at", "data"])
    def test_finds_one_changed_bit(self, acts: None, column: str) -> None:
        entry = Entry.objects.get(number=3)
        changed: Any = getattr(entry, column)
        match column:
            case "at":
                changed += timedelta(microseconds=1)
            case "data":
                last = changed["resident_id"][-1]
                changed["resident_id"] = changed["resident_id"][:-1] + f"{int(last, 16) ^ 1:x}"
            case _:
                changed = type(changed)(int=changed.int ^ 1)
        with unguarded():
            Entry.objects.filter(number=3).update(**{column: changed})

        assert faults() == ["number 3 is not what was written"]
        with pytest.raises(CommandError, match="lindental: number 3 is not what was written"):
            verify()

    def test_finds_one_changed_bit_of_a_hash(self, acts: None) -> None:
        stored = bytearray(bytes(Entry.objects.get(number=2).hash or b""))
        stored[31] ^= 1
        with unguarded():
            Entry.objects.filter(number=2).update(hash=bytes(stored))
        assert faults() == [f"number {n} is not what was written" for n in (2, 3)]

    @pytest.mark.parametrize("number", [1, 3])
    def test_finds_a_removed_row(self, acts: None, number: int) -> None:
        with unguarded():
            _remove(number)
        assert f"after number {number - 1} comes number {number + 1}" in faults()

    def test_finds_a_row_that_was_made_its_own(self, acts: None) -> None:
        """Without its helper, an act would look like edda's."""
        with unguarded():
            Entry.objects.filter(number=4).update(
                helper_id=None, mandate_id=None, number=None, hash=None
            )
        assert "after number 3 comes number 5" in faults()

    def test_finds_a_swapped_pair(self, acts: None) -> None:
        second, fourth = (Entry.objects.get(number=number) for number in (2, 4))
        with unguarded():
            for entry, other in ((second, fourth), (fourth, second)):
                Entry.objects.filter(pk=entry.pk).update(data=other.data, at=other.at)
        assert faults() == [f"number {n} is not what was written" for n in (2, 4)]

    def test_finds_two_rows_that_changed_places(self, acts: None) -> None:
        second, third = (Entry.objects.get(number=number) for number in (2, 3))
        with unguarded():
            _remove(2)
            _remove(3)
            second.pk, third.pk = third.pk, second.pk
            Entry.objects.bulk_create([third, second])
        assert faults() == ["number 3 is out of its order"]

    def test_finds_a_cut_tail(self, acts: None) -> None:
        with unguarded():
            _remove(ACTS)
            _remove(ACTS - 1)
        assert faults() == [f"the chain ends at number {ACTS - 2} instead of {ACTS}"]

    def test_finds_a_chain_that_is_gone(self, acts: None) -> None:
        with unguarded():
            for number in range(1, ACTS + 1):
                _remove(number)
        assert faults() == [f"the chain ends at number 0 instead of {ACTS}"]

    def test_finds_an_invented_row(self, acts: None, cast: Cast, at: datetime) -> None:
        invented = Entry.objects.get(number=ACTS)
        invented.pk, invented.number = None, ACTS + 1
        Entry.objects.bulk_create([invented])
        assert faults() == [
            f"number {ACTS + 1} is not what was written",
            f"the chain ends at number {ACTS + 1} instead of {ACTS}",
        ]

    def test_finds_a_chain_written_anew_by_what_was_printed_of_it(
        self, acts: None, act: Callable[..., Any], tmp_path: Path
    ) -> None:
        printed = StringIO()
        call_command("ledger", "tips", stdout=printed)
        kept = tmp_path / "tips.txt"
        kept.write_text(printed.getvalue())
        assert f"{ACTS} entries read" in verify("--against", str(kept))

        with unguarded():
            for number in range(1, ACTS + 1):
                _remove(number)
            Chain.objects.update(length=0, tip=ORIGIN)
        for minutes in range(ACTS - 1):
            act(minutes=minutes)
        assert not faults()
        with pytest.raises(CommandError, match=f"number {ACTS}, whose hash was kept, is gone"):
            verify("--against", str(kept))
        act()
        with pytest.raises(CommandError, match=f"{ACTS} is not the one whose hash was kept"):
            verify("--against", str(kept))

    def test_refuses_a_file_that_is_something_else(self, cast: Cast, tmp_path: Path) -> None:
        (tmp_path / "tips.txt").write_text("dear diary")
        for name in ("tips.txt", "nowhere.txt"):
            with pytest.raises(CommandError, match="is not what 'ledger tips' printed"):
                verify("--against", str(tmp_path / name))


def _remove(number: int) -> None:
    entry = Entry.objects.filter(number=number)
    StreamEntry.objects.filter(entry__in=entry).delete()
    Reading.objects.filter(entry__in=entry).delete()
    entry.delete()


class TestTheDatabaseItself:
    @pytest.mark.parametrize(
        "change",
        [
            lambda rows: rows.update(kind="x"),
            lambda rows: rows.update(helper_id=None, mandate_id=None, number=None, hash=None),
            lambda rows: rows.update(id=F("id") + 100),
            lambda rows: rows.delete(),
            lambda rows: rows._raw_delete(using="default"),
            lambda rows: Entry.objects.bulk_update(rows, ["principal_id"]),
            lambda rows: rows[0].save(),
            lambda rows: rows[0].delete(),
            lambda rows: _sql("UPDATE journal_entry SET village_id = village_id"),
            lambda rows: _sql("DELETE FROM journal_entry"),
        ],
    )
    def test_refuses_every_change(self, acts: None, change: Callable[[Any], None]) -> None:
        # Nothing but the guard is in the way.
        StreamEntry.objects.all().delete()
        Reading.objects.all().delete()
        with pytest.raises(IntegrityError, match="never changed or deleted"), transaction.atomic():
            change(Entry.objects.filter(helper_id__isnull=False).order_by("pk"))
        assert Entry.objects.count() == ACTS
        assert not faults()

    def test_refuses_what_a_helper_did_outside_the_chain(
        self, cast: Cast, acts: None, at: datetime
    ) -> None:
        outside = Entry.objects.get(number=1)
        outside.pk = outside.number = outside.hash = None
        with pytest.raises(IntegrityError), transaction.atomic():
            Entry.objects.bulk_create([outside])

    @needs_postgres
    @pytest.mark.postgres
    def test_refuses_to_be_emptied(self, acts: None) -> None:
        _sql("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            _sql("TRUNCATE journal_entry CASCADE")

    def test_says_when_its_guard_is_away(self, acts: None) -> None:
        with unguarded(), pytest.raises(CommandError, match="guard of the ledger is missing"):
            verify()
        assert f"{ACTS} entries read" in verify()

    @needs_postgres
    @pytest.mark.postgres
    def test_takes_the_rights_from_a_role(self, acts: None, act: Callable[..., Any]) -> None:
        _sql("CREATE ROLE village_app")
        call_command("ledger", "guard", "village_app", stdout=StringIO())
        _sql("SET LOCAL ROLE village_app")
        act()
        assert Entry.objects.count() == ACTS + 1
        for change in (
            "UPDATE journal_entry SET kind = kind",
            "DELETE FROM journal_entry",
            "TRUNCATE journal_entry",
            "ALTER TABLE journal_entry DISABLE TRIGGER USER",
        ):
            with pytest.raises(ProgrammingError), transaction.atomic():
                _sql(change)
        _sql("RESET ROLE")
        assert not faults()

    def test_knows_no_such_role(self, cast: Cast) -> None:
        with pytest.raises(CommandError, match="role"):
            call_command("ledger", "guard", "nobody; DROP TABLE journal_entry")


def _sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@needs_postgres
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_acts_of_many_helpers_become_one_chain(self, cast: Cast, at: datetime) -> None:
        def act(person: Any) -> str:
            by = Actor(person, helper_id=cast.vera.pk, mandate_id=cast.mandate.pk)
            for _ in range(10):
                fact = ResidentLeft(village="lindental", resident_id=person, membership_id=person)
                with transaction.atomic():
                    record(fact, by=by, at=at)
            return "done"

        assert all_at_once(act, [uuid4() for _ in range(8)]) == {"done": 8}
        assert Chain.objects.get().length == 80
        assert not faults()

    def test_whoever_acts_for_herself_never_waits_for_it(self, cast: Cast, at: datetime) -> None:
        """An assisted act that waits for the chain holds no stream meanwhile."""
        fact = ResidentLeft(village="lindental", resident_id=uuid4(), membership_id=uuid4())
        waiting, done = Event(), Event()

        def assisted() -> None:
            by = Actor(cast.edda.pk, helper_id=cast.vera.pk, mandate_id=cast.mandate.pk)
            waiting.set()
            with transaction.atomic():
                record(fact, by=by, at=at)
            done.set()
            connections.close_all()

        with transaction.atomic():
            _sql("SELECT FROM journal_chain_hold('lindental')")
            helper = Thread(target=assisted)
            helper.start()
            assert waiting.wait(5)
            assert not done.wait(0.3)

            def alone() -> None:
                with transaction.atomic():
                    record(fact, by=Actor(cast.tom.pk), at=at)
                connections.close_all()

            tom = Thread(target=alone)
            tom.start()
            tom.join(3)
            assert not tom.is_alive() and not done.is_set()
        helper.join(5)
        assert done.is_set()
