"""Who may decide who lives in a village, and as what."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from village.core.actor import SYSTEM, Actor, Level, Scope
from village.core.errors import NeedsTwo, OutOfScope
from village.core.policy import ALLOWED, Verdict, denied, hidden
from village.residents import queries
from village.residents.models import Membership, Role, Village


def may_take_in(by: Actor, village: Village) -> Verdict:
    """Say whether the actor may make somebody a member."""
    if by == SYSTEM or queries.holds(by, village.pk, Role.STEWARD):
        return ALLOWED
    return denied(_("Only the steward of the village takes members in."))


def may_block(by: Actor) -> Verdict:
    """Say whether the actor may block others: everybody for herself, and nobody in her name."""
    return ALLOWED if by.may(None) else Verdict(OutOfScope())


def may_erase(by: Actor, resident_id: UUID) -> Verdict:
    """Say whether the actor may erase somebody: herself, or the village a restore's leftover."""
    if by == SYSTEM or (by.principal_id == resident_id and by.may(None)):
        return ALLOWED
    return Verdict(OutOfScope()) if by.principal_id == resident_id else hidden()


def may_choose_board_name(by: Actor, is_full: bool) -> Verdict:
    """Say whether the actor may be shown by so much of her name, where she lives."""
    if not by.may(None):
        return Verdict(OutOfScope())
    if is_full and queries.villages_of(by).filter(full_names=False).exists():
        return denied(_("Your village shows people by their first name and an initial."))
    return ALLOWED


def may_choose_language(by: Actor) -> Verdict:
    """Say whether the actor may choose her language: for herself, and nobody in her name."""
    return ALLOWED if by.may(None) else Verdict(OutOfScope())


def may_export(by: Actor) -> Verdict:
    """Say whether the actor may have all that is kept of her: herself, and nobody in her name."""
    return ALLOWED if by.may(None) else Verdict(OutOfScope())


def may_write_export(by: Actor) -> Verdict:
    """Say whether the actor may write somebody's file: the village itself."""
    return ALLOWED if by == SYSTEM else hidden()


def may_consent(by: Actor) -> Verdict:
    """Say whether the actor may agree to something: for herself, and nobody in her name."""
    return ALLOWED if by.may(None) else Verdict(OutOfScope())


def may_end(by: Actor, membership: Membership) -> Verdict:
    """Say whether the actor may end a membership: her own, or as steward anybody's."""
    if by.is_assisted:
        return denied(_("Leaving the village is never done by somebody else."))
    if by.principal_id == membership.resident_id:
        return ALLOWED
    return may_take_in(by, membership.village)


def may_keep_contact(by: Actor) -> Verdict:
    """Say whether the actor may change where the town hall finds her; one helper alone never."""
    if not by.may(Scope.CONTACT_DETAILS, Level.ACT):
        return Verdict(OutOfScope())
    return Verdict(NeedsTwo()) if by.needs_a_second else ALLOWED
