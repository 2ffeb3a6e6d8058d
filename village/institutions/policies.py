"""Who says that an institution is what it says: two stewards, or one and the operator."""

from __future__ import annotations

from django.utils.translation import gettext as _

from village.core.actor import SYSTEM, Actor
from village.core.policy import ALLOWED, Verdict, denied
from village.institutions.models import Badge
from village.stewardship.policies import may_steward


def may_confirm(by: Actor, badge: Badge) -> Verdict:
    """Say whether the actor may agree to a badge: another steward than who has proposed it."""
    if not (stewards := may_steward(by, badge.village_id)):
        return stewards
    if by != SYSTEM and badge.proposed_by_id in (None, by.principal_id):
        return denied(_("You have proposed this yourself. Please ask a second steward."))
    return ALLOWED
