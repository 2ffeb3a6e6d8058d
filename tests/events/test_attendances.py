"""Coming to a date, waiting for a place, and staying away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from events import actions
from events.models import Attendance, Occurrence
from tests.events.factories import make_date, sign_up, withdraw
from tests.support.cast import Cast
from village.core.actor import SYSTEM, Actor
from village.core.errors import Forbidden, NotFound
from village.journal.models import Entry
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
As = Callable[[Resident], Actor]


def kinds() -> list[str]:
    stored = Entry.objects.order_by("pk").values_list("kind", flat=True)
    return [kind.removeprefix("events.") for kind in stored]


def standing(date: Occurrence) -> tuple[int, int]:
    date.refresh_from_db()
    return date.seats_taken, date.waiting


def state_of(attendance: Attendance) -> str:
    attendance.refresh_from_db()
    return attendance.status


class TestSignUp:
    def test_gives_a_party_its_places(self, nora: Resident, tom: Resident, at: datetime) -> None:
        date = make_date(nora, at=at, capacity=3)
        attendance = sign_up(tom, date, 2, needs_lift=True)

        assert (attendance.resident, attendance.status) == (tom, "confirmed")
        assert attendance.needs_lift
        assert standing(date) == (2, 0)
        assert kinds() == ["event_published", "attendance_confirmed"]

    def test_lets_everybody_come_where_nobody_counts(
        self, nora: Resident, tom: Resident, at: datetime
    ) -> None:
        date = make_date(nora, at=at)

        assert sign_up(tom, date, 50).status == "confirmed"
        assert date.seats_left is None

    def test_changes_nothing_the_second_time(
        self, nora: Resident, tom: Resident, at: datetime
    ) -> None:
        date = make_date(nora, at=at, capacity=3)
        first, second = sign_up(tom, date, 2), sign_up(tom, date, 2)

        assert first == second
        assert standing(date) == (2, 0)
        assert kinds() == ["event_published", "attendance_confirmed"]

    def test_puts_who_does_not_fit_on_the_waiting_list(
        self, nora: Resident, tom: Resident, mia: Resident, at: datetime
    ) -> None:
        date = make_date(nora, at=at, capacity=2)
        sign_up(nora, date, 2)
        waiting = [sign_up(tom, date), sign_up(mia, date, 2)]

        assert [(each.status, each.turn) for each in waiting] == [
            ("waitlisted", 1),
            ("waitlisted", 2),
        ]
        assert standing(date) == (2, 2)
        assert kinds()[-1] == "attendance_waitlisted"

    def test_counts_for_the_elder_when_a_volunteer_signs_her_up(
        self, nora: Resident, edda: Resident, vera_for_edda: Actor, at: datetime
    ) -> None:
        date = make_date(nora, at=at)
        attendance = sign_up(vera_for_edda, date, 1, needs_lift=True)

        entry = Entry.objects.latest("pk")
        assert (attendance.resident, attendance.via_helper) == (edda, True)
        assert (entry.principal_id, entry.helper_id) == (edda.pk, vera_for_edda.helper_id)
        assert entry.mandate_id == vera_for_edda.mandate_id

    def test_says_who_signed_her_up_last(
        self, as_: As, nora: Resident, edda: Resident, vera_for_edda: Actor, at: datetime
    ) -> None:
        date = make_date(nora, at=at)
        sign_up(vera_for_edda, date, 1)
        # What she changes herself does not make it hers; coming anew does.
        assert sign_up(edda, date, 2).via_helper
        actions.withdraw(by=as_(edda), occurrence_id=date.pk, at=at)
        assert not sign_up(edda, date, 1).via_helper

    def test_refuses_a_draft(self, nora: Resident, at: datetime) -> None:
        date = make_date(nora, at=at, publish=False)

        with pytest.raises(actions.NotPublished):
            sign_up(nora, date)

    def test_refuses_what_is_over(self, nora: Resident, tom: Resident, at: datetime) -> None:
        date = make_date(nora, at=at)

        with pytest.raises(actions.Over):
            sign_up(tom, date, at=date.ends_at)

    def test_refuses_what_is_cancelled(
        self, as_: As, nora: Resident, tom: Resident, at: datetime
    ) -> None:
        date = make_date(nora, at=at)
        actions.cancel_occurrence(by=as_(nora), occurrence_id=date.pk, at=at)

        with pytest.raises(actions.Cancelled):
            sign_up(tom, date)

    def test_shows_nothing_to_a_stranger(
        self, nora: Resident, strang: Resident, at: datetime
    ) -> None:
        date = make_date(nora, at=at)

        with pytest.raises(NotFound):
            sign_up(strang, date)


class TestChangeOfTheParty:
    def test_a_smaller_party_makes_room_for_who_waits(
        self, nora: Resident, tom: Resident, mia: Resident, at: datetime
    ) -> None:
        date = make_date(nora, at=at, capacity=4)
        sign_up(nora, date, 4)
        waiting = sign_up(tom, date, 2)
        sign_up(nora, date, 2)

        assert state_of(waiting) == "confirmed"
        assert standing(date) == (4, 0)
        assert kinds()[-2:] == ["attendance_changed", "attendance_promoted"]

    def test_a_party_that_cannot_grow_keeps_its_places(
        self, nora: Resident, tom: Resident, at: datetime
    ) -> None:
        date = make_date(nora, at=at, capacity=4)
        sign_up(nora, date, 2)
        sign_up(tom, date, 1)

        with pytest.raises(actions.NoSeats) as refusal:
            sign_up(nora, date, 4)

        assert "Only 1 more" in refusal.value.detail
        assert standing(date) == (3, 0)

    def test_a_party_grows_into_what_is_left(self, nora: Resident, at: datetime) -> None:
        date = make_date(nora, at=at, capacity=4)
        sign_up(nora, date, 2)

        assert sign_up(nora, date, 4).status == "confirmed"
        assert standing(date) == (4, 0)

    def test_a_waiting_party_keeps_its_turn_when_it_grows(
        self, nora: Resident, tom: Resident, mia: Resident, at: datetime
    ) -> None:
        date = make_date(nora, at=at, capacity=2)
        sign_up(nora, date, 2)
        sign_up(tom, date, 1)
        sign_up(mia, date, 1)

        assert sign_up(tom, date, 2).turn == 1

    def test_a_waiting_party_that_shrinks_to_what_is_left_comes_in(
        self, nora: Resident, tom: Resident, at: datetime
    ) -> None:
        date = make_date(nora, at=at, capacity=3)
        sign_up(nora, date, 2)
        sign_up(tom, date, 2)

        assert sign_up(tom, date, 1).status == "confirmed"
        assert standing(date) == (3, 0)
        assert kinds()[-1] == "attendance_confirmed"

    def test_asking_for_a_lift_later_is_a_change(
        self, nora: Resident, tom: Resident, at: datetime
    ) -> None:
        date = make_date(nora, at=at, capacity=3)
        sign_up(tom, date)

        assert sign_up(tom, date, needs_lift=True).needs_lift
        assert kinds()[-1] == "attendance_changed"


class TestWithdraw:
    def test_promotes_the_first_who_fit_in_their_order(
        self, cast: Cast, nora: Resident, at: datetime
    ) -> None:
        date = make_date(nora, at=at, capacity=3)
        sign_up(nora, date, 3)
        large, small, tiny, late = (
            sign_up(cast.tom, date, 4),
            sign_up(cast.mia, date, 2),
            sign_up(cast.otto, date, 1),
            sign_up(cast.carla, date, 1),
        )
        withdraw(nora, date)

        assert [state_of(each) for each in (large, small, tiny, late)] == [
            "waitlisted",
            "confirmed",
            "confirmed",
            "waitlisted",
        ]
        assert standing(date) == (3, 2)
        assert kinds()[-3:] == ["attendance_withdrawn", *["attendance_promoted"] * 2]

    def test_changes_nothing_the_second_time(
        self, nora: Resident, tom: Resident, at: datetime
    ) -> None:
        date = make_date(nora, at=at, capacity=3)
        sign_up(tom, date)
        withdraw(tom, date)
        withdraw(tom, date)

        assert standing(date) == (0, 0)
        assert kinds().count("attendance_withdrawn") == 1

    def test_leaving_the_waiting_list_promotes_nobody(
        self, nora: Resident, tom: Resident, mia: Resident, at: datetime
    ) -> None:
        date = make_date(nora, at=at, capacity=1)
        sign_up(nora, date)
        sign_up(tom, date)
        last = sign_up(mia, date)
        withdraw(tom, date)

        assert state_of(last) == "waitlisted"
        assert standing(date) == (1, 1)

    def test_whoever_comes_back_waits_behind_the_others(
        self, nora: Resident, tom: Resident, mia: Resident, at: datetime
    ) -> None:
        date = make_date(nora, at=at, capacity=1)
        for who in (nora, tom, mia):
            sign_up(who, date)
        withdraw(tom, date)

        assert sign_up(tom, date).turn > Attendance.objects.get(resident=mia).turn

    def test_refuses_who_never_signed_up(self, nora: Resident, tom: Resident, at: datetime) -> None:
        date = make_date(nora, at=at)

        with pytest.raises(NotFound):
            withdraw(tom, date)

    def test_refuses_what_is_over(
        self, as_: As, nora: Resident, tom: Resident, at: datetime
    ) -> None:
        date = make_date(nora, at=at)
        sign_up(tom, date)

        with pytest.raises(actions.Over):
            actions.withdraw(by=as_(tom), occurrence_id=date.pk, at=date.ends_at)

    def test_promotes_nobody_to_what_is_cancelled(
        self, as_: As, nora: Resident, tom: Resident, mia: Resident, at: datetime
    ) -> None:
        date = make_date(nora, at=at, capacity=1)
        sign_up(tom, date)
        waiting = sign_up(mia, date)
        actions.cancel_occurrence(by=as_(nora), occurrence_id=date.pk, at=at)
        withdraw(tom, date)

        assert state_of(waiting) == "waitlisted"


class TestFreePlaces:
    def test_gives_the_places_of_who_left_to_who_waits(
        self, nora: Resident, tom: Resident, mia: Resident, at: datetime
    ) -> None:
        dates = [make_date(nora, at=at, capacity=1) for _ in range(3)]
        for date in dates:
            sign_up(tom, date)
        waiting = sign_up(mia, dates[1])

        freed = actions.free_places(by=SYSTEM, village="lindental", resident_id=tom.pk, at=at)

        assert freed == 3
        assert [standing(date) for date in dates] == [(0, 0), (1, 0), (0, 0)]
        assert state_of(waiting) == "confirmed"

    def test_leaves_what_is_over(self, nora: Resident, tom: Resident, at: datetime) -> None:
        date = make_date(nora, at=at)
        sign_up(tom, date)

        after = date.ends_at
        actions.free_places(by=SYSTEM, village="lindental", resident_id=tom.pk, at=after)

        assert standing(date) == (1, 0)

    def test_is_done_by_nobody_else(
        self, as_: As, stella: Resident, tom: Resident, at: datetime
    ) -> None:
        with pytest.raises(Forbidden):
            actions.free_places(by=as_(stella), village="lindental", resident_id=tom.pk, at=at)
