"""The verbs of a case: the only code that opens one, writes in it, or moves it on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from village.core.actor import Actor
from village.core.errors import DomainError, NotFound
from village.journal.actions import record
from village.messaging import facts, policies, queries
from village.messaging.models import Case, CaseStatus, Category, Department, Message
from village.residents.naming import check_name
from village.residents.queries import village_or_404
from village.stewardship.policies import may_steward


class DepartmentKnown(DomainError):
    """The town hall has a department of this name already."""

    code = "messaging.department_known"

    def __init__(self) -> None:
        super().__init__(_("There is a department of this name already."), field="name")


class CaseIsResolved(DomainError):
    """The case is done: there is nothing left to acknowledge."""

    code = "messaging.case_resolved"

    def __init__(self) -> None:
        super().__init__(_("This case is resolved already."))


@transaction.atomic
def open_department(
    *, by: Actor, village: str, name: str, about: str, categories: Sequence[str], at: datetime
) -> Department:
    """
    Open a department of the town hall; who is its clerk is then granted as a role.

    :raises NotFound: if the actor does not belong to the village
    :raises Forbidden: if she is no steward
    :raises DepartmentKnown: if there is one of this name
    :raises NameTaken: if its name may be taken for that of another office
    """
    may_steward(by, village).enforce()
    home = village_or_404(village)
    if Department.objects.filter(village=home, name=name).exists():
        raise DepartmentKnown
    check_name(name, village=village, field="name")
    department, is_new = Department.objects.get_or_create(
        village=home, name=name, defaults={"about": about, "created_at": at}
    )
    if not is_new:
        raise DepartmentKnown
    for each in dict.fromkeys(categories):
        Category.objects.create(village=home, department=department, name=each, created_at=at)
    record(facts.DepartmentOpened(village=village, department=department.pk), by=by, at=at)
    return department


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
    case = Case.objects.create(
        village_id=village,
        department=department,
        category=category,
        title=title,
        author_id=by.principal_id,
        via_helper=by.is_assisted,
        created_at=at,
    )
    message = _append(case, by=by, text=text, at=at)
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
    case = _locked(case_id)
    policies.may_write(by, case).enforce()
    message = _append(case, by=by, text=text, at=at)
    record(
        facts.MessageWritten(
            village=case.village_id,
            case=case.pk,
            department=case.department_id,
            author=case.author_id,
            message=message.pk,
            writer=message.author_id,
        ),
        by=by,
        at=at,
    )
    return message


@transaction.atomic
def acknowledge_case(*, by: Actor, case_id: UUID, at: datetime) -> Case:
    """
    Say that the department has read a case; a second call changes nothing.

    :raises NotFound: if the actor sees no such case
    :raises Forbidden: if the actor is no clerk of its department
    :raises CaseIsResolved: if it is done already
    """
    case = _locked(case_id)
    policies.may_handle(by, case).enforce()
    if case.status == CaseStatus.RESOLVED:
        raise CaseIsResolved
    if case.status == CaseStatus.OPEN:
        _move(case, CaseStatus.ACKNOWLEDGED, facts.CaseAcknowledged, by=by, at=at)
    return case


@transaction.atomic
def resolve_case(*, by: Actor, case_id: UUID, at: datetime) -> Case:
    """
    Say that a case is done; a second call changes nothing.

    :raises NotFound: if the actor sees no such case
    :raises Forbidden: if the actor is no clerk of its department
    """
    case = _locked(case_id)
    policies.may_handle(by, case).enforce()
    if case.status != CaseStatus.RESOLVED:
        _move(case, CaseStatus.RESOLVED, facts.CaseResolved, by=by, at=at)
    return case


def _category(department: Department, category_id: UUID | None) -> Category | None:
    if category_id is None:
        return None
    found = department.categories.filter(pk=category_id).first()
    if found is None:
        raise NotFound
    return found


def _locked(case_id: UUID) -> Case:
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


def _move(
    case: Case,
    status: CaseStatus,
    fact: type[facts.CaseAcknowledged] | type[facts.CaseResolved],
    *,
    by: Actor,
    at: datetime,
) -> None:
    case.status = status
    case.save(update_fields=["status"])
    record(
        fact(
            village=case.village_id,
            case=case.pk,
            department=case.department_id,
            author=case.author_id,
        ),
        by=by,
        at=at,
    )
