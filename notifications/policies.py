"""Who may decide what a person is told, and where."""

from __future__ import annotations

from django.utils.translation import gettext as _

from village.core.actor import SYSTEM, Actor, Scope
from village.core.errors import OutOfScope
from village.core.policy import ALLOWED, Verdict, denied
from village.journal.notices import Notice


def may_keep_devices(by: Actor) -> Verdict:
    """Say whether the actor may change where she is reached: only ever for herself."""
    return Verdict(OutOfScope()) if by.is_assisted else ALLOWED


def may_read(by: Actor) -> Verdict:
    """Say whether the actor may read what she was told: only ever for herself."""
    return Verdict(OutOfScope()) if by.is_assisted else ALLOWED


def may_prefer(by: Actor, notice: Notice | None) -> Verdict:
    """
    Say whether the actor may choose how a notice is told, or with ``None`` how everything is.

    A helper chooses only for what her mandate would let her read: otherwise she could have her
    principal's letters printed in front of her, or silence the ones that are about herself.
    """
    if not by.is_assisted:
        return ALLOWED
    covered = notice is not None and by.may(notice.scope)
    return ALLOWED if covered and by.may(Scope.NOTIFICATION_SETTINGS) else Verdict(OutOfScope())


def may_carry(by: Actor) -> Verdict:
    """Say whether the actor may tell people of the journal, and send their letters."""
    return ALLOWED if by == SYSTEM else denied(_("Only the village itself does this."))
