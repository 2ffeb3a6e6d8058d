"""What waits for a yes, and what was done."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from village.acting.models import PreparedAct, WaitsFor
from village.assist import queries as mandates
from village.core.actor import Actor, Level, Scope
from village.journal.models import Entry


def ledger_of(person_id: UUID) -> QuerySet[Entry]:
    """Give what helpers did in a person's name."""
    return Entry.objects.filter(principal_id=person_id, helper_id__isnull=False)


def prepared_acts() -> QuerySet[PreparedAct]:
    """Give prepared acts with all that is shown of them."""
    return PreparedAct.objects.select_related("mandate__centre", "mandate__person", "volunteer")


def waiting_for(by: Actor, *, at: datetime) -> QuerySet[PreparedAct]:
    """Give what waits for the actor's own yes; in assisted mode for her principal's."""
    waiting = prepared_acts().filter(pk__in=PreparedAct.objects.waiting(at).values("pk"))
    if by.is_assisted:
        return waiting.filter(mandate=by.mandate_id, waits_for=WaitsFor.PERSON)
    return waiting.filter(mandate__person=by.principal_id)


def waiting_at(centre_id: UUID, by: Actor, *, at: datetime) -> QuerySet[PreparedAct]:
    """Give what waits at a centre for a second volunteer who is not the first."""
    waiting = prepared_acts().filter(pk__in=PreparedAct.objects.waiting(at).values("pk"))
    return waiting.filter(mandate__centre=centre_id, waits_for=WaitsFor.SECOND).exclude(
        volunteer=by.principal_id
    )


def helper_of(act: PreparedAct, *, second_id: UUID | None, at: datetime) -> Actor:
    """
    Give the actor for whom a prepared act is carried out, and hold her mandate.

    :raises MandateUnknown: if the volunteer no longer holds it
    :raises MandateEnded: if it is no longer in force, or no longer covers it
    """
    by, _name = mandates.actor_under_mandate(
        helper_id=act.volunteer_id, mandate_id=act.mandate_id, at=at
    )
    mandates.hold(by)
    if not by.may(Scope(act.scope), Level.PREPARE):
        raise mandates.MandateEnded
    return replace(by, limits=frozenset(), second_id=second_id)
