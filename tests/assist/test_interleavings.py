"""
Eight volunteers act while the person ends the mandate, thousands of times, on PostgreSQL.

``FUZZ_EXAMPLES=10000`` runs as many interleavings; without it there are few. Each act and the
revocation start together and linger for a random moment before and inside their transactions. What
an act leaves is one small row, so that thousands of rounds take minutes.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from tests.support.cast import Cast
from village.assist import actions, queries
from village.assist.models import Mandate
from village.core.actor import Actor
from village.core.errors import DomainError
from village.core.models import KeptAnswer

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
    pytest.mark.django_db(transaction=True),
]
ROUNDS = int(os.environ.get("FUZZ_EXAMPLES", "100"))
VOLUNTEERS = 8
# Seconds before a transaction, and within it: long enough for a revocation to come in between.
LINGERS, LINGERS_WITHIN = 0.004, 0.02
PATIENCE = 60


class Interleavings:
    """Run rounds of eight acts against one revocation, and count what came too late."""

    def __init__(self, cast: Cast, hold: Callable[[Actor], None], rounds: int) -> None:
        self.cast, self.hold, self.rounds = cast, hold, rounds
        self.by = cast.vera_for_edda()
        self.together = Barrier(VOLUNTEERS + 2)
        self.counted = 0
        self.refused = 0
        self.acts = 0
        self.too_late = 0
        self.failures: list[BaseException] = []

    def run(self) -> Interleavings:
        threads = [Thread(target=self._each_round, args=(self._act,)) for _ in range(VOLUNTEERS)]
        threads.append(Thread(target=self._each_round, args=(self._revoke,)))
        for thread in threads:
            thread.start()
        for _round in range(self.rounds):
            Mandate.objects.filter(pk=self.by.mandate_id).update(revoked_at=None)
            before = self._traces()
            self.together.wait(PATIENCE)
            self.together.wait(PATIENCE)
            after = self._traces()
            self.acts += after - before
            self.too_late += after - self.counted
        for thread in threads:
            thread.join(PATIENCE)
        assert not any(thread.is_alive() for thread in threads)
        assert not self.failures, self.failures
        return self

    def _each_round(self, do: Callable[[random.Random], None]) -> None:
        chance = random.Random(uuid4().int)
        try:
            for _round in range(self.rounds):
                self.together.wait(PATIENCE)
                try:
                    do(chance)
                except AssertionError as error:
                    self.failures.append(error)
                self.together.wait(PATIENCE)
        finally:
            connections.close_all()

    def _act(self, chance: random.Random) -> None:
        time.sleep(chance.uniform(0, LINGERS))
        try:
            with transaction.atomic():
                self.hold(self.by)
                time.sleep(chance.uniform(0, LINGERS_WITHIN))
                KeptAnswer.objects.create(
                    principal="vera for edda",
                    key=str(uuid4()),
                    fingerprint=b"",
                    created_at=timezone.now(),
                )
        except DomainError:
            self.refused += 1

    def _revoke(self, chance: random.Random) -> None:
        time.sleep(chance.uniform(0, LINGERS))
        assert self.by.mandate_id is not None
        actions.revoke_mandate(
            by=Actor(self.cast.edda.pk), mandate_id=self.by.mandate_id, at=timezone.now()
        )
        # All that had been committed when the revocation was.
        self.counted = self._traces()

    def _traces(self) -> int:
        return KeptAnswer.objects.count()


def only_look(by: Actor) -> None:
    """Ask whether the mandate is in force, and do not hold on to it."""
    if not queries.stands(by):
        raise queries.MandateEnded


class TestThousandsOfInterleavings:
    def test_commit_nothing_after_the_revocation(self, cast: Cast) -> None:
        result = Interleavings(cast, queries.hold, ROUNDS).run()

        assert result.too_late == 0
        # Both happened: some were in time, and some were refused.
        assert result.acts > 0 and result.refused > 0
        assert result.acts + result.refused == ROUNDS * VOLUNTEERS
        print(f"{ROUNDS} rounds: {result.acts} acts, {result.refused} refused, 0 too late")

    def test_would_let_some_through_without_the_lock(self, cast: Cast) -> None:
        rounds = max(20, ROUNDS // 10)
        result = Interleavings(cast, only_look, rounds).run()

        assert result.too_late > 0
        print(f"{rounds} rounds without the lock: {result.too_late} too late")
