"""Who may register a mandate, and who may end it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from village.assist import queries
from village.assist.models import Centre, Mandate
from village.core.actor import Actor
from village.core.policy import ALLOWED, Verdict, denied, hidden


def may_grant(by: Actor, centre: Centre, person_id: UUID) -> Verdict:
    """Say whether the actor may register that a person gives a centre a mandate."""
    if not queries.is_coordinator(by, centre):
        return denied(_("Only a coordinator of the centre registers mandates."))
    if by.principal_id == person_id:
        return denied(_("Nobody registers a mandate for herself."))
    return ALLOWED


def may_revoke(by: Actor, mandate: Mandate, *, at: datetime) -> Verdict:
    """Say whether the actor may end a mandate: the person herself, or a coordinator."""
    if by.is_assisted:
        return hidden()
    if by.principal_id == mandate.person_id or queries.is_coordinator(by, mandate.centre):
        return ALLOWED
    if queries.is_accredited(by, mandate.centre, at=at):
        return denied(_("Only the person herself or a coordinator ends a mandate."))
    return hidden()
