"""What the event board does when somebody leaves the village."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.utils import timezone

from events.models import Attendance
from tests.events.factories import make_date, sign_up
from village.core.actor import Actor
from village.journal import tasks
from village.journal.models import Entry, Reading
from village.residents.actions import join_village, leave_village
from village.residents.models import Resident, Village

pytestmark = pytest.mark.django_db
As = Callable[[Resident], Actor]
READER = "events.tasks.free_places_of_who_left"


@pytest.fixture
def at() -> datetime:
    """Give the moment by the clock that the worker reads."""
    return timezone.now()


def tell() -> None:
    """Tell the event board what the journal holds for it, as a worker does."""
    for entry_id in Reading.objects.filter(reader=READER).values_list("entry", flat=True):
        tasks.read_entry(entry_id)
    assert not Reading.objects.filter(reader=READER, done_at=None).exists()


@pytest.fixture
def waiting(nora: Resident, tom: Resident, mia: Resident, at: datetime) -> Attendance:
    """Give mia's attendance, behind tom who has the only place."""
    date = make_date(nora, at=at, capacity=1)
    sign_up(tom, date)
    return sign_up(mia, date)


def test_the_place_of_who_left_goes_to_who_waits(
    as_: As, waiting: Attendance, tom: Resident, at: datetime
) -> None:
    leave_village(by=as_(tom), village="lindental", resident_id=tom.pk, at=at)
    tell()

    waiting.refresh_from_db()
    assert waiting.status == "confirmed"
    assert Attendance.objects.get(resident=tom).status == "withdrawn"
    assert Entry.objects.latest("pk").principal_id.int == 0


def test_whoever_came_back_meanwhile_keeps_her_place(
    as_: As, waiting: Attendance, lindental: Village, tom: Resident, stella: Resident, at: datetime
) -> None:
    leave_village(by=as_(tom), village="lindental", resident_id=tom.pk, at=at)
    join_village(by=as_(stella), village=lindental, resident=tom, at=at)
    tell()

    waiting.refresh_from_db()
    assert waiting.status == "waitlisted"
