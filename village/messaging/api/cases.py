"""The town hall over HTTP: departments, cases, and what is said in them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Query, Status

from village.core.actor import EVERY_MANDATE, KeyScope, Scope
from village.core.http import ActorRequest
from village.core.permissions import MEMBERS, Standing, may
from village.core.router import Router
from village.core.schemas import PageOut, PageQuery
from village.journal.listing import listing
from village.messaging import actions, policies, queries
from village.messaging.schemas import (
    CaseIn,
    CaseOut,
    DepartmentIn,
    DepartmentOut,
    MessageIn,
    MessageOut,
    ReferralIn,
    show_case,
    show_cases,
    show_departments,
    show_message,
    show_messages,
)
from village.residents.contacts import contact_of
from village.residents.queries import member_of
from village.residents.schemas import ContactDetailsOut, show_contact

router = Router()
PARTIES = may(Standing.OWNER, Standing.CLERK, key=KeyScope.CASES_READ)
WRITERS = may(Standing.OWNER, Standing.CLERK, key=KeyScope.CASES_WRITE)
HANDLES = may(Standing.CLERK, seen_by=[Standing.OWNER], key=KeyScope.CASES_WRITE)
NEWEST_FIRST = ("-created_at", "-id")


@router.get(
    "/villages/{slug:v}/departments",
    response=PageOut[DepartmentOut],
    scope=EVERY_MANDATE,
    who=MEMBERS,
)
def list_departments(request: ActorRequest, v: str, query: Query[PageQuery]) -> dict[str, Any]:
    """List the departments of the town hall."""
    village = member_of(request.actor, v)
    return listing(
        lambda: queries.departments_of(village.pk),
        show_departments,
        query=query,
        order=("name", "id"),
    )


@router.post(
    "/villages/{slug:v}/departments",
    response={201: DepartmentOut},
    scope=None,
    who=may(Standing.STEWARD, seen_by=[Standing.MEMBER]),
)
def open_department(request: ActorRequest, v: str, payload: DepartmentIn) -> Status[DepartmentOut]:
    """Open a department of the town hall, as steward."""
    department = actions.open_department(
        by=request.actor, village=v, **payload.model_dump(), at=timezone.now()
    )
    return Status(201, show_departments([department])[0])


@router.get(
    "/villages/{slug:v}/cases", response=PageOut[CaseOut], scope=Scope.AUTHORITY_READ, who=MEMBERS
)
def list_cases(request: ActorRequest, v: str, query: Query[PageQuery]) -> dict[str, Any]:
    """
    List my cases, newest first; a clerk also gets those of her departments.

    My own are kept up to date by ``residents/me``, a department's by its inbox.
    """
    village = member_of(request.actor, v)
    return listing(
        lambda: queries.cases_visible_to(request.actor).filter(village=village),
        show_cases,
        query=query,
        order=NEWEST_FIRST,
        address=f"residents/{request.actor.principal_id}",
    )


@router.post(
    "/villages/{slug:v}/cases", response={201: CaseOut}, scope=Scope.AUTHORITY_WRITE, who=MEMBERS
)
def open_case(request: ActorRequest, v: str, payload: CaseIn) -> Status[CaseOut]:
    """Bring a matter to a department."""
    case = actions.open_case(
        by=request.actor,
        village=v,
        department_id=payload.department,
        category_id=payload.category,
        title=payload.title,
        text=payload.text,
        at=timezone.now(),
    )
    return Status(201, show_case(case))


@router.get(
    "/departments/{uuid:department_id}/cases",
    response=PageOut[CaseOut],
    scope=None,
    who=may(Standing.CLERK, key=KeyScope.CASES_READ),
)
def list_department_cases(
    request: ActorRequest, department_id: UUID, query: Query[PageQuery]
) -> dict[str, Any]:
    """List the cases of a department for its clerks, newest first."""
    department = queries.desk_or_404(request.actor, department_id)
    return listing(
        lambda: queries.cases_of_department(department),
        show_cases,
        query=query,
        order=NEWEST_FIRST,
        address=f"departments/{department.pk}/inbox",
    )


@router.get("/cases/{uuid:case_id}", response=CaseOut, scope=Scope.AUTHORITY_READ, who=PARTIES)
def get_case(request: ActorRequest, case_id: UUID) -> CaseOut:
    """Show a case."""
    return show_case(queries.visible_case(request.actor, case_id))


@router.get(
    "/cases/{uuid:case_id}/messages",
    response=PageOut[MessageOut],
    scope=Scope.AUTHORITY_READ,
    who=PARTIES,
)
def list_messages(request: ActorRequest, case_id: UUID, query: Query[PageQuery]) -> dict[str, Any]:
    """List what was said in a case, newest first."""
    case = queries.visible_case(request.actor, case_id)
    return listing(
        lambda: queries.messages_of(case),
        show_messages,
        query=query,
        order=("-number",),
        address=f"cases/{case.pk}",
    )


@router.post(
    "/cases/{uuid:case_id}/messages",
    response={201: MessageOut},
    scope=Scope.AUTHORITY_WRITE,
    who=WRITERS,
)
def write_message(request: ActorRequest, case_id: UUID, payload: MessageIn) -> Status[MessageOut]:
    """Write in a case, as its author or as a clerk of its department."""
    message = actions.write_message(
        by=request.actor, case_id=case_id, text=payload.text, at=timezone.now()
    )
    return Status(201, show_message(message))


@router.get(
    "/cases/{uuid:case_id}/contact",
    response=ContactDetailsOut,
    scope=None,
    who=may(Standing.CLERK, seen_by=[Standing.OWNER]),
)
def show_contact_of_author(request: ActorRequest, case_id: UUID) -> ContactDetailsOut:
    """Show a clerk where to find whoever brought a case, as she has left it herself."""
    case = queries.visible_case(request.actor, case_id)
    policies.may_handle(request.actor, case).enforce()
    return show_contact(contact_of(case.author_id))


@router.post("/cases/{uuid:case_id}/acknowledge", response=CaseOut, scope=None, who=HANDLES)
def acknowledge_case(request: ActorRequest, case_id: UUID) -> CaseOut:
    """Say, as a clerk, that the department has read a case."""
    return show_case(actions.acknowledge_case(by=request.actor, case_id=case_id, at=timezone.now()))


@router.post("/cases/{uuid:case_id}/resolve", response=CaseOut, scope=None, who=HANDLES)
def resolve_case(request: ActorRequest, case_id: UUID) -> CaseOut:
    """Say, as a clerk, that a case is done."""
    return show_case(actions.resolve_case(by=request.actor, case_id=case_id, at=timezone.now()))


@router.post("/cases/{uuid:case_id}/refer", response=CaseOut, scope=None, who=HANDLES)
def refer_case(request: ActorRequest, case_id: UUID, payload: ReferralIn) -> CaseOut:
    """Say, as a clerk, that a case is for somebody else to see to, and for whom."""
    case = actions.refer_case(
        by=request.actor, case_id=case_id, text=payload.text, at=timezone.now()
    )
    return show_case(case)
