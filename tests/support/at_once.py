"""Many people who act at the same moment, each on a database connection of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from uuid import UUID

from django.db import connections

from village.core.errors import DomainError
from village.residents.models import Membership, Resident, Village


def make_crowd(village: Village, *, at: datetime, people: int = 12) -> list[UUID]:
    """Bring more people into a village."""
    crowd = [
        Resident.objects.create_user(f"Guest {n}", email=f"guest{n}@village.example")
        for n in range(people)
    ]
    for person in crowd:
        Membership.objects.create(village=village, resident=person, created_at=at)
    return [person.pk for person in crowd]


def all_at_once(act: Callable[[UUID], Hashable], people: list[UUID]) -> Counter[Hashable]:
    """Let everybody act at once; count what came of it, a refusal by its code."""
    together = Barrier(len(people))

    def one(person: UUID) -> Hashable:
        together.wait(timeout=10)
        try:
            return act(person)
        except DomainError as error:
            return error.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(people)) as threads:
        return Counter(threads.map(one, people, timeout=30))
