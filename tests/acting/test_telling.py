"""What edda takes home, and what the post brings her each month."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from notifications.actions import tell
from notifications.models import Delivery, Notification, Preference, Way
from notifications.policies import may_prefer
from tests.acting.conftest import Api
from tests.support.cast import Cast, sit
from village.acting import actions, queries, tasks
from village.acting.facts import SessionEnded, StatementMade
from village.acting.models import LASTS, AssistedSession, Place, Statement
from village.acting.slip import slip_of
from village.assist.models import Reach
from village.core import paper
from village.core.actor import SYSTEM, Actor
from village.core.errors import Forbidden
from village.journal import verification
from village.journal.actions import record
from village.journal.models import Entry
from village.journal.notices import Notice
from village.journal.queries import recorded
from village.messaging.facts import CaseOpened
from village.residents.models import Resident, Village

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]
OCTOBER = datetime(2026, 10, 1, tzinfo=UTC)


@pytest.fixture
def wrote(cast: Cast, vera_for_edda: Actor) -> Callable[[datetime], None]:
    """Let vera write to the town hall for edda at a moment."""

    def write(at: datetime) -> None:
        ids = {name: uuid4() for name in ("case", "department", "message")}
        fact = CaseOpened(village="lindental", author=cast.edda.pk, **ids)
        record(fact, by=vera_for_edda, at=at)

    return write


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give what is written on sheets."""
    lines: list[str] = []
    write = paper.Sheet._write

    def noting(self: Any, text: str, **options: Any) -> None:
        lines.append(text)
        write(self, text, **options)

    monkeypatch.setattr(paper.Sheet, "_write", noting)
    return lines


class TestTheSlip:
    def test_tells_what_was_done_what_comes_and_whom_to_call(
        self, cast: Cast, wrote: Callable[[datetime], None], at: datetime, printed: list[str]
    ) -> None:
        Resident.objects.filter(pk=cast.edda.pk).update(language="en")
        type(cast.centre).objects.update(phone="0921 4711", address="Schulgasse 3")
        session = sit(cast.vera, cast.mandate, begun=at)
        wrote(at + timedelta(minutes=5))
        wrote(at + timedelta(minutes=40))
        found = queries.visible_session(Actor(cast.edda.pk), session.pk)

        sheet = slip_of(found)

        assert sheet.startswith(b"%PDF-")
        assert "13:05: Vera wrote to the town hall." in printed
        assert not any(line.startswith("13:40") for line in printed)
        assert "The town hall answers you, in the way you chose." in printed
        assert "0921 4711" in printed and "Alte Schule" in printed
        assert any("code on your card" in line for line in printed)
        first = Entry.objects.get(number=1)
        mark = bytes(first.hash or b"").hex()[:16]
        assert any(mark in line and "number 1" in line for line in printed)

    def test_says_so_when_nothing_was_done(
        self, cast: Cast, at: datetime, printed: list[str]
    ) -> None:
        Resident.objects.filter(pk=cast.edda.pk).update(language="en")
        session = sit(cast.vera, cast.mandate, begun=at, place=Place.PHONE)
        slip_of(queries.visible_session(Actor(cast.vera.pk), session.pk))
        assert "We looked at things together. Nothing was sent or changed." in printed
        assert "on the phone" in printed

    def test_is_given_to_the_two_alone(self, browser: Browser, cast: Cast) -> None:
        address = f"/sessions/{AssistedSession.objects.get().pk}/slip.pdf"
        for name, status in (("edda", 200), ("vera", 200), ("carla", 404), ("tom", 404)):
            answer = browser(getattr(cast, name)).get(address)
            assert answer.status_code == status, name
        assert browser().get(address).status_code == 302


class TestAfterACall:
    def tell_of(self, at: datetime) -> Notification | None:
        entry = Entry.objects.filter(kind=SessionEnded.kind).latest("pk")
        tell(by=SYSTEM, recorded=recorded(entry), at=at)
        return Notification.objects.filter(notice="acting.after_a_call").first()

    def test_she_hears_by_her_own_way_what_was_done(
        self, cast: Cast, wrote: Callable[[datetime], None], at: datetime
    ) -> None:
        Resident.objects.filter(pk=cast.edda.pk).update(language="en")
        Reach.objects.create(resident=cast.edda, ways=["print"])
        session = sit(cast.vera, cast.mandate, begun=at, place=Place.PHONE)
        wrote(at + timedelta(minutes=5))
        by = Actor(cast.vera.pk)
        actions.end_session(by=by, session_id=session.pk, at=at + timedelta(minutes=9))

        letter = self.tell_of(at)
        assert letter is not None and letter.title == "Your call with Alte Schule"
        assert "13:05: Vera wrote to the town hall." in letter.body
        assert "said goodbye" not in letter.body
        assert "The town hall answers you, in the way you chose." in letter.body
        assert Delivery.objects.get().way == Way.PRINT

    def test_of_the_desk_the_slip_has_told_her(self, cast: Cast, at: datetime) -> None:
        session = sit(cast.vera, cast.mandate, begun=at)
        actions.end_session(by=Actor(cast.vera.pk), session_id=session.pk, at=at)
        assert self.tell_of(at) is None

    def test_she_hears_of_one_that_nobody_has_ended(self, cast: Cast) -> None:
        now = timezone.now()
        running = sit(cast.vera, cast.mandate, begun=now, place=Place.PHONE)
        assert tasks.close_sessions() == 0
        AssistedSession.objects.update(starts_at=now - LASTS, ends_at=now)
        assert tasks.close_sessions() == 1 and tasks.close_sessions() == 0
        running.refresh_from_db()
        assert running.ended_at == now
        assert self.tell_of(now) is not None

    def test_is_closed_by_the_village_alone(self, cast: Cast, at: datetime) -> None:
        session = sit(cast.vera, cast.mandate, begun=at)
        with pytest.raises(Forbidden):
            actions.close_session(by=Actor(cast.vera.pk), session_id=session.pk, at=at)


