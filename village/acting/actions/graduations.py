"""The verb of asking whether a mandate may shrink."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from village.acting import facts
from village.acting.models import Graduation
from village.assist.models import Mandate
from village.core.actor import SYSTEM, Actor, Scope
from village.core.errors import Forbidden
from village.journal.actions import record


@transaction.atomic
def suggest_graduation(
    *, by: Actor, mandate: Mandate, scope: Scope, at: datetime
) -> Graduation | None:
    """
    Ask a person and her coordinators whether a mandate may shrink: she does this herself now.

    Saying yes is ``revoke_scope``. A second call asks nobody twice; ``None`` says so.

    :raises Forbidden: if the actor is not the system
    """
    if by != SYSTEM:
        raise Forbidden
    graduation, is_new = Graduation.objects.get_or_create(
        mandate=mandate,
        scope=scope,
        defaults={"village_id": mandate.village_id, "created_at": at},
    )
    if not is_new:
        return None
    fact = facts.GraduationSuggested(
        village=mandate.village_id,
        graduation=graduation.pk,
        mandate=mandate.pk,
        person=mandate.person_id,
    )
    record(fact, by=by, at=at)
    return graduation
