"""What is broken, over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import File, Query, Status
from ninja.files import UploadedFile

from village.core.actor import KeyScope, Scope
from village.core.http import ActorRequest
from village.core.images import MAX_BYTES
from village.core.permissions import MEMBERS, Standing, may
from village.core.router import Router
from village.core.schemas import PageOut, PageQuery
from village.journal.listing import listing
from village.messaging import actions, policies, queries
from village.messaging.schemas import (
    DefectIn,
    DefectKindsIn,
    DefectOut,
    DepartmentOut,
    show_defect,
    show_departments,
)
from village.residents.queries import member_of

router = Router()
NEWEST_FIRST = ("-reported_at", "-pk")


@router.get(
    "/villages/{slug:v}/defects",
    response=PageOut[DefectOut],
    scope=Scope.DEFECT_REPORT,
    who=MEMBERS,
)
def list_defects(request: ActorRequest, v: str, query: Query[PageQuery]) -> dict[str, Any]:
    """List what I have reported as broken, newest first, and how far it has come."""
    village = member_of(request.actor, v)
    return listing(
        lambda: queries.own_defects(request.actor, village.pk),
        lambda found: [show_defect(each) for each in found],
        query=query,
        order=NEWEST_FIRST,
        address=f"residents/{request.actor.principal_id}",
    )


@router.post(
    "/villages/{slug:v}/defects",
    response={201: DefectOut},
    scope=Scope.DEFECT_REPORT,
    who=MEMBERS,
)
def report_defect(request: ActorRequest, v: str, payload: DefectIn) -> Status[DefectOut]:
    """Tell the town hall that something is broken; its department sees to it."""
    defect = actions.report_defect(
        by=request.actor,
        village=v,
        category_id=payload.category,
        text=payload.text,
        place=payload.place,
        point=payload.where(),
        at=timezone.now(),
    )
    return Status(201, show_defect(queries.visible_defect(request.actor, defect.pk)))


@router.get(
    "/defects/{uuid:defect_id}",
    response=DefectOut,
    scope=Scope.DEFECT_REPORT,
    who=may(Standing.OWNER, Standing.CLERK, key=KeyScope.CASES_READ),
)
def get_defect(request: ActorRequest, defect_id: UUID) -> DefectOut:
    """Show something that was reported as broken."""
    return show_defect(queries.visible_defect(request.actor, defect_id))


@router.post(
    "/defects/{uuid:defect_id}/photo",
    response=DefectOut,
    scope=None,
    who=may(Standing.OWNER, seen_by=[Standing.CLERK]),
)
def show_photo(request: ActorRequest, defect_id: UUID, file: File[UploadedFile]) -> DefectOut:
    """Show a photo of what I have reported: JPEG, PNG or WebP, at most 12 MB."""
    actions.show_photo(
        by=request.actor,
        defect_id=defect_id,
        data=file.read(MAX_BYTES + 1),
        at=timezone.now(),
    )
    return show_defect(queries.visible_defect(request.actor, defect_id))


@router.get(
    "/defects/{uuid:defect_id}/nearby",
    response=PageOut[DefectOut],
    scope=None,
    who=may(Standing.CLERK, seen_by=[Standing.OWNER], key=KeyScope.CASES_READ),
)
def list_nearby_defects(
    request: ActorRequest, defect_id: UUID, query: Query[PageQuery]
) -> dict[str, Any]:
    """List, to clerks, what else of the kind is reported close by: perhaps it is the same."""
    found = queries.visible_defect(request.actor, defect_id)
    policies.may_handle(request.actor, found.case).enforce()
    return listing(
        lambda: queries.nearby(found),
        lambda others: [show_defect(each) for each in others],
        query=query,
        order=NEWEST_FIRST,
    )


@router.put(
    "/departments/{uuid:department_id}/defects",
    response=DepartmentOut,
    scope=None,
    who=may(Standing.STEWARD, seen_by=[Standing.MEMBER]),
)
def name_defects(
    request: ActorRequest, department_id: UUID, payload: DefectKindsIn
) -> DepartmentOut:
    """Say, as steward, what residents report to a department as broken."""
    department = actions.name_defects(
        by=request.actor,
        department_id=department_id,
        names=payload.categories,
        at=timezone.now(),
    )
    return show_departments([department])[0]
