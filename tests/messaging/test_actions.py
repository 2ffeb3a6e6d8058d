"""Opening a case, speaking in it, and moving it on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections

from tests.support.cast import Cast
from village.core.actor import SYSTEM, Actor, Scope
from village.core.errors import Forbidden, NotFound, OutOfScope
from village.journal.models import Entry
from village.messaging import actions
from village.messaging.models import Case, Category, Department, Message
from village.residents.models import Grant, Membership, Resident, Role, Village

pytestmark = pytest.mark.django_db
As = Callable[[Resident], Actor]


def newest_kind() -> str:
    return Entry.objects.latest("pk").kind


def with_scopes(by: Actor, *scopes: Scope) -> Actor:
    return Actor(by.principal_id, by.helper_id, by.mandate_id, frozenset(scopes))


class TestOpenCase:
    def test_keeps_the_matter_and_its_first_message(
        self, as_: As, nora: Resident, roads: Department, lamps: Category, at: datetime
    ) -> None:
        case = actions.open_case(
            by=as_(nora),
            village="lindental",
            department_id=roads.pk,
            category_id=lamps.pk,
            title="Dark",
            text="Very dark.",
            at=at,
        )

        case.refresh_from_db()
        assert (case.author, case.category, case.status) == (nora, lamps, "open")
        assert not case.via_helper
        said = Message.objects.get(case=case)
        assert (said.number, said.author, said.text, said.written_at) == (1, nora, "Very dark.", at)
        assert case.message_count == 1
        assert newest_kind() == "messaging.case_opened"

    def test_counts_for_the_elder_when_a_volunteer_writes_it_down(
        self, eddas_case: Case, edda: Resident, vera: Resident
    ) -> None:
        assert eddas_case.author == edda
        assert eddas_case.via_helper
        assert Message.objects.get().via_helper
        entry = Entry.objects.get()
        assert (entry.principal_id, entry.helper_id) == (edda.pk, vera.pk)

    def test_keeps_the_words_out_of_the_journal(self, case: Case) -> None:
        told = str(Entry.objects.get().data)
        assert "lamp" not in told and "dark" not in told

    def test_refuses_a_helper_whose_mandate_does_not_cover_it(
        self, vera_for_edda: Actor, roads: Department, at: datetime
    ) -> None:
        reads_only = with_scopes(vera_for_edda, Scope.AUTHORITY_READ)

        with pytest.raises(OutOfScope):
            actions.open_case(
                by=reads_only,
                village="lindental",
                department_id=roads.pk,
                title="t",
                text="t",
                at=at,
            )

        assert not Case.objects.exists() and not Entry.objects.exists()

    def test_shows_a_stranger_no_department(
        self, as_: As, strang: Resident, roads: Department, at: datetime
    ) -> None:
        for by in (as_(strang), SYSTEM):
            for village in ("lindental", "bergheim", "nowhere"):
                with pytest.raises(NotFound):
                    actions.open_case(
                        by=by,
                        village=village,
                        department_id=roads.pk,
                        title="t",
                        text="t",
                        at=at,
                    )

    def test_refuses_a_category_of_another_department(
        self, as_: As, nora: Resident, roads: Department, lindental: Village, at: datetime
    ) -> None:
        water = Department.objects.create(village=lindental, name="Water", created_at=at)
        pipes = Category.objects.create(
            village=lindental, department=water, name="Pipes", created_at=at
        )

        for category in (pipes.pk, uuid4()):
            with pytest.raises(NotFound):
                actions.open_case(
                    by=as_(nora),
                    village="lindental",
                    department_id=roads.pk,
                    category_id=category,
                    title="t",
                    text="t",
                    at=at,
                )
        assert not Case.objects.exists()


class TestWriteMessage:
    def test_numbers_what_author_and_clerk_say(
        self, as_: As, case: Case, nora: Resident, otto: Resident, at: datetime
    ) -> None:
        actions.write_message(by=as_(otto), case_id=case.pk, text="We will look.", at=at)
        actions.write_message(by=as_(nora), case_id=case.pk, text="Thank you.", at=at)

        said = Message.objects.order_by("number").values_list("number", "author__display_name")
        assert list(said) == [(1, "Nora"), (2, "Otto"), (3, "Nora")]
        assert newest_kind() == "messaging.message_written"

    def test_lets_a_helper_answer_in_the_case_of_her_principal(
        self, eddas_case: Case, vera_for_edda: Actor, edda: Resident, at: datetime
    ) -> None:
        said = actions.write_message(
            by=vera_for_edda, case_id=eddas_case.pk, text="Since today.", at=at
        )

        assert said.author_id == edda.pk
        assert said.via_helper

    def test_takes_a_word_after_the_case_is_resolved(
        self, as_: As, case: Case, nora: Resident, otto: Resident, at: datetime
    ) -> None:
        actions.resolve_case(by=as_(otto), case_id=case.pk, at=at)
        actions.write_message(by=as_(nora), case_id=case.pk, text="Thank you.", at=at)

        case.refresh_from_db()
        assert case.message_count == 2 and case.status == "resolved"

    def test_refuses_a_helper_who_may_only_read(
        self, eddas_case: Case, vera_for_edda: Actor, at: datetime
    ) -> None:
        reads_only = with_scopes(vera_for_edda, Scope.AUTHORITY_READ)
        with pytest.raises(OutOfScope):
            actions.write_message(by=reads_only, case_id=eddas_case.pk, text="t", at=at)

    @pytest.mark.parametrize("name", ["tom", "mia", "carla", "max", "stella", "strang", "vera"])
    def test_hides_the_case_from_everybody_else(
        self, as_: As, cast: Cast, case: Case, name: str, at: datetime
    ) -> None:
        with pytest.raises(NotFound):
            actions.write_message(by=as_(getattr(cast, name)), case_id=case.pk, text="t", at=at)
        assert Message.objects.count() == 1

    def test_does_not_let_a_helper_speak_as_the_clerk_that_her_principal_is(
        self, case: Case, otto: Resident, vera: Resident, at: datetime
    ) -> None:
        vera_for_otto = Actor(otto.pk, helper_id=vera.pk, mandate_id=uuid4())
        with pytest.raises(NotFound):
            actions.write_message(by=vera_for_otto, case_id=case.pk, text="t", at=at)

    def test_hides_a_case_from_an_author_who_has_left(
        self, as_: As, case: Case, nora: Resident, at: datetime
    ) -> None:
        Membership.objects.filter(resident=nora).update(ended_at=at)
        with pytest.raises(NotFound):
            actions.write_message(by=as_(nora), case_id=case.pk, text="t", at=at)

    def test_does_not_believe_a_clerk_role_that_another_village_gave(
        self, as_: As, case: Case, strang: Resident, roads: Department, at: datetime
    ) -> None:
        membership = Membership.objects.get(resident=strang)
        Grant.objects.create(membership=membership, role=Role.CLERK, of=roads.pk, granted_at=at)

        with pytest.raises(NotFound):
            actions.write_message(by=as_(strang), case_id=case.pk, text="t", at=at)


class TestAcknowledgeAndResolve:
    def test_a_clerk_moves_a_case_on(
        self, as_: As, case: Case, otto: Resident, at: datetime
    ) -> None:
        acknowledged = actions.acknowledge_case(by=as_(otto), case_id=case.pk, at=at)
        assert (acknowledged.status, newest_kind()) == (
            "acknowledged",
            "messaging.case_acknowledged",
        )

        resolved = actions.resolve_case(by=as_(otto), case_id=case.pk, at=at)
        assert (resolved.status, newest_kind()) == ("resolved", "messaging.case_resolved")

    @pytest.mark.parametrize("verb", [actions.acknowledge_case, actions.resolve_case])
    def test_a_second_call_changes_nothing(
        self, as_: As, case: Case, otto: Resident, at: datetime, verb: Callable[..., Case]
    ) -> None:
        verb(by=as_(otto), case_id=case.pk, at=at)
        verb(by=as_(otto), case_id=case.pk, at=at)

        assert Entry.objects.count() == 2

    def test_a_resolved_case_cannot_be_acknowledged(
        self, as_: As, case: Case, otto: Resident, at: datetime
    ) -> None:
        actions.resolve_case(by=as_(otto), case_id=case.pk, at=at)
        with pytest.raises(actions.CaseIsResolved):
            actions.acknowledge_case(by=as_(otto), case_id=case.pk, at=at)

    @pytest.mark.parametrize("verb", [actions.acknowledge_case, actions.resolve_case])
    @pytest.mark.parametrize(
        ("name", "refusal"),
        [("nora", Forbidden), ("tom", NotFound), ("stella", NotFound), ("strang", NotFound)],
    )
    def test_nobody_else_does(
        self,
        as_: As,
        cast: Cast,
        case: Case,
        at: datetime,
        verb: Callable[..., Case],
        name: str,
        refusal: type[Exception],
    ) -> None:
        with pytest.raises(refusal):
            verb(by=as_(getattr(cast, name)), case_id=case.pk, at=at)
        case.refresh_from_db()
        assert case.status == "open"

    def test_a_clerk_of_another_department_sees_no_case(
        self, as_: As, cast: Cast, case: Case, lindental: Village, at: datetime
    ) -> None:
        water = Department.objects.create(village=lindental, name="Water", created_at=at)
        membership = Membership.objects.get(resident=cast.tom)
        Grant.objects.create(membership=membership, role=Role.CLERK, of=water.pk, granted_at=at)

        with pytest.raises(NotFound):
            actions.resolve_case(by=as_(cast.tom), case_id=case.pk, at=at)


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_messages_written_at_once_get_one_number_each(
        self, case: Case, nora: Resident, otto: Resident, at: datetime
    ) -> None:
        together = Barrier(6)

        def write(author: UUID) -> None:
            together.wait(timeout=5)
            try:
                for _ in range(5):
                    actions.write_message(by=Actor(author), case_id=case.pk, text="t", at=at)
            finally:
                connections.close_all()

        writers = [Thread(target=write, args=(who.pk,)) for who in (nora, otto) * 3]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join(timeout=10)

        numbers = Message.objects.order_by("number").values_list("number", flat=True)
        assert list(numbers) == list(range(1, 32))
        case.refresh_from_db()
        assert case.message_count == 31
