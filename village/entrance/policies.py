"""Who may let somebody in, and who may say where somebody lives."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from village.core.actor import Actor
from village.core.policy import ALLOWED, Verdict, denied, hidden
from village.entrance import queries
from village.entrance.models import Invitation
from village.residents.models import Residency, Role
from village.residents.queries import holds, is_member


def may_print_letters(by: Actor, village: str) -> Verdict:
    """Say whether the actor may print codes for the households of a village."""
    if not is_member(by, village):
        return hidden()
    if holds(by, village, Role.STEWARD, Role.CLERK):
        return ALLOWED
    return denied(_("Only the steward and the town hall print letters."))


def may_invite(by: Actor, village: str) -> Verdict:
    """Say whether the actor may invite her household."""
    level = queries.level_of(by, village)
    if level is None:
        return hidden()
    if by.is_assisted:
        return denied(_("Nobody invites in somebody else's name."))
    if level >= Residency.LETTER or holds(by, village, Role.STEWARD):
        return ALLOWED
    return denied(_("First show the village that you live here: with the code of your letter."))


def may_withdraw(by: Actor, invitation: Invitation) -> Verdict:
    """Say whether the actor may take an invitation back: her own, or as steward anybody's."""
    is_own = by.principal_id == invitation.made_by_id and not by.is_assisted
    if is_own or holds(by, invitation.village_id, Role.STEWARD):
        return ALLOWED
    return hidden()


def may_check(by: Actor, village: str, resident_id: UUID) -> Verdict:
    """Say whether the actor may confirm at the desk where somebody lives."""
    if not is_member(by, village):
        return hidden()
    if not queries.is_at_a_desk(by, village):
        return denied(_("Only a desk of the village confirms where somebody lives."))
    if by.principal_id == resident_id:
        return denied(_("Nobody confirms this for herself."))
    return ALLOWED


def may_vouch(by: Actor, village: str, resident_id: UUID) -> Verdict:
    """Say whether the actor may stand up for a neighbour."""
    level = queries.level_of(by, village)
    if level is None:
        return hidden()
    if by.is_assisted:
        return denied(_("Nobody vouches in somebody else's name."))
    if by.principal_id == resident_id:
        return denied(_("Nobody vouches for herself."))
    if level < Residency.LETTER:
        return denied(_("Only neighbours whom the village knows to live here can vouch."))
    return ALLOWED
