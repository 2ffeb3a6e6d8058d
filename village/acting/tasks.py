"""What a clock does: statements, the end of what nobody has ended, and mandates that can shrink."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from village.acting import actions, queries
from village.acting.graduating import ready_to_shrink
from village.core.actor import SYSTEM
from village.residents.queries import all_villages


@shared_task
def make_statements() -> int:
    """Tell everybody who has not been told of last month; give their number."""
    at = timezone.now()
    made = 0
    for village in list(all_villages().order_by("pk")):
        begins_at, ends_at = queries.month_before(at, village.tzinfo)
        for person_id in queries.to_be_told(village.pk, begins_at, ends_at):
            made += (
                actions.make_statement(
                    by=SYSTEM,
                    person_id=person_id,
                    village=village.pk,
                    begins_at=begins_at,
                    ends_at=ends_at,
                    at=at,
                )
                is not None
            )
    return made


@shared_task
def close_sessions() -> int:
    """Close the sessions whose time is over; give their number."""
    at = timezone.now()
    overdue = list(queries.overdue_sessions(at).values_list("pk", flat=True))
    return sum(actions.close_session(by=SYSTEM, session_id=each, at=at) for each in overdue)


@shared_task
def suggest_graduations() -> int:
    """Ask the people who do by themselves what a mandate covers; give the number of questions."""
    at, asked = timezone.now(), 0
    for village in list(all_villages().order_by("pk")):
        for mandate, scope in ready_to_shrink(village.pk, at=at):
            made = actions.suggest_graduation(by=SYSTEM, mandate=mandate, scope=scope, at=at)
            asked += made is not None
    return asked
