"""What becomes of rides when somebody leaves the village."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.utils import timezone

from tests.carpool.factories import book, make_offer
from village.core.actor import Actor
from village.journal import tasks
from village.journal.models import Reading
from village.residents.actions import join_village, leave_village
from village.residents.models import Resident, Village

pytestmark = pytest.mark.django_db
As = Callable[[Resident], Actor]
READER = "carpool.tasks.end_rides_of_who_left"


@pytest.fixture
def at() -> datetime:
    """Give the moment by the clock that the worker reads."""
    return timezone.now()


def tell() -> None:
    """Tell the rides what the journal holds for them, as a worker does."""
    for entry_id in Reading.objects.filter(reader=READER).values_list("entry", flat=True):
        tasks.read_entry(entry_id)
    assert not Reading.objects.filter(reader=READER, done_at=None).exists()


def test_the_rides_of_who_left_are_cancelled(
    as_: As, tom: Resident, nora: Resident, at: datetime
) -> None:
    offer = make_offer(tom, at=at)
    booking = book(nora, offer)
    leave_village(by=as_(tom), village="lindental", resident_id=tom.pk, at=at)
    tell()

    for row in (offer, booking):
        row.refresh_from_db()
        assert row.status == "cancelled"


def test_whoever_came_back_meanwhile_still_drives(
    as_: As, lindental: Village, tom: Resident, stella: Resident, at: datetime
) -> None:
    offer = make_offer(tom, at=at)
    leave_village(by=as_(tom), village="lindental", resident_id=tom.pk, at=at)
    join_village(by=as_(stella), village=lindental, resident=tom, at=at)
    tell()

    offer.refresh_from_db()
    assert offer.status == "open"
