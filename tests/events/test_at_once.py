"""Many who want the last place, on a database where they really race."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pytest
from django.db import OperationalError, connection

from events import actions
from events.models import Attendance, Occurrence
from tests.events.factories import make_date, sign_up
from tests.support.at_once import all_at_once, make_crowd
from village.core.actor import Actor
from village.core.errors import DomainError
from village.residents.models import Resident, Village

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def crowd(lindental: Village, at: datetime) -> list[UUID]:
    """Bring twelve more people into the village."""
    return make_crowd(lindental, at=at)


def assert_counted(date: Occurrence) -> None:
    date.refresh_from_db()
    confirmed = Attendance.objects.filter(occurrence=date, status="confirmed")
    waiting = Attendance.objects.filter(occurrence=date, status="waitlisted")
    assert date.seats_taken == sum(confirmed.values_list("party_size", flat=True))
    assert date.waiting == waiting.count()
    assert date.capacity is not None
    assert date.seats_taken <= date.capacity
    # Whoever still waits does not fit.
    assert not waiting.filter(party_size__lte=date.capacity - date.seats_taken).exists()


class TestLastPlaces:
    def test_go_to_as_many_as_there_are(
        self, nora: Resident, crowd: list[UUID], at: datetime
    ) -> None:
        date = make_date(nora, at=at, capacity=5)

        came = all_at_once(lambda person: sign_up(Actor(person), date).status, crowd)

        assert came == {"confirmed": 5, "waitlisted": 7}
        assert_counted(date)
        turns = Attendance.objects.filter(status="waitlisted").values_list("turn", flat=True)
        assert sorted(turn for turn in turns if turn is not None) == [1, 2, 3, 4, 5, 6, 7]

    def test_are_one_place_for_who_asks_many_times(
        self, nora: Resident, tom: Resident, at: datetime
    ) -> None:
        date = make_date(nora, at=at, capacity=5)

        came = all_at_once(lambda person: sign_up(Actor(person), date, 2).status, [tom.pk] * 6)

        assert came == {"confirmed": 6}
        assert_counted(date)
        assert date.seats_taken == 2

    def test_are_given_on_while_people_come_and_go(
        self, nora: Resident, crowd: list[UUID], at: datetime
    ) -> None:
        date = make_date(nora, at=at, capacity=6)
        for n, person in enumerate(crowd):
            sign_up(Actor(person), date, 1 + n % 3)

        def change_her_mind(person: UUID) -> None:
            for step in range(4):
                try:
                    if step % 2:
                        sign_up(Actor(person), date, 1 + step % 3)
                    else:
                        actions.withdraw(by=Actor(person), occurrence_id=date.pk, at=at)
                except (DomainError, OperationalError):
                    # Full, or one of two who waited for each other: she keeps what she had.
                    continue

        all_at_once(change_her_mind, crowd)

        assert_counted(date)
