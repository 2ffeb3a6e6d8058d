"""Who may speak with the town hall, and who for it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from village.core.actor import Actor, Scope
from village.core.errors import NeedsTwo, OutOfScope
from village.core.policy import ALLOWED, Verdict, denied, hidden
from village.messaging import queries
from village.messaging.models import Case, Category, Department
from village.residents.queries import is_member


def may_open(by: Actor, department: Department, category: Category | None = None) -> Verdict:
    """Say whether the actor may bring a case to a department, about something or in general."""
    if not is_member(by, department.village_id):
        return hidden()
    return _covered(by, category)


def may_report(by: Actor, village: str) -> Verdict:
    """Say whether the actor may report what is broken: everybody who lives here."""
    if not is_member(by, village):
        return hidden()
    return ALLOWED if by.may(Scope.DEFECT_REPORT) else Verdict(OutOfScope())


def may_show_photo(by: Actor, case: Case) -> Verdict:
    """Say whether the actor may show a photo of a defect: who reported it, in person."""
    if queries.is_author(by, case):
        return ALLOWED if by.may(None) else Verdict(OutOfScope())
    if queries.is_clerk(by, case.department):
        return denied(_("Whoever has reported it shows the photo."))
    return hidden()


def may_write(by: Actor, case: Case) -> Verdict:
    """Say whether the actor may write in a case: as its author, or as a clerk."""
    if queries.is_author(by, case):
        return _covered(by, case.category)
    return ALLOWED if queries.is_clerk(by, case.department) else hidden()


def may_handle(by: Actor, case: Case) -> Verdict:
    """Say whether the actor may say how far a case has come."""
    if queries.is_clerk(by, case.department):
        return ALLOWED
    if queries.is_author(by, case):
        return denied(_("Only the town hall does this."))
    return hidden()


def _covered(by: Actor, category: Category | None) -> Verdict:
    if not by.may(Scope.AUTHORITY_WRITE):
        return Verdict(OutOfScope())
    if by.needs_a_second and category is not None and category.confidential:
        return Verdict(NeedsTwo())
    return ALLOWED
