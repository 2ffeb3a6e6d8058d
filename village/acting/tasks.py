"""The month's statements, on a clock."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from village.acting import actions, queries
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
