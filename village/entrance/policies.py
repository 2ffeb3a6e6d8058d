"""Who may let somebody in, and who may say where somebody lives."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from village.core.actor import Actor
from village.core.policy import ALLOWED, Verdict, denied, hidden
from village.entrance import queries
from village.entrance.models import Card, Invitation
from village.residents.models import Residency, Resident, Role
from village.residents.queries import holds, is_member, needs_second_factor


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


def may_see_desk(by: Actor, village: str) -> Verdict:
    """Say whether the actor may learn at all whom the desk can help."""
    if holds(by, village, Role.COORDINATOR, Role.STEWARD):
        return ALLOWED
    if is_member(by, village):
        return denied(_("Only the steward and the coordinators of a centre print cards."))
    return hidden()


def may_print_card(by: Actor, village: str, resident: Resident) -> Verdict:
    """
    Say whether the actor may print somebody's sign-in card.

    Whoever has an e-mail address or a phone signs in by that: a card would be a second way into her
    account, in the hands of whoever prints it.
    """
    seen = may_see_desk(by, village)
    if not seen:
        return seen
    if by.principal_id == resident.pk:
        return denied(_("Nobody prints a card for herself."))
    if resident.email or resident.phone:
        return denied(_("She can sign in by e-mail or phone, and needs no card."))
    return ALLOWED


def may_let_in(by: Actor, village: str, resident: Resident) -> Verdict:
    """
    Say whether the actor may let somebody in again who has lost every way in.

    Whoever holds a staff role is let in by a steward only.
    """
    seen = may_see_desk(by, village)
    if not seen:
        return seen
    if by.principal_id == resident.pk:
        return denied(_("Nobody lets herself in."))
    if needs_second_factor(resident.pk) and not holds(by, village, Role.STEWARD):
        return denied(_("Only the steward lets somebody in who holds a staff role."))
    return ALLOWED


def may_revoke_card(by: Actor, card: Card) -> Verdict:
    """Say whether the actor may let a card die: her own, or one printed in her village."""
    if by.principal_id == card.resident_id and not by.is_assisted:
        return ALLOWED
    if holds(by, card.village_id, Role.COORDINATOR, Role.STEWARD):
        return ALLOWED
    return hidden()
