"""The stewards' desk over HTTP. Nothing here is ever done in somebody else's name."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Query, Status

from village.core.errors import NotFound
from village.core.http import ActorRequest
from village.core.permissions import MEMBERS, Standing, may
from village.core.router import Router
from village.core.schemas import PageOut, PageQuery
from village.journal.listing import listing
from village.stewardship import actions, queries
from village.stewardship.schemas import GrantOut, RoleIn, role, show_grant

router = Router()
STEWARDS = may(Standing.STEWARD, seen_by=[Standing.MEMBER])
ROLES = "/villages/{slug:v}/roles"
ROLE = "/roles/{uuid:grant_id}"


@router.get(ROLES, response=PageOut[GrantOut], scope=None, who=MEMBERS)
def list_roles(request: ActorRequest, v: str, query: Query[PageQuery]) -> dict[str, Any]:
    """List who is what, and what is proposed: all to a steward, one's own to others."""
    return listing(
        lambda: queries.roles_visible_to(request.actor, v),
        lambda grants: [show_grant(each) for each in grants],
        query=query,
        order=("role", "id"),
    )


@router.post(ROLES, response={201: GrantOut}, scope=None, who=STEWARDS)
def grant_role(request: ActorRequest, v: str, payload: RoleIn) -> Status[GrantOut]:
    """Give a member a role, or propose it where it takes two stewards."""
    grant = actions.grant_role(
        by=request.actor,
        village=v,
        resident_id=payload.resident,
        role=role(payload.role),
        of=payload.of,
        until=payload.until,
        at=timezone.now(),
    )
    return Status(201, _show(grant.pk))


@router.post(
    ROLE + "/confirm",
    response=GrantOut,
    scope=None,
    who=may(
        Standing.STEWARD, seen_by=[Standing.OWNER], note="another one than who has proposed it"
    ),
)
def confirm_role(request: ActorRequest, grant_id: UUID) -> GrantOut:
    """Agree, as the second steward, that somebody gets a role."""
    actions.confirm_role(by=request.actor, grant_id=grant_id, at=timezone.now())
    return _show(grant_id)


@router.delete(ROLE, response={204: None}, scope=None, who=may(Standing.STEWARD, Standing.OWNER))
def end_role(request: ActorRequest, grant_id: UUID) -> Status[None]:
    """Take a role back, give one's own back, or drop a proposal."""
    actions.end_role(by=request.actor, grant_id=grant_id, at=timezone.now())
    return Status(204, None)


def _show(grant_id: UUID) -> GrantOut:
    found = queries.grant(grant_id)
    if found is None:
        raise NotFound
    return show_grant(found)
