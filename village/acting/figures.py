"""What a village counts of assisted mode: numbers in which nobody can be recognised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

from village.acting.models import AssistedSession, Graduation, PreparedAct
from village.acting.words import DEEDS, scope_of
from village.assist.models import EndedBy, Mandate
from village.core.actor import Scope
from village.journal.models import Entry

LOOKS_BACK = timedelta(days=365)
# A number about fewer people could be told from what everybody in a village knows.
PEOPLE_AT_LEAST = 5


@dataclass(frozen=True, slots=True)
class Figures:
    """
    Hold what a village counts of assisted mode in a year.

    ``acts`` counts what helpers did, by its scope. ``share_alone`` is the share of all that people
    with a mandate did which they did themselves. ``median_wait`` is the time from a request (a
    volunteer sits down with somebody, or something is prepared) to the first act that answers it.
    ``graduated`` is how often a mandate shrank, or was not needed any more, after its person had
    begun to do by herself what it covers.
    ``None``, and a scope that is missing, stand for fewer than five people.
    """

    people_with_a_mandate: int | None
    acts: dict[Scope, int]
    share_alone: float | None
    median_wait: timedelta | None
    mandates_revoked: int | None
    graduated: int | None


def figures_of(village: str, *, at: datetime) -> Figures:
    """Count what assisted mode does for a village."""
    mandates = Mandate.objects.filter(village=village)
    helped = set(mandates.exclude(starts_at=None).values_list("person", flat=True))
    by_scope: dict[Scope, list[UUID]] = defaultdict(list)
    alone: list[UUID] = []
    done = Entry.objects.filter(
        village=village,
        principal_id__in=helped,
        kind__in=[kind for kind in DEEDS if scope_of(kind) is not None],
        at__gt=at - LOOKS_BACK,
        at__lte=at,
    )
    rows = done.values_list("kind", "principal_id", "helper_id")
    for kind, principal_id, helper_id in rows.iterator():
        scope = scope_of(kind)
        if helper_id is None:
            alone.append(principal_id)
        elif scope is not None:
            by_scope[scope].append(principal_id)
    assisted = [each for people in by_scope.values() for each in people]
    acted = [*alone, *assisted]
    revoked = mandates.filter(revoked_at__gt=at - LOOKS_BACK, revoked_at__lte=at).exclude(
        ended_why=EndedBy.SUPERSEDED
    )
    return Figures(
        people_with_a_mandate=_counted(set(mandates.in_force(at).values_list("person", flat=True))),
        acts={
            scope: len(people)
            for scope, people in sorted(by_scope.items())
            if len(set(people)) >= PEOPLE_AT_LEAST
        },
        share_alone=len(alone) / len(acted) if len(set(acted)) >= PEOPLE_AT_LEAST else None,
        median_wait=_median_wait(village, at),
        mandates_revoked=_counted(list(revoked.values_list("person", flat=True))),
        graduated=_counted(_graduated(village, at)),
    )


def _graduated(village: str, at: datetime) -> list[UUID]:
    rows = Graduation.objects.filter(
        village=village, created_at__gt=at - LOOKS_BACK, created_at__lte=at
    ).select_related("mandate")
    covered = {
        (mandate.person_id, scope)
        for mandate in Mandate.objects.in_force(at).filter(village=village)
        for scope in mandate.covers
    }
    return [
        each.mandate.person_id
        for each in rows
        if (each.mandate.person_id, Scope(each.scope)) not in covered
    ]


def _counted(people: set[UUID] | list[UUID]) -> int | None:
    """Count what happened to people, unless they are few."""
    return len(people) if not people or len(set(people)) >= PEOPLE_AT_LEAST else None


def _median_wait(village: str, at: datetime) -> timedelta | None:
    waits = [*_waits_of_sessions(village, at), *_waits_of_prepared(village, at)]
    if len({person for person, _wait in waits}) < PEOPLE_AT_LEAST:
        return None
    return timedelta(seconds=median(wait.total_seconds() for _person, wait in waits))


def _waits_of_sessions(village: str, at: datetime) -> Iterable[tuple[UUID, timedelta]]:
    """Give how long each session took to its first act; one in which nothing was done is none."""
    entries = Entry.objects.filter(
        village=village, helper_id__isnull=False, at__gt=at - LOOKS_BACK, at__lte=at
    ).order_by("at")
    acts: dict[tuple[UUID, UUID], list[datetime]] = defaultdict(list)
    for kind, helper, mandate, moment in entries.values_list(
        "kind", "helper_id", "mandate_id", "at"
    ).iterator():
        if scope_of(kind) is not None and helper is not None and mandate is not None:
            acts[helper, mandate].append(moment)
    sessions = AssistedSession.objects.filter(
        village=village, starts_at__gt=at - LOOKS_BACK, starts_at__lte=at
    ).select_related("mandate")
    for session in sessions.iterator():
        moments = acts[session.volunteer_id, session.mandate_id]
        first = next((each for each in moments if each >= session.starts_at), None)
        if first is not None and first <= session.over_at:
            yield session.mandate.person_id, first - session.starts_at


def _waits_of_prepared(village: str, at: datetime) -> Iterable[tuple[UUID, timedelta]]:
    done = PreparedAct.objects.filter(
        village=village, is_done=True, settled_at__gt=at - LOOKS_BACK, settled_at__lte=at
    )
    rows = done.values_list("mandate__person", "created_at", "settled_at")
    for person, created_at, settled_at in rows:
        if settled_at is not None:
            yield person, settled_at - created_at
