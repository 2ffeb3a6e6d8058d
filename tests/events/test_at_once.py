"""Many who want the last place, on a database where they really race."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from uuid import UUID

import pytest
from django.db import OperationalError, connection, connections

from events import actions
from events.models import Attendance, Occurrence
from tests.events.factories import make_date, sign_up
from village.core.actor import Actor
from village.core.errors import DomainError
from village.residents.models import Membership, Resident, Village

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def crowd(lindental: Village, at: datetime) -> list[UUID]:
    """Bring twelve more people into the village."""
    people = [
        Resident.objects.create_user(f"Guest {n}", email=f"guest{n}@village.example")
        for n in range(12)
    ]
    for person in people:
        Membership.objects.create(village=lindental, resident=person, created_at=at)
    return [person.pk for person in people]


def all_at_once(act: Callable[[UUID], None], people: list[UUID]) -> None:
    """Let everybody act at the same moment, each on a connection of their own."""
    together = Barrier(len(people))

    def one(person: UUID) -> None:
        together.wait(timeout=10)
        try:
            act(person)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(people)) as threads:
        for done in [threads.submit(one, person) for person in people]:
            done.result(timeout=30)


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

        def come(person: UUID) -> None:
            actions.sign_up(
                by=Actor(person), occurrence_id=date.pk, party_size=1, needs_lift=False, at=at
            )

        all_at_once(come, crowd)

        assert_counted(date)
        assert date.seats_taken == 5
        turns = Attendance.objects.filter(status="waitlisted").values_list("turn", flat=True)
        assert sorted(turn for turn in turns if turn is not None) == [1, 2, 3, 4, 5, 6, 7]

    def test_are_one_place_for_who_asks_many_times(
        self, nora: Resident, tom: Resident, at: datetime
    ) -> None:
        date = make_date(nora, at=at, capacity=5)

        def come(person: UUID) -> None:
            actions.sign_up(
                by=Actor(person), occurrence_id=date.pk, party_size=2, needs_lift=False, at=at
            )

        all_at_once(come, [tom.pk] * 6)

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
