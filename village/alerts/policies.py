"""Who warns the village, and that it takes two."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from village.alerts import queries, rolls
from village.alerts.models import Alert, RollCall, Source
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


def source_of(by: Actor, roll: RollCall, about: UUID) -> Source | None:
    """
    Say as whom the actor speaks of somebody in a roll call; ``None`` where she may not.

    Of herself she speaks, and a helper of the person she helps, as far as they are asked; a warden
    of everybody; one of whom the village knows where she lives, of those she lives with; and a
    neighbour of those who let themselves be found by all.
    """
    if not rolls.is_on(roll, about):
        return None
    if about == by.principal_id:
        return Source.HELPER if by.is_assisted else Source.SELF
    if rolls.is_warden(by, roll.village_id):
        return Source.WARDEN
    if about in rolls.family_of(by, roll.village_id):
        return Source.FAMILY
    return Source.NEIGHBOUR if rolls.knows(by, roll.village_id, about) else None


def may_take_in(by: Actor) -> Verdict:
    """Say whether the actor pulls feeds and ends what is over: the system alone."""
    return ALLOWED if by == SYSTEM else hidden()
