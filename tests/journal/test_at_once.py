"""Transactions that record several facts at once never wait for each other."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, connection, transaction

from village.core.actor import SYSTEM
from village.journal import queries
from village.journal.actions import record_all
from village.journal.facts import Fact
from village.residents.facts import RoleGranted
from village.residents.models import Resident, Village

ROUNDS = 30


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_two_that_take_the_same_streams_in_other_orders(
    lindental: Village, tom: Resident, nora: Resident
) -> None:
    barrier = Barrier(2)
    failures: list[DatabaseError] = []

    def write(people: list[Resident]) -> None:
        facts: list[Fact] = [
            RoleGranted(village="lindental", resident_id=person.pk, role="volunteer")
            for person in people
        ]
        try:
            for _ in range(ROUNDS):
                barrier.wait(10)
                with transaction.atomic():
                    record_all(facts, by=SYSTEM, at=lindental.created_at)
        except DatabaseError as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [Thread(target=write, args=(order,)) for order in ([tom, nora], [nora, tom])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert not failures
    assert queries.top(f"residents/{tom.pk}").seq == 2 * ROUNDS
