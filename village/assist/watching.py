"""What a coordinator keeps an eye on, and what the village counts, without names."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate

from village.assist import queries
from village.assist.models import Centre, EndedBy, Mandate
from village.journal.models import Entry

NEAR = timedelta(days=30)
LOOKS_BACK = timedelta(days=30)
# More different people than this on one day is more than a desk can bear.
MANY_PEOPLE = 15
NIGHT_BEGINS, NIGHT_ENDS = time(22), time(6)


@dataclass(frozen=True, slots=True)
class Unusual:
    """Hold what was unusual about a volunteer: on how many days many people, how often at night."""

    volunteer_id: UUID
    days_of_many: int
    acts_at_night: int


@dataclass(frozen=True, slots=True)
class Figures:
    """
    Hold what a village counts of assisted mode.

    ``share_alone`` is the share of all that people with a mandate did which they did
    themselves, or ``None`` before anything was done.
    """

    people_with_a_mandate: int
    acts: dict[str, int]
    share_alone: float | None
    mandates_revoked: int


def near_their_end(centre: Centre, *, at: datetime) -> QuerySet[Mandate]:
    """Give the mandates of a centre that end within thirty days."""
    return queries.mandates().in_force(at).filter(centre=centre, ends_at__lte=at + NEAR)


def unusual_volunteers(centre: Centre, *, at: datetime) -> list[Unusual]:
    """Give the volunteers who helped many people on one day, or at night, in thirty days."""
    acts = Entry.objects.filter(
        at__gt=at - LOOKS_BACK,
        at__lte=at,
        helper_id__isnull=False,
        mandate_id__in=Mandate.objects.filter(centre=centre).values("pk"),
    )
    zone = centre.village.tzinfo
    by_day = (
        acts.annotate(day=TruncDate("at", tzinfo=zone))
        .values("helper_id", "day")
        .annotate(people=Count("principal_id", distinct=True))
        .filter(people__gt=MANY_PEOPLE)
    )
    many = Counter(row["helper_id"] for row in by_day)
    night: Counter[UUID] = Counter()
    for helper_id, moment in acts.values_list("helper_id", "at").iterator():
        clock = moment.astimezone(zone).time()
        if helper_id is not None and (clock >= NIGHT_BEGINS or clock < NIGHT_ENDS):
            night[helper_id] += 1
    return [
        Unusual(volunteer, many[volunteer], night[volunteer])
        for volunteer in sorted(many.keys() | night.keys())
    ]


def figures_of(village: str, *, at: datetime) -> Figures:
    """Count what assisted mode does for a village; nobody can be told from it."""
    mandates = Mandate.objects.filter(village=village)
    people = mandates.exclude(starts_at=None).values("person")
    done = Entry.objects.filter(village=village, principal_id__in=people)
    helped = done.filter(helper_id__isnull=False)
    total, assisted = done.count(), helped.count()
    kinds = helped.values_list("kind").annotate(Count("id")).order_by("kind")
    return Figures(
        people_with_a_mandate=mandates.in_force(at).values("person").distinct().count(),
        acts=dict(kinds),
        share_alone=(total - assisted) / total if total else None,
        mandates_revoked=mandates.filter(revoked_at__isnull=False)
        .exclude(ended_why=EndedBy.SUPERSEDED)
        .count(),
    )