class TestTheMonth:
    def test_is_the_one_that_was_over_last_on_the_villages_clock(self, lindental: Village) -> None:
        begins_at, ends_at = queries.month_before(
            datetime(2026, 10, 31, 23, 30, tzinfo=UTC), lindental.tzinfo
        )
        # It is November in Berlin already, and summer time ended in October.
        assert begins_at.astimezone(UTC) == datetime(2026, 9, 30, 22, tzinfo=UTC)
        assert ends_at.astimezone(UTC) == datetime(2026, 10, 31, 23, tzinfo=UTC)


class TestTheStatement:
    def make(self, cast: Cast, at: datetime) -> Statement | None:
        return actions.make_statement(
            by=SYSTEM,
            person_id=cast.edda.pk,
            village="lindental",
            begins_at=OCTOBER,
            ends_at=OCTOBER + timedelta(days=31),
            at=at,
        )

    def letter(self, at: datetime) -> Notification:
        entry = Entry.objects.filter(kind=StatementMade.kind).latest("pk")
        tell(by=SYSTEM, recorded=recorded(entry), at=at)
        return Notification.objects.get(notice="acting.statement")

    def test_lists_the_month_in_her_language_and_by_her_way(
        self, cast: Cast, wrote: Callable[[datetime], None], at: datetime
    ) -> None:
        Resident.objects.filter(pk=cast.edda.pk).update(language="en")
        Reach.objects.create(resident=cast.edda, ways=["print"])
        for moment in (OCTOBER - timedelta(days=1), OCTOBER, OCTOBER + timedelta(days=31)):
            wrote(moment)
        made = self.make(cast, at)
        letter = self.letter(at)

        assert made is not None and made.acts == 1
        assert letter.title == "What was done in your name in October 2026"
        assert letter.body.count("wrote to the town hall") == 1
        assert letter.body.startswith("Oct. 1, 2026, 02:00: Vera wrote to the town hall.")
        assert f"number 3, with the mark {verification.tip_of('lindental')[1][:16]}" in letter.body
        assert (letter.resident, letter.in_inbox) == (cast.edda, True)
        assert Way.PRINT in Delivery.objects.values_list("way", flat=True)

    def test_says_that_nothing_was_done(self, cast: Cast, at: datetime) -> None:
        Resident.objects.filter(pk=cast.edda.pk).update(language="en")
        self.make(cast, at)
        assert self.letter(at).body.startswith("Nobody did anything in your name this month.")

    def test_is_made_once(self, cast: Cast, at: datetime) -> None:
        assert self.make(cast, at) is not None
        assert self.make(cast, at) is None
        assert Entry.objects.filter(kind=StatementMade.kind).count() == 1

    def test_is_made_by_the_village_alone(self, cast: Cast, at: datetime) -> None:
        with pytest.raises(Forbidden):
            actions.make_statement(
                by=Actor(cast.carla.pk),
                person_id=cast.edda.pk,
                village="lindental",
                begins_at=OCTOBER,
                ends_at=OCTOBER + timedelta(days=31),
                at=at,
            )

    def test_goes_to_all_who_are_helped_and_to_nobody_else(self, cast: Cast) -> None:
        assert tasks.make_statements() == 1
        assert Statement.objects.get().person == cast.edda
        assert tasks.make_statements() == 0

    def test_is_out_of_a_volunteers_reach(
        self, api: Api, cast: Cast, vera_for_edda: Actor, at: datetime
    ) -> None:
        """She neither reads it nor chooses, in edda's name, where it goes."""
        notice = Notice.declared["acting.statement"]
        assert notice.scope is None
        assert not may_prefer(vera_for_edda, notice)
        assert not may_prefer(vera_for_edda, None)
        self.make(cast, at)
        self.letter(at)
        headers = {"X-Acting-For": str(cast.mandate.pk)}
        vera = api(cast.vera)
        assert vera.get("/api/v1/me/notifications", headers=headers).status_code == 403
        shown = vera.get("/api/v1/me/preferences", headers=headers)
        assert shown.status_code == 200
        assert b"acting.statement" not in shown.content
        for key in ("acting.statement", "*"):
            chosen = vera.put(
                "/api/v1/me/preferences",
                {"notice": key, "way": "print", "timing": "none"},
                content_type="application/json",
                headers=headers,
            )
            assert chosen.status_code == 403
        assert not Preference.objects.exists()
