"""Whom to tell about a case, in words that may stand on a locked screen."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from village.core.actor import Scope
from village.journal.notices import Importance, Notice, Words
from village.messaging import queries
from village.messaging.facts import (
    CaseAcknowledged,
    CaseOpened,
    CaseReferred,
    CaseResolved,
    DefectReported,
    MessageWritten,
)
from village.messaging.models import Case, CaseStatus

Moved = CaseAcknowledged | CaseResolved | CaseReferred


def _author_of_an_answered_case(fact: MessageWritten) -> list[UUID]:
    return [fact.author] if fact.writer != fact.author else []


def _answered(fact: MessageWritten) -> Words | None:
    if queries.message_of(fact.message) is None:
        return None
    # Never what was written: a phone lies open on the kitchen table.
    return Words(
        title=_("The town hall has answered."),
        body=_("Open the app to read it, or ask at your centre."),
        link=f"/cases/{fact.case}",
    )


def _clerks(fact: CaseOpened | DefectReported) -> list[UUID]:
    clerks = queries.clerks_of(fact.village, fact.department).exclude(pk=fact.author)
    return list(clerks.values_list("pk", flat=True))


def _opened(fact: CaseOpened) -> Words | None:
    case = queries.cases().filter(pk=fact.case).first()
    if case is None:
        return None
    return Words(
        title=_("A new case has come in."),
        body=case.department.name,
        link=f"/cases/{fact.case}",
    )


def _reported(fact: DefectReported) -> Words | None:
    case = queries.cases().filter(pk=fact.case).first()
    if case is None or case.category is None:
        return None
    return Words(
        title=_("Something is reported as broken."),
        body=_("%(what)s, for %(department)s")
        % {"what": case.category.name, "department": case.department.name},
        link=f"/cases/{fact.case}",
    )


def _reporter(fact: Moved) -> list[UUID]:
    """Give who waits to hear how it goes on; of other cases the town hall writes itself."""
    return [fact.author] if _defect(fact) is not None else []


def _moved_on(fact: Moved) -> Words | None:
    """Say how far it has come by now, whichever step this was told for."""
    case = _defect(fact)
    title = _STEPS.get(CaseStatus(case.status)) if case is not None else None
    if case is None or title is None:
        return None
    what = case.category.name if case.category is not None else case.department.name
    return Words(title=str(title), body=what, link=f"/defects/{fact.case}")


def _defect(fact: Moved) -> Case | None:
    return queries.cases().filter(pk=fact.case, defect_reported__isnull=False).first()


_STEPS = {
    CaseStatus.ACKNOWLEDGED: gettext_lazy("What you reported is in work."),
    CaseStatus.RESOLVED: gettext_lazy("What you reported is done."),
    CaseStatus.REFERRED: gettext_lazy("What you reported is for somebody else to mend."),
}


def _thread(fact: CaseOpened | DefectReported | MessageWritten | Moved) -> str:
    return f"cases/{fact.case}"


Notice(
    "messaging.answer",
    of=MessageWritten,
    audience=_author_of_an_answered_case,
    words=_answered,
    importance=Importance.TRANSACTIONAL,
    scope=Scope.AUTHORITY_READ,
    thread=_thread,
    is_official=True,
    goes_her_way=True,
)
Notice(
    "messaging.new_case",
    of=CaseOpened,
    audience=_clerks,
    words=_opened,
    importance=Importance.TRANSACTIONAL,
    scope=None,
    thread=_thread,
    is_official=True,
)
Notice(
    "messaging.new_defect",
    of=DefectReported,
    audience=_clerks,
    words=_reported,
    importance=Importance.TRANSACTIONAL,
    scope=None,
    thread=_thread,
    is_official=True,
)
for key, step in (
    ("messaging.defect_in_work", CaseAcknowledged),
    ("messaging.defect_done", CaseResolved),
    ("messaging.defect_not_ours", CaseReferred),
):
    Notice(
        key,
        of=step,
        audience=_reporter,
        words=_moved_on,
        importance=Importance.TRANSACTIONAL,
        scope=Scope.DEFECT_REPORT,
        thread=_thread,
        is_official=True,
        goes_her_way=True,
    )
