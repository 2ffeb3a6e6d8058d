"""What the streams of a case, of a desk and of its author show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from village.core.actor import Actor, Scope
from village.journal import queries as log
from village.journal.notices import Notice, notices_of
from village.journal.topics import Frame, find
from village.messaging import actions, facts
from village.messaging.models import Case
from village.residents.models import Resident

pytestmark = pytest.mark.django_db


def frames(address: str) -> list[Frame]:
    followed = find(address)
    assert followed is not None
    return log.frames_after(followed.topic, address, 0, limit=20)


@pytest.fixture
def answered(as_: Callable[..., Actor], case: Case, otto: Resident, at: datetime) -> Case:
    """Give nora's case after otto has read it, answered and done it."""
    otto_at_work = as_(otto)
    actions.acknowledge_case(by=otto_at_work, case_id=case.pk, at=at)
    actions.write_message(by=otto_at_work, case_id=case.pk, text="It is mended.", at=at)
    actions.resolve_case(by=otto_at_work, case_id=case.pk, at=at)
    return case


class TestFrames:
    def test_a_case_shows_its_messages_with_their_text(self, answered: Case) -> None:
        shown = frames(f"cases/{answered.pk}")

        assert [(frame.seq, frame.kind) for frame in shown] == [
            (1, "messaging.case_opened"),
            (2, "messaging.case_acknowledged"),
            (3, "messaging.message_written"),
            (4, "messaging.case_resolved"),
        ]
        assert shown[2].data["text"] == "It is mended."
        assert shown[2].data["from_authority"] is True
        assert {frame.scope for frame in shown} == {Scope.AUTHORITY_READ}

    def test_a_desk_and_the_author_see_how_the_case_stands_and_no_text(
        self, answered: Case, nora: Resident
    ) -> None:
        for address, scope in (
            (f"departments/{answered.department_id}/inbox", None),
            (f"residents/{nora.pk}", Scope.AUTHORITY_READ),
        ):
            shown = frames(address)
            assert [frame.data["id"] for frame in shown] == [str(answered.pk)] * 4
            assert all("text" not in frame.data and frame.scope == scope for frame in shown)

    def test_what_is_gone_is_a_tombstone_at_the_same_place(self, answered: Case) -> None:
        address, case_id = f"cases/{answered.pk}", answered.pk
        answered.delete()

        assert [(frame.seq, frame.data) for frame in frames(address)] == [
            (seq, {"gone": True}) for seq in range(1, 5)
        ]
        assert find(f"cases/{case_id}") is not None


class TestNotices:
    def test_an_answer_tells_the_author_without_its_words(
        self, case: Case, nora: Resident, otto: Resident, at: datetime
    ) -> None:
        said = actions.write_message(by=Actor(otto.pk), case_id=case.pk, text="Secret.", at=at)
        notice, fact = the_notice(facts.MessageWritten), written(said)
        words = notice.words(fact)

        assert list(notice.audience(fact)) == [nora.pk]
        assert words is not None
        assert words.title == "The town hall has answered."
        assert words.body == "Open the app to read it, or ask at your centre."
        assert notice.scope == Scope.AUTHORITY_READ

    def test_what_the_author_writes_tells_her_nothing(
        self, case: Case, nora: Resident, at: datetime
    ) -> None:
        said = actions.write_message(by=Actor(nora.pk), case_id=case.pk, text="t", at=at)
        assert list(the_notice(facts.MessageWritten).audience(written(said))) == []

    def test_a_new_case_tells_the_clerks_and_nobody_else(self, case: Case, otto: Resident) -> None:
        fact = opened(case)
        notice = the_notice(facts.CaseOpened)
        words = notice.words(fact)

        assert list(notice.audience(fact)) == [otto.pk]
        assert words is not None
        assert case.title not in f"{words.title} {words.body}"

    def test_there_is_nothing_to_tell_of_a_case_that_is_gone(
        self, case: Case, otto: Resident, at: datetime
    ) -> None:
        said = actions.write_message(by=Actor(otto.pk), case_id=case.pk, text="t", at=at)
        told = {facts.CaseOpened: opened(case), facts.MessageWritten: written(said)}
        case.delete()

        for of, fact in told.items():
            assert the_notice(of).words(fact) is None


def the_notice(of: Any) -> Notice:
    [notice] = notices_of(of)
    return notice


def opened(case: Case) -> facts.CaseOpened:
    return facts.CaseOpened(
        village=case.village_id,
        case=case.pk,
        department=case.department_id,
        author=case.author_id,
        message=case.messages.get(number=1).pk,
    )


def written(said: Any) -> facts.MessageWritten:
    return facts.MessageWritten(
        village=said.village_id,
        case=said.case_id,
        department=said.case.department_id,
        author=said.case.author_id,
        message=said.pk,
        writer=said.author_id,
    )
