"""What a steward may decide, and what takes two of them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from village.core.actor import SYSTEM, Actor
from village.core.policy import ALLOWED, Verdict, denied, hidden
from village.residents.models import Grant
from village.residents.queries import is_member
from village.stewardship import queries


def may_steward(by: Actor, village: str) -> Verdict:
    """Say whether the actor may decide for a village: its stewards, and the operator."""
    if by == SYSTEM or queries.is_steward(by, village):
        return ALLOWED
    if not is_member(by, village):
        return hidden()
    return denied(_("Only a steward of the village does this."))


def may_confirm(by: Actor, grant: Grant) -> Verdict:
    """Say whether the actor may confirm a proposed role: another steward, or the operator."""
    village = grant.membership.village_id
    if by == SYSTEM:
        return ALLOWED
    if not queries.is_steward(by, village):
        is_hers = grant.membership.resident_id == by.principal_id and is_member(by, village)
        return denied(_("A second steward confirms this.")) if is_hers else hidden()
    if grant.proposed_by_id in (None, by.principal_id):
        return denied(_("You have proposed this yourself. Please ask a second steward."))
    return ALLOWED


def may_end(by: Actor, grant: Grant) -> Verdict:
    """Say whether the actor may end a role: a steward any, everybody her own."""
    village = grant.membership.village_id
    if by == SYSTEM or queries.is_steward(by, village):
        return ALLOWED
    is_hers = grant.membership.resident_id == by.principal_id and not by.is_assisted
    return ALLOWED if is_hers and is_member(by, village) else hidden()
