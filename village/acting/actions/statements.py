"""The verb of telling people what was done in their names."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from village.acting import facts, queries
from village.acting.models import Statement
from village.core.actor import SYSTEM, Actor
from village.core.errors import Forbidden
from village.journal import verification
from village.journal.actions import record


@transaction.atomic
def make_statement(
    *,
    by: Actor,
    person_id: UUID,
    village: str,
    begins_at: datetime,
    ends_at: datetime,
    at: datetime,
) -> Statement | None:
    """
    Tell a person what was done in her name in a month: [begins_at, ends_at).

    A second call tells nobody twice; ``None`` says so.

    :raises Forbidden: if the actor is not the system
    """
    if by != SYSTEM:
        raise Forbidden
    number, mark = verification.tip_of(village)
    statement, is_new = Statement.objects.get_or_create(
        village_id=village,
        person_id=person_id,
        begins_at=begins_at,
        defaults={
            "ends_at": ends_at,
            "acts": queries.ledger_between(person_id, village, begins_at, ends_at).count(),
            "number": number,
            "mark": mark,
            "created_at": at,
        },
    )
    if not is_new:
        return None
    record(
        facts.StatementMade(village=village, statement=statement.pk, person=person_id),
        by=by,
        at=at,
    )
    return statement
