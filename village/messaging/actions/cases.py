"""The verbs of a case: the only code that opens one, writes in it, or moves it on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from village.core.actor import Actor
from village.core.errors import DomainError, NotFound
from village.journal.actions import record, record_all
from village.journal.facts import Fact
from village.messaging import facts, policies, queries
from village.messaging.models import Case, CaseStatus, Category, Department, Message


class CaseIsResolved(DomainError):
    """The case is done: there is nothing left to acknowledge."""

    code = "messaging.case_resolved"

    def __init__(self) -> None:
        super().__init__(_("This case is resolved already."))


@transaction.atomic
def open_case(
    *,
    by: Actor,
    village: str,
    department_id: UUID,
    category_id: UUID | None = None,
    title: str,
    text: str,
    at: datetime,
) -> Case:
    """
    Bring a matter to a department, for the actor's principal; ``text`` is its first message.

    :raises NotFound: if the village shows the actor no such department or category
    :raises OutOfScope: if the mandate does not cover writing to the authority
    :raises NeedsTwo: if a second volunteer has to say yes, because it is confidential
    """
    department = queries.department_or_404(village, department_id)
    category = _category(department, category_id)
    policies.may_open(by, department, category).enforce()
    case, message = begin(by=by, about=category or department, title=title, text=text, at=at)
    record(
        facts.CaseOpened(
            village=village,
            case=case.pk,
            department=department.pk,
            author=case.author_id,
            message=message.pk,
        ),
        by=by,
        at=at,
    )
    return case


@transaction.atomic
def write_message(*, by: Actor, case_id: UUID, text: str, at: datetime) -> Message:
    """
    Write in a case, as its author or as a clerk of its department.

    A resolved case takes messages too: "thank you", and "it is broken again".

    :raises NotFound: if the actor sees no such case
    :raises OutOfScope: if the mandate does not cover writing to the authority
    :raises NeedsTwo: if a second volunteer has to say yes, because it is confidential
    """
    case = locked(case_id)
    policies.may_write(by, case).enforce()
    message = _append(case, by=by, text=text, at=at)
    record(_written(case, message), by=by, at=at)
    return message


@transaction.atomic
def acknowledge_case(*, by: Actor, case_id: UUID, at: datetime) -> Case:
    """
    Say that the department has read a case; a second call changes nothing.

    :raises NotFound: if the actor sees no such case
    :raises Forbidden: if the actor is no clerk of its department
    :raises CaseIsResolved: if it is done already
    """
    case = locked(case_id)
    policies.may_handle(by, case).enforce()
    if case.status == CaseStatus.RESOLVED:
        raise CaseIsResolved
    if case.status != CaseStatus.ACKNOWLEDGED:
        _move(case, CaseStatus.ACKNOWLEDGED, facts.CaseAcknowledged, by=by, at=at)
    return case


@transaction.atomic
def resolve_case(*, by: Actor, case_id: UUID, at: datetime) -> Case:
    """
    Say that a case is done; a second call changes nothing.

    :raises NotFound: if the actor sees no such case
    :raises Forbidden: if the actor is no clerk of its department
    """
    case = locked(case_id)
    policies.may_handle(by, case).enforce()
    if case.status != CaseStatus.RESOLVED:
        _move(case, CaseStatus.RESOLVED, facts.CaseResolved, by=by, at=at)
    return case


@transaction.atomic
def refer_case(*, by: Actor, case_id: UUID, text: str, at: datetime) -> Case:
    """
    Say that a case is for somebody else to see to; ``text`` tells its author for whom.

    :raises NotFound: if the actor sees no such case
    :raises Forbidden: if the actor is no clerk of its department
    :raises CaseIsResolved: if it is done already
    """
    case = locked(case_id)
    policies.may_handle(by, case).enforce()
    if case.status == CaseStatus.RESOLVED:
        raise CaseIsResolved
    message = _append(case, by=by, text=text, at=at)
    case.status = CaseStatus.REFERRED
    case.save(update_fields=["status"])
    told: list[Fact] = [_written(case, message), _moved(case, facts.CaseReferred)]
    record_all(told, by=by, at=at)
    return case


def begin(
    *, by: Actor, about: Department | Category, title: str, text: str, at: datetime
) -> tuple[Case, Message]:
    """Write a new case with its first message; whoever calls says what happened."""
    category = about if isinstance(about, Category) else None
    department = about.department if isinstance(about, Category) else about
    case = Case.objects.create(
        village_id=department.village_id,
        department=department,
        category=category,
        title=title,
        author_id=by.principal_id,
        via_helper=by.is_assisted,
        created_at=at,
    )
    return case, _append(case, by=by, text=text, at=at)


def _category(department: Department, category_id: UUID | None) -> Category | None:
    if category_id is None:
        return None
    found = department.categories.filter(pk=category_id).first()
    if found is None:
        raise NotFound
    return found


def locked(case_id: UUID) -> Case:
    # Locked until commit: messages get their numbers, and a case its next status, one by one.
    found = queries.cases().select_for_update(of=("self",), no_key=True).filter(pk=case_id).first()
    if found is None:
        raise NotFound
    return found


def _append(case: Case, *, by: Actor, text: str, at: datetime) -> Message:
    case.message_count += 1
    case.save(update_fields=["message_count"])
    return Message.objects.create(
        village_id=case.village_id,
        case=case,
        number=case.message_count,
        author_id=by.principal_id,
        text=text,
        via_helper=by.is_assisted,
        written_at=at,
        created_at=at,
    )


def _written(case: Case, message: Message) -> facts.MessageWritten:
    return facts.MessageWritten(
        village=case.village_id,
        case=case.pk,
        department=case.department_id,
        author=case.author_id,
        message=message.pk,
        writer=message.author_id,
    )


Moved = facts.CaseAcknowledged | facts.CaseResolved | facts.CaseReferred


def _move(case: Case, status: CaseStatus, fact: type[Moved], *, by: Actor, at: datetime) -> None:
    case.status = status
    case.save(update_fields=["status"])
    record(_moved(case, fact), by=by, at=at)


def _moved(case: Case, fact: type[Moved]) -> Moved:
    return fact(
        village=case.village_id,
        case=case.pk,
        department=case.department_id,
        author=case.author_id,
    )
