"""What somebody would have heard last week, if she had chosen as she thinks of choosing now."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from notifications import queries
from notifications.models import Device, Timing, Way
from notifications.queries import Choices
from village.core.actor import Actor
from village.journal.models import Entry
from village.journal.notices import notices_of, told_facts
from village.journal.queries import recorded
from village.journal.readers import Recorded
from village.residents.queries import blocked_with, villages_of

LOOKS_BACK = timedelta(days=7)
# A busy village writes more in a week; then its newest days stand for the rest.
ENTRIES_LOOKED_AT = 500


@dataclass(frozen=True, slots=True)
class Preview:
    """Count what would have come by each way; ``is_whole`` says that all of the week was read."""

    counts: dict[Way, int]
    is_whole: bool

    @property
    def named(self) -> list[tuple[str, int]]:
        """Give the ways by their names for people."""
        return [(str(way.label), number) for way, number in self.counts.items()]


def last_week(by: Actor, choices: Choices, *, at: datetime) -> Preview:
    """
    Count what the actor would have been told in the last seven days under these choices.

    Each thing told at once counts as one, and each digest. Nobody is told what she did herself.
    """
    person = by.principal_id
    homes = {village.pk: village.tzinfo for village in villages_of(by)}
    kinds = [fact.kind for fact in told_facts()]
    rows = Entry.objects.filter(
        kind__in=kinds, at__gt=at - LOOKS_BACK, at__lte=at, village__in=homes
    )
    entries = list(rows.exclude(principal_id=person).order_by("-pk")[: ENTRIES_LOOKED_AT + 1])
    apart = blocked_with(person)
    muted = set(queries.mutes_of(by).values_list("village", "thread"))
    habits = queries.habits_of([person]).get(person)
    letters: Counter[Way] = Counter()
    digests: dict[Way, set[datetime]] = {}
    has_devices = Device.objects.in_use(at).filter(resident=person).exists()
    for entry in entries[:ENTRIES_LOOKED_AT]:
        read = recorded(entry)
        zone = queries.zone_of(habits, homes[read.fact.village])
        for way, timing in _heard(person, read, choices, apart, muted):
            if way is Way.PUSH and not has_devices:
                continue
            if timing is Timing.NOW:
                letters[way] += 1
            else:
                digests.setdefault(way, set()).add(queries.due_at(timing, read.at, zone))
    counts = {
        way: letters[way] + len(digests.get(way, ())) for way in Way if way in queries.ways_here()
    }
    return Preview(counts, len(entries) <= ENTRIES_LOOKED_AT)


def _heard(
    person: UUID,
    read: Recorded,
    choices: Choices,
    apart: set[UUID],
    muted: set[tuple[str, str]],
) -> list[tuple[Way, Timing]]:
    found: list[tuple[Way, Timing]] = []
    for notice in notices_of(type(read.fact)):
        if read.principal_id in apart and not notice.is_official:
            continue
        audience = notice.audience(read.fact)
        is_meant = (
            audience.filter(pk=person).exists()
            if isinstance(audience, QuerySet)
            else person in set(audience)
        )
        if is_meant:
            thread = notice.thread(read.fact) if notice.thread else ""
            is_muted = not muted.isdisjoint({(read.fact.village, ""), (read.fact.village, thread)})
            found += queries.plan_of(notice, choices, is_muted=is_muted).items()
    return found
