"""When somebody does herself what helpers did for her."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from village.acting.models import Graduation
from village.acting.words import DEEDS, scope_of
from village.assist.models import Mandate
from village.core.actor import Scope
from village.journal.models import Entry
from village.residents.queries import village_or_404

LOOKS_BACK = timedelta(days=60)
# So often, and on so many days: whoever tried it once with a grandchild is not asked.
ACTS_AT_LEAST, DAYS_AT_LEAST = 3, 2


def ready_to_shrink(village: str, *, at: datetime) -> list[tuple[Mandate, Scope]]:
    """
    Give what people do by themselves and have not been asked about, with the mandate to shrink.

    Within sixty days she has done it at least three times, on two days, and more often than her
    helpers have.
    """
    mandates = list(Mandate.objects.in_force(at).filter(village=village).order_by("pk"))
    asked = set(
        Graduation.objects.filter(mandate__in=mandates).values_list("mandate", "scope").iterator()
    )
    acts = Entry.objects.filter(
        village=village,
        principal_id__in={each.person_id for each in mandates},
        kind__in=[kind for kind in DEEDS if scope_of(kind) is not None],
        at__gt=at - LOOKS_BACK,
        at__lte=at,
    )
    alone = _done_alone(
        acts.values_list("kind", "principal_id", "helper_id", "at").iterator(), village
    )
    return [
        (mandate, scope)
        for mandate in mandates
        for scope in sorted(mandate.covers & alone.get(mandate.person_id, set()))
        if (mandate.pk, scope.value) not in asked
    ]


def open_graduations(at: datetime) -> QuerySet[Graduation]:
    """Give what people were asked, whose mandates are in force; see ``Graduation.is_open``."""
    in_force = Mandate.objects.in_force(at)
    rows = Graduation.objects.filter(mandate__in=in_force).order_by("created_at", "pk")
    return rows.select_related("mandate__person", "mandate__centre")


def _done_alone(
    acts: Iterable[tuple[str, UUID, UUID | None, datetime]], village: str
) -> dict[UUID, set[Scope]]:
    zone = village_or_404(village).tzinfo
    alone: Counter[tuple[UUID, Scope]] = Counter()
    helped: Counter[tuple[UUID, Scope]] = Counter()
    days: dict[tuple[UUID, Scope], set[date]] = {}
    for kind, person, helper, moment in acts:
        scope = scope_of(kind)
        if scope is None:
            continue
        if helper is not None:
            helped[person, scope] += 1
            continue
        alone[person, scope] += 1
        days.setdefault((person, scope), set()).add(moment.astimezone(zone).date())
    found: dict[UUID, set[Scope]] = {}
    for (person, scope), times in alone.items():
        is_often = times >= ACTS_AT_LEAST and len(days[person, scope]) >= DAYS_AT_LEAST
        if is_often and times > helped[person, scope]:
            found.setdefault(person, set()).add(scope)
    return found
