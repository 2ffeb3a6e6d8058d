"""
Eight volunteers act while the person ends the mandate, thousands of times, on PostgreSQL.

``FUZZ_EXAMPLES=10000`` runs as many interleavings; without it there are few. Each round is a
mandate of its own, made beforehand: the threads and their connections stay, nothing is taken down
in between, and what an act leaves is one small row. In a round everybody begins together, and
lingers for a random moment before and inside the transaction.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from django.db.models import Count
from django.utils import timezone

from tests.support.cast import Cast
from village.assist import actions, queries
from village.assist.models import Accreditation, Assignment, EndedBy, Mandate
from village.core.actor import Actor, Scope
from village.core.models import KeptAnswer
from village.residents.models import Membership, Resident

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
    pytest.mark.django_db(transaction=True),
]
ROUNDS = int(os.environ.get("FUZZ_EXAMPLES", "100"))
VOLUNTEERS = 8
# Seconds within a transaction. Before it an act lingers for up to about as long as revocations
# take on this machine now: otherwise one of the two would always come first.
LINGERS_WITHIN, AT_FIRST, AT_MOST = 0.002, 0.02, 1.0
PATIENCE = 60
# What an act notes that finds the revocation committed.
TOO_LATE = 1
Hold = Callable[[Actor], None]


@dataclass(frozen=True, slots=True)
class Result:
    """
    Hold what came of it.

    ``too_late`` counts the acts that were not yet there once the revocation held the mandate, and
    came about all the same; ``after_commit`` those of them that saw, just before they were
    committed, that it had been committed already.
    """

    acts: int
    refused: int
    too_late: int
    after_commit: int
    seconds: float

    def __str__(self) -> str:
        return (
            f"{self.acts} acts, {self.refused} refused, {self.too_late} too late, "
            f"{self.after_commit} of them after the commit, in {self.seconds:.0f} s"
        )


class Lane:
    """Hold rounds that follow one another, and for how long at most acts linger in them now."""

    def __init__(self, mandates: list[UUID]) -> None:
        self.mandates, self.lingers = mandates, AT_FIRST
        self.line = Barrier(VOLUNTEERS + 1)

    def each_round(self, do: Callable[[UUID, random.Random], None]) -> int:
        """Do something in each round, when all others do; give how often it was refused."""
        chance, refused = random.Random(uuid4().int), 0
        try:
            for mandate in self.mandates:
                self.line.wait(PATIENCE)
                try:
                    do(mandate, chance)
                except queries.MandateEnded:
                    refused += 1
        except BaseException:
            # Nobody waits for whoever does not come any more.
            self.line.abort()
            raise
        finally:
            connections.close_all()
        return refused


class Interleavings:
    """Run rounds of eight acts against one revocation, and count what came too late."""

    def __init__(self, cast: Cast, hold: Hold, rounds: int) -> None:
        self.cast, self.hold = cast, hold
        self.volunteers = [self._volunteer(number) for number in range(VOLUNTEERS)]
        self.mandates = self._grant(rounds)
        # As many rounds go on beside each other as there are connections for: DATABASE_POOL=40.
        pool = settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"]
        lanes = max(1, (pool - 1) // (VOLUNTEERS + 1))
        self.lanes = [Lane(self.mandates[number::lanes]) for number in range(lanes)]
        self.there_when_held: dict[UUID, int] = {}

    def run(self) -> Result:
        begun = time.monotonic()
        with ThreadPoolExecutor(len(self.lanes) * (VOLUNTEERS + 1)) as threads:
            revoking, acting = [], []
            for lane in self.lanes:
                revoking.append(threads.submit(lane.each_round, partial(self._revoke, lane)))
                for volunteer in self.volunteers:
                    act = partial(self._act, lane, volunteer)
                    acting.append(threads.submit(lane.each_round, act))
        assert sum(each.result() for each in revoking) == 0
        rows = KeptAnswer.objects.values_list("principal").annotate(acts=Count("pk"))
        in_the_end = {UUID(mandate): acts for mandate, acts in rows}
        revoked = Mandate.objects.filter(ended_why=EndedBy.REVOKED).count()
        assert revoked == len(self.there_when_held) == len(self.mandates)
        return Result(
            acts=sum(in_the_end.values()),
            refused=sum(each.result() for each in acting),
            too_late=sum(
                in_the_end.get(mandate, 0) - there
                for mandate, there in self.there_when_held.items()
            ),
            after_commit=KeptAnswer.objects.filter(status=TOO_LATE).count(),
            seconds=time.monotonic() - begun,
        )

    def _act(self, lane: Lane, volunteer: UUID, mandate: UUID, chance: random.Random) -> None:
        by = Actor(self.cast.edda.pk, volunteer, mandate, scopes=frozenset({Scope.AUTHORITY_WRITE}))
        time.sleep(chance.uniform(0, lane.lingers))
        with transaction.atomic():
            self.hold(by)
            time.sleep(chance.uniform(0, LINGERS_WITHIN))
            is_over = Mandate.objects.filter(pk=mandate, revoked_at__isnull=False).exists()
            KeptAnswer.objects.create(
                principal=str(mandate),
                key=str(volunteer),
                fingerprint=b"",
                status=TOO_LATE if is_over else None,
                created_at=timezone.now(),
            )

    def _revoke(self, lane: Lane, mandate: UUID, chance: random.Random) -> None:
        by = Actor(self.cast.edda.pk)
        time.sleep(chance.uniform(0, lane.lingers / 2))
        begun = time.monotonic()
        with transaction.atomic():
            actions.revoke_mandate(by=by, mandate_id=mandate, at=timezone.now())
            traces = KeptAnswer.objects.filter(principal=str(mandate))
            self.there_when_held[mandate] = traces.count()
            time.sleep(chance.uniform(0, LINGERS_WITHIN))
        took = time.monotonic() - begun
        lane.lingers = min(AT_MOST, 0.8 * lane.lingers + 0.3 * took)

    def _volunteer(self, number: int) -> UUID:
        cast, now = self.cast, timezone.now()
        person = Resident.objects.create_user(f"Volunteer {number}")
        Membership.objects.create(village=cast.lindental, resident=person, created_at=now)
        Accreditation.objects.create(
            village=cast.lindental,
            centre=cast.centre,
            volunteer=person,
            trained_on=now.date(),
            accredited_at=now,
            awake_since=now,
            valid_until=now + timedelta(days=1),
            created_at=now,
        )
        return person.pk

    def _grant(self, rounds: int) -> list[UUID]:
        now = timezone.now()
        made = Mandate.objects.bulk_create(
            (
                Mandate(
                    village=self.cast.lindental,
                    centre=self.cast.centre,
                    person=self.cast.edda,
                    scopes=[Scope.AUTHORITY_WRITE],
                    starts_at=now,
                    ends_at=now + timedelta(days=1),
                    created_at=now,
                )
                for _round in range(rounds)
            ),
            batch_size=1000,
        )
        Assignment.objects.bulk_create(
            (
                Assignment(mandate=mandate, volunteer_id=volunteer, at=now)
                for mandate in made
                for volunteer in self.volunteers
            ),
            batch_size=5000,
        )
        with connection.cursor() as cursor:
            # Or the planner, which saw these tables empty, reads them from end to end each time.
            cursor.execute("ANALYZE")
        return [mandate.pk for mandate in made]


def only_look(by: Actor) -> None:
    """Ask whether the mandate is in force, and do not hold on to it."""
    if not queries.stands(by):
        raise queries.MandateEnded


class TestThousandsOfInterleavings:
    def test_commit_nothing_after_the_revocation(self, cast: Cast) -> None:
        result = Interleavings(cast, queries.hold, ROUNDS).run()

        print(f"{ROUNDS} rounds: {result}")
        assert result.too_late == result.after_commit == 0
        # Both happened: some were in time, and some were refused.
        assert result.acts > ROUNDS and result.refused > ROUNDS
        assert result.acts + result.refused == ROUNDS * VOLUNTEERS

    def test_would_let_some_through_without_the_lock(self, cast: Cast) -> None:
        rounds = max(40, ROUNDS // 10)
        result = Interleavings(cast, only_look, rounds).run()

        print(f"{rounds} rounds without the lock: {result}")
        assert result.after_commit > 0
