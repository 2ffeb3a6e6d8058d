"""Who warns the village, and that it takes two."""

from __future__ import annotations

from django.utils.translation import gettext as _

from village.alerts import queries
from village.alerts.models import Alert
from village.core.actor import SYSTEM, Actor
from village.core.policy import ALLOWED, Verdict, denied, hidden
from village.residents.models import Role
from village.residents.queries import holds, is_member


def may_warn(by: Actor, village: str) -> Verdict:
    """Say whether the actor drafts alerts and takes them back: for the town hall, or as steward."""
    if queries.is_authority(by, village):
        return ALLOWED
    if not is_member(by, village):
        return hidden()
    return denied(_("Only the town hall does this."))


def may_release(by: Actor, draft: Alert) -> Verdict:
    """Say whether the actor releases a draft: another one of those who warn than who wrote it."""
    if not queries.is_authority(by, draft.village_id):
        return hidden()
    if draft.drafted_by_id == by.principal_id:
        return denied(_("You have written this yourself. A second person releases it."))
    return ALLOWED


def may_discard(by: Actor, draft: Alert) -> Verdict:
    """Say whether the actor throws a draft away: everybody who warns, her own too."""
    return ALLOWED if queries.is_authority(by, draft.village_id) else hidden()


def may_listen(by: Actor, village: str) -> Verdict:
    """Say whether the actor chooses whose warnings the village hears: its stewards."""
    if holds(by, village, Role.STEWARD):
        return ALLOWED
    if not is_member(by, village):
        return hidden()
    return denied(_("Only a steward of the village does this."))


def may_take_in(by: Actor) -> Verdict:
    """Say whether the actor pulls feeds and ends what is over: the system alone."""
    return ALLOWED if by == SYSTEM else hidden()
