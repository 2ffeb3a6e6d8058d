"""Who may sit with somebody, and who may say yes to what was prepared."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from village.acting.models import PreparedAct, WaitsFor
from village.assist.queries import assigned_to, is_accredited
from village.core.actor import Actor, Level, Scope
from village.core.policy import ALLOWED, Verdict, denied, hidden
from village.residents.queries import is_member


def may_settle(by: Actor, act: PreparedAct, *, at: datetime) -> Verdict:
    """
    Say whether the actor may carry out what was prepared, or drop it.

    It is the person herself; or a helper at the desk with her, where her mandate lets helpers
    act; or, where two are needed, another volunteer of the centre whom the mandate names: nobody
    else there sees what is done for her.
    """
    if by.principal_id == act.mandate.person_id and is_member(by, act.village_id):
        is_covered = by.mandate_id == act.mandate_id and by.may(Scope(act.scope), Level.ACT)
        if by.is_assisted and not (is_covered and act.waits_for == WaitsFor.PERSON):
            return denied(_("The person herself says yes to this, or a second volunteer."))
        return ALLOWED
    is_named = by.principal_id in assigned_to(act.mandate)
    if not is_named or not is_accredited(by, act.mandate.centre, at=at):
        return hidden()
    if act.waits_for != WaitsFor.SECOND:
        return denied(_("The person herself says yes to this."))
    if by.principal_id == act.volunteer_id:
        return denied(_("Somebody else has to say yes to this."))
    return ALLOWED
