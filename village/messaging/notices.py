"""Whom to tell about a case, in words that may stand on a locked screen."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from village.core.actor import Scope
from village.journal.notices import Importance, Notice, Words
from village.messaging import queries
from village.messaging.facts import CaseOpened, MessageWritten


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


def _clerks(fact: CaseOpened) -> list[UUID]:
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


def _thread(fact: CaseOpened | MessageWritten) -> str:
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
