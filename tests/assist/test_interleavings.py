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
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from multiprocessing import get_context
from threading import Barrier, BrokenBarrierError, Lock
from typing import Any
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
PROCESSES = os.cpu_count() or 1
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

    # Connections are made one after the other: a pool has no patience with many at once.
    greeting = Lock()

    def __init__(self, mandates: Sequence[UUID]) -> None:
        self.mandates, self.lingers = mandates, AT_FIRST
        self.line = Barrier(VOLUNTEERS + 1)
        self.there_when_held: dict[UUID, int] = {}

    def each_round(self, do: Callable[[UUID, random.Random], None]) -> int:
        """Do something in each round, when all others do; give how often it was refused."""
        chance, refused = random.Random(uuid4().int), 0
        try:
            with self.greeting:
                connection.ensure_connection()
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


@dataclass(frozen=True, slots=True)
class Interleavings:
    """Run rounds of eight acts against one revocation, and count what came too late."""

    edda: UUID
    volunteers: Sequence[UUID]
    hold: Hold

    def run(self, mandates: Sequence[UUID]) -> Result:
        """Let each processor have rounds of its own: the threads of one process share one."""
        begun = time.monotonic()
        leave_the_pool()
        shares = [mandates[number::PROCESSES] for number in range(PROCESSES)]
        with ProcessPoolExecutor(PROCESSES, get_context("fork")) as processes:
            done = list(processes.map(self.share, shares))
        refused = sum(of_one for of_one, _ in done)
        there_when_held = {mandate: there for _, held in done for mandate, there in held.items()}
        rows = KeptAnswer.objects.values_list("principal").annotate(acts=Count("pk"))
        in_the_end = {UUID(mandate): acts for mandate, acts in rows}
        revoked = Mandate.objects.filter(ended_why=EndedBy.REVOKED).count()
        assert revoked == len(there_when_held) == len(mandates)
        return Result(
            acts=sum(in_the_end.values()),
            refused=refused,
            too_late=sum(
                in_the_end.get(mandate, 0) - there for mandate, there in there_when_held.items()
            ),
            after_commit=KeptAnswer.objects.filter(status=TOO_LATE).count(),
            seconds=time.monotonic() - begun,
        )

    def share(self, mandates: Sequence[UUID]) -> tuple[int, dict[UUID, int]]:
        """Run the rounds of one process; give how many acts it refused, and what there was."""
        # As many rounds go on beside each other as there are connections for: DATABASE_POOL=40.
        pool = settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"]
        count = max(1, (pool - 1) // (VOLUNTEERS + 1))
        lanes = [Lane(mandates[number::count]) for number in range(count)]
        with ThreadPoolExecutor(count * (VOLUNTEERS + 1)) as threads:
            revoking, acting = [], []
            for lane in lanes:
                revoking.append(threads.submit(lane.each_round, partial(self._revoke, lane)))
                for volunteer in self.volunteers:
                    act = partial(self._act, lane, volunteer)
                    acting.append(threads.submit(lane.each_round, act))
        leave_the_pool()
        raise_the_cause([*revoking, *acting])
        assert sum(each.result() for each in revoking) == 0
        held = {mandate: there for lane in lanes for mandate, there in lane.there_when_held.items()}
        return sum(each.result() for each in acting), held

    def _act(self, lane: Lane, volunteer: UUID, mandate: UUID, chance: random.Random) -> None:
        by = Actor(self.edda, volunteer, mandate, scopes=frozenset({Scope.AUTHORITY_WRITE}))
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
        by = Actor(self.edda)
        time.sleep(chance.uniform(0, lane.lingers / 2))
        begun = time.monotonic()
        with transaction.atomic():
            actions.revoke_mandate(by=by, mandate_id=mandate, at=timezone.now())
            traces = KeptAnswer.objects.filter(principal=str(mandate))
            lane.there_when_held[mandate] = traces.count()
            time.sleep(chance.uniform(0, LINGERS_WITHIN))
        took = time.monotonic() - begun
        lane.lingers = min(AT_MOST, 0.8 * lane.lingers + 0.3 * took)


def leave_the_pool() -> None:
    """Close every connection of this process: none can be in two."""
    connections.close_all()
    # Told so, because only the connections to PostgreSQL have one.
    pooled: Any = connection
    pooled.close_pool()


def raise_the_cause(done: Sequence[Future[int]]) -> None:
    """Raise what broke a lane, if anything did, and not what the others say of it."""
    errors = [error for each in done if (error := each.exception()) is not None]
    errors.sort(key=lambda error: isinstance(error, BrokenBarrierError))
    if errors:
        raise errors[0]


def interleave(cast: Cast, hold: Hold, rounds: int) -> Result:
    """Run so many rounds, after having made whom and what they need."""
    volunteers = [make_volunteer(cast, number) for number in range(VOLUNTEERS)]
    mandates = grant(cast, volunteers, rounds)
    return Interleavings(cast.edda.pk, volunteers, hold).run(mandates)


def make_volunteer(cast: Cast, number: int) -> UUID:
    """Give the centre one more volunteer."""
    now = timezone.now()
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


def grant(cast: Cast, volunteers: Sequence[UUID], rounds: int) -> list[UUID]:
    """Register a mandate of edda's for each round, which names all volunteers."""
    now = timezone.now()
    made = Mandate.objects.bulk_create(
        (
            Mandate(
                village=cast.lindental,
                centre=cast.centre,
                person=cast.edda,
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
            for volunteer in volunteers
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


def break_down(by: Actor) -> None:
    """Fail as the way to a database does."""
    raise ConnectionResetError("nobody is there any more")


class TestThousandsOfInterleavings:
    def test_commit_nothing_after_the_revocation(self, cast: Cast) -> None:
        result = interleave(cast, queries.hold, ROUNDS)

        print(f"{ROUNDS} rounds: {result}")
        assert result.too_late == result.after_commit == 0
        # Both happened: some were in time, and some were refused.
        assert result.acts > ROUNDS and result.refused > ROUNDS
        assert result.acts + result.refused == ROUNDS * VOLUNTEERS

    def test_would_let_some_through_without_the_lock(self, cast: Cast) -> None:
        rounds = max(40, ROUNDS // 10)
        result = interleave(cast, only_look, rounds)

        print(f"{rounds} rounds without the lock: {result}")
        assert result.after_commit > 0

    def test_say_what_broke_them(self, cast: Cast) -> None:
        with pytest.raises(ConnectionResetError, match="nobody is there any more"):
            interleave(cast, break_down, 4)
