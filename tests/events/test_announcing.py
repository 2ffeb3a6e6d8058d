"""Announcing an event, publishing it, and calling it off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from events import actions
from events.models import Event, EventStatus, Occurrence
from tests.events.factories import ALTE_SCHULE, make_date, make_event, sign_up
from village.core.actor import Actor
from village.core.errors import Invalid, NotFound, OutOfScope
from village.journal.models import Entry
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
As = Callable[[Resident], Actor]


def kinds() -> list[str]:
    stored = Entry.objects.order_by("pk").values_list("kind", flat=True)
    return [kind.removeprefix("events.") for kind in stored]


class TestAnnounceEvent:
    def test_puts_an_event_with_its_date_onto_the_board(self, nora: Resident, at: datetime) -> None:
        event = make_event(nora, at=at, capacity=30)

        date = event.occurrences.get()
        assert (event.organiser, event.status, event.published_at) == (nora, "published", at)
        assert (date.begins_at, date.ends_at) == (event.begins_at, event.ends_at)
        assert (date.capacity, date.seats_left, date.status) == (30, 30, "scheduled")
        assert kinds() == ["event_published"]

    def test_keeps_a_draft_to_its_organiser(self, nora: Resident, at: datetime) -> None:
        event = make_event(nora, at=at, publish=False)

        assert (event.status, event.published_at) == (EventStatus.DRAFT, None)
        assert kinds() == ["event_announced"]

    def test_refuses_whoever_lives_elsewhere(self, strang: Resident, at: datetime) -> None:
        with pytest.raises(NotFound):
            make_event(strang, at=at)

        assert not Event.objects.exists()
        assert not Entry.objects.exists()

    @pytest.mark.parametrize(
        ("begins", "ends", "field"),
        [
            (timedelta(days=2), timedelta(days=2), "ends_at"),
            (timedelta(days=2), timedelta(days=1), "ends_at"),
            (timedelta(days=1), timedelta(days=33), "ends_at"),
            (timedelta(days=-2), timedelta(0), "begins_at"),
            (timedelta(days=4000), timedelta(days=4001), "begins_at"),
        ],
    )
    def test_refuses_times_that_make_no_sense(
        self, nora: Resident, at: datetime, begins: timedelta, ends: timedelta, field: str
    ) -> None:
        with pytest.raises(Invalid) as refusal:
            make_event(nora, at=at, begins_at=at + begins, ends_at=at + ends)

        assert refusal.value.field == field

    def test_refuses_a_helper_whose_mandate_does_not_cover_it(
        self, vera_for_edda: Actor, at: datetime
    ) -> None:
        with pytest.raises(OutOfScope):
            actions.announce_event(
                by=vera_for_edda,
                village="lindental",
                title="t",
                text="t",
                begins_at=at + timedelta(days=1),
                ends_at=at + timedelta(days=1, hours=1),
                place=ALTE_SCHULE,
                capacity=None,
                publish=True,
                at=at,
            )


class TestPublishEvent:
    def test_puts_a_draft_onto_the_board_once(self, as_: As, nora: Resident, at: datetime) -> None:
        event = make_event(nora, at=at, publish=False)
        later = at + timedelta(hours=1)
        for moment in (later, later + timedelta(hours=1)):
            event = actions.publish_event(by=as_(nora), event_id=event.pk, at=moment)

        assert (event.status, event.published_at) == ("published", later)
        assert kinds() == ["event_announced", "event_published"]

    def test_hides_a_draft_from_everybody_else(
        self, as_: As, nora: Resident, stella: Resident, at: datetime
    ) -> None:
        event = make_event(nora, at=at, publish=False)

        with pytest.raises(NotFound):
            actions.publish_event(by=as_(stella), event_id=event.pk, at=at)

    def test_refuses_a_draft_whose_time_has_passed(
        self, as_: As, nora: Resident, at: datetime
    ) -> None:
        event = make_event(nora, at=at, publish=False)

        with pytest.raises(actions.Over):
            actions.publish_event(by=as_(nora), event_id=event.pk, at=event.ends_at)

    def test_refuses_a_draft_that_was_cancelled(
        self, as_: As, nora: Resident, at: datetime
    ) -> None:
        event = make_event(nora, at=at, publish=False)
        date = event.occurrences.get()
        actions.cancel_occurrence(by=as_(nora), occurrence_id=date.pk, at=at)

        with pytest.raises(actions.Cancelled):
            actions.publish_event(by=as_(nora), event_id=event.pk, at=at)

    def test_says_nothing_is_there_when_nothing_is(
        self, as_: As, nora: Resident, at: datetime
    ) -> None:
        with pytest.raises(NotFound):
            actions.publish_event(by=as_(nora), event_id=uuid4(), at=at)


class TestCancelOccurrence:
    def test_cancels_the_event_with_its_last_date_once(
        self, as_: As, nora: Resident, at: datetime
    ) -> None:
        date = make_date(nora, at=at)
        for _ in range(2):
            actions.cancel_occurrence(by=as_(nora), occurrence_id=date.pk, at=at)

        date.refresh_from_db()
        assert (date.status, date.revision) == ("cancelled", 1)
        assert Event.objects.get().status == "cancelled"
        assert kinds() == ["event_published", "occurrence_cancelled"]

    def test_leaves_an_event_that_has_another_date(
        self, as_: As, nora: Resident, at: datetime
    ) -> None:
        date = make_date(nora, at=at)
        Occurrence.objects.create(
            village_id=date.village_id,
            event=date.event,
            begins_at=date.begins_at + timedelta(days=7),
            ends_at=date.ends_at + timedelta(days=7),
            changed_at=at,
            created_at=at,
        )
        actions.cancel_occurrence(by=as_(nora), occurrence_id=date.pk, at=at)

        assert Event.objects.get().status == "published"

    def test_refuses_what_is_over(self, as_: As, nora: Resident, at: datetime) -> None:
        date = make_date(nora, at=at)

        with pytest.raises(actions.Over):
            actions.cancel_occurrence(by=as_(nora), occurrence_id=date.pk, at=date.ends_at)


class TestTables:
    def test_never_hold_more_seats_than_there_are(self, nora: Resident, at: datetime) -> None:
        date = make_date(nora, at=at, capacity=2)

        with pytest.raises(IntegrityError), transaction.atomic():
            Occurrence.objects.filter(pk=date.pk).update(seats_taken=3)

    def test_know_a_person_once_per_date(self, nora: Resident, tom: Resident, at: datetime) -> None:
        date = make_date(nora, at=at)
        attendance = sign_up(tom, date)
        attendance.pk = uuid4()

        with pytest.raises(IntegrityError), transaction.atomic():
            attendance.save(force_insert=True)
