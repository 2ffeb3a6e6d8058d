"""What the streams of the board, of a date and of those who come show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from events import actions
from events.models import Event
from tests.events.factories import make_date, make_event, sign_up, withdraw
from tests.support.cast import Cast
from village.core.actor import Actor, Scope
from village.journal import queries as log
from village.journal.topics import Frame, admitted, find
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
As = Callable[[Resident], Actor]
BOARD = "villages/lindental/events"


def frames(address: str) -> list[Frame]:
    followed = find(address)
    assert followed is not None
    return log.frames_after(followed.topic, address, 0, limit=50)


def kinds(address: str) -> list[str]:
    return [frame.kind.removeprefix("events.") for frame in frames(address)]


def follows(by: Actor, address: str) -> bool:
    followed = find(address)
    return followed is not None and admitted({by}, followed) == {by}


class TestFrames:
    def test_the_board_shows_the_whole_event_with_the_places_left(
        self, nora: Resident, tom: Resident, mia: Resident, at: datetime
    ) -> None:
        date = make_date(nora, at=at, capacity=2)
        sign_up(tom, date, 2)
        sign_up(mia, date)

        shown = frames(BOARD)
        assert kinds(BOARD) == [
            "event_published",
            "attendance_confirmed",
            "attendance_waitlisted",
        ]
        (card,) = shown[-1].data["occurrences"]
        assert shown[-1].data["title"] == "Coffee and cake"
        assert (card["seats_left"], card["waiting"]) == (0, 1)
        assert str(tom.pk) not in str(shown)

    def test_a_date_and_each_person_have_streams_of_their_own(
        self, as_: As, nora: Resident, tom: Resident, mia: Resident, at: datetime
    ) -> None:
        date = make_date(nora, at=at, capacity=1)
        sign_up(tom, date)
        sign_up(mia, date)
        withdraw(tom, date)
        actions.cancel_occurrence(by=as_(nora), occurrence_id=date.pk, at=at)

        assert kinds(f"occurrences/{date.pk}") == [
            "attendance_confirmed",
            "attendance_waitlisted",
            "attendance_withdrawn",
            "attendance_promoted",
            "occurrence_cancelled",
        ]
        assert frames(f"occurrences/{date.pk}")[-1].data["status"] == "cancelled"
        own = frames(f"residents/{mia.pk}")
        assert kinds(f"residents/{mia.pk}") == ["attendance_waitlisted", "attendance_promoted"]
        assert {frame.data["status"] for frame in own} == {"confirmed"}
        assert {frame.scope for frame in own} == {Scope.EVENTS_JOIN}

    def test_nobody_hears_of_a_draft(self, as_: As, nora: Resident, at: datetime) -> None:
        date = make_date(nora, at=at, publish=False)
        actions.cancel_occurrence(by=as_(nora), occurrence_id=date.pk, at=at)

        assert frames(BOARD) == []

    def test_what_is_gone_is_a_tombstone(self, nora: Resident, at: datetime) -> None:
        make_event(nora, at=at)
        Event.objects.all().delete()

        assert [frame.data for frame in frames(BOARD)] == [{"gone": True}]

    def test_a_board_kept_by_its_frames_is_the_board(
        self,
        api: Callable[..., Client],
        cast: Cast,
        as_: As,
        at: datetime,
    ) -> None:
        """Whoever applies every frame knows what whoever loads the list again is shown."""
        dates = [make_date(cast.nora, at=at, capacity=1) for _ in range(3)]
        for who in (cast.tom, cast.mia, cast.otto):
            sign_up(who, dates[0])
        withdraw(cast.tom, dates[0])
        actions.cancel_occurrence(by=as_(cast.nora), occurrence_id=dates[1].pk, at=at)

        kept: dict[str, Any] = {}
        for frame in frames(BOARD):
            kept[frame.data["id"]] = frame.data
        listed = api(cast.tom).get(f"/api/v1/{BOARD}").json()["items"]

        assert {each["id"]: each["occurrences"] for each in listed} == {
            key: event["occurrences"] for key, event in kept.items()
        }


class TestDoors:
    def test_the_board_is_open_to_its_village(
        self, as_: As, cast: Cast, vera_for_edda: Actor
    ) -> None:
        assert follows(as_(cast.tom), BOARD)
        assert follows(vera_for_edda, BOARD)
        assert not follows(as_(cast.strang), BOARD)
        assert not follows(as_(cast.tom), "villages/nowhere/events")

    def test_a_date_is_open_to_whoever_sees_its_event(
        self, as_: As, cast: Cast, at: datetime
    ) -> None:
        address = f"occurrences/{make_date(cast.nora, at=at).pk}"
        draft = f"occurrences/{make_date(cast.nora, at=at, publish=False).pk}"

        assert follows(as_(cast.tom), address)
        assert not follows(as_(cast.strang), address)
        assert follows(as_(cast.nora), draft)
        assert not follows(as_(cast.tom), draft)

    @pytest.mark.parametrize("key", ["1", "nonsense", "00000000-0000-4000-8000-000000000000"])
    def test_what_is_no_date_lets_nobody_in(self, as_: As, tom: Resident, key: str) -> None:
        assert not follows(as_(tom), f"occurrences/{key}")

    def test_a_mandate_without_the_scope_lets_nobody_in(self, vera_for_edda: Actor) -> None:
        narrow = Actor(
            vera_for_edda.principal_id,
            vera_for_edda.helper_id,
            vera_for_edda.mandate_id,
            frozenset({Scope.NEWS_READ}),
        )
        assert not follows(narrow, BOARD)

    def test_every_snapshot_is_an_address_that_answers(
        self, api: Callable[..., Client], nora: Resident, at: datetime
    ) -> None:
        date = make_date(nora, at=at)
        for address in (BOARD, f"occurrences/{date.pk}"):
            followed = find(address)
            assert followed is not None
            body = api(nora).get(followed.topic.snapshot_at(address)).json()
            assert body["position"]["seq"] == log.top(address).seq
