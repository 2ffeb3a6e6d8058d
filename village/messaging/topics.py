"""What screens of residents and of the town hall follow."""

from __future__ import annotations

from uuid import UUID

from village.core.actor import Actor, Scope
from village.core.permissions import Standing, may
from village.journal.topics import Topic, uuid_or_none
from village.messaging import queries
from village.messaging.facts import (
    CaseAcknowledged,
    CaseOpened,
    CaseReferred,
    CaseResolved,
    DefectPictured,
    DefectReported,
    MessageWritten,
)
from village.messaging.schemas import CaseOut, MessageOut, show_case, show_message
from village.residents.topics import residents_me

OfADefect = DefectReported | DefectPictured
OfCase = CaseOpened | MessageWritten | CaseAcknowledged | CaseResolved | CaseReferred | OfADefect


def can_read(by: Actor, *, case: str) -> bool:
    """Admit a case's author and the clerks of its department."""
    case_id = uuid_or_none(case)
    return case_id is not None and queries.cases_visible_to(by).filter(pk=case_id).exists()


def sits_at_the_desk(by: Actor, *, department: str) -> bool:
    """Admit the clerks of a department."""
    department_id = uuid_or_none(department)
    return department_id is not None and queries.desk_of(by, department_id) is not None


def case_as_it_stands(fact: OfCase) -> CaseOut | None:
    """Show a case."""
    found = queries.cases().filter(pk=fact.case).first()
    return show_case(found) if found is not None else None


def message_as_written(fact: MessageWritten) -> MessageOut | None:
    """Show a message with its text: only its author and the clerks are admitted."""
    found = queries.message_of(fact.message)
    # One without text belonged to somebody who was erased.
    return show_message(found) if found is not None and found.text else None


def _to_the_author(fact: OfCase) -> list[dict[str, UUID]]:
    return [{"resident": fact.author}]


case = Topic(
    "cases/{case}",
    admits=can_read,
    scope=Scope.AUTHORITY_READ,
    who=may(Standing.OWNER, Standing.CLERK),
    snapshot="/api/v1/cases/{case}/messages?position=1",
    carries={
        CaseOpened: case_as_it_stands,
        MessageWritten: message_as_written,
        CaseAcknowledged: case_as_it_stands,
        CaseResolved: case_as_it_stands,
        CaseReferred: case_as_it_stands,
        DefectReported: case_as_it_stands,
        DefectPictured: case_as_it_stands,
    },
    relays_typing=True,
)
inbox = Topic(
    "departments/{department}/inbox",
    admits=sits_at_the_desk,
    scope=None,
    who=may(Standing.CLERK),
    snapshot="/api/v1/departments/{department}/cases?position=1",
    carries=dict.fromkeys(
        (
            CaseOpened,
            DefectReported,
            DefectPictured,
            MessageWritten,
            CaseAcknowledged,
            CaseResolved,
            CaseReferred,
        ),
        case_as_it_stands,
    ),
)
# The list of my cases moves too, without following each of them.
for fact in (CaseOpened, MessageWritten, CaseAcknowledged, CaseResolved, CaseReferred):
    residents_me.carry(fact, case_as_it_stands, to=_to_the_author, scope=Scope.AUTHORITY_READ)
for about in (DefectReported, DefectPictured):
    residents_me.carry(about, case_as_it_stands, to=_to_the_author, scope=Scope.DEFECT_REPORT)
