"""What a steward may decide, and what takes two of them."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from village.core.actor import SYSTEM, Actor
from village.core.policy import ALLOWED, Verdict, denied, hidden
from village.residents.models import Grant, Role
from village.residents.queries import holds, is_member
from village.stewardship import queries
from village.stewardship.models import ApiKey


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


def may_make_key(by: Actor, village: str, role: Role, of: UUID) -> Verdict:
    """Say whether the actor may give a machine a key: for an office of hers, or as the steward."""
    if role == Role.RESIDENT:
        return may_steward(by, village)
    if not is_member(by, village):
        return hidden()
    if holds(by, village, role, of=of):
        return ALLOWED
    return denied(_("Only who holds this office herself gives a machine a key for it."))


def may_rotate(by: Actor, key: ApiKey) -> Verdict:
    """Say whether the actor may give a key a new secret: who holds its office, and the operator."""
    if key.role == Role.RESIDENT:
        return ALLOWED if may_steward(by, key.village_id) else hidden()
    if by == SYSTEM or holds(by, key.village_id, Role(key.role), of=key.of):
        return ALLOWED
    return hidden()


def may_end_key(by: Actor, key: ApiKey) -> Verdict:
    """Say whether the actor may end a key: who may rotate it, and every steward."""
    if queries.is_steward(by, key.village_id):
        return ALLOWED
    return may_rotate(by, key)
