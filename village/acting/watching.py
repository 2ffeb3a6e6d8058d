"""What a coordinator keeps an eye on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate

from village.acting.models import Refusal
from village.assist import queries
from village.assist.models import Centre, Mandate
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


def near_their_end(centre: Centre, *, at: datetime) -> QuerySet[Mandate]:
    """Give the mandates of a centre that end within thirty days."""
    return queries.mandates().in_force(at).filter(centre=centre, ends_at__lte=at + NEAR)


def refusals_at(centre: Centre, *, at: datetime) -> QuerySet[Refusal]:
    """Give what was refused at a centre in thirty days, the newest first."""
    rows = Refusal.objects.filter(centre=centre, last_at__gt=at - LOOKS_BACK)
    return rows.select_related("who", "mandate__person").order_by("-last_at", "-pk")


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
