"""How the stewards' desk looks on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import ConfigDict

from village.core.schemas import In, Moment, Out
from village.residents.models import Grant, Role

Given = Literal["volunteer", "editor", "clerk", "coordinator", "moderator", "steward"]


class RoleIn(In):
    """A role for a member: ``of`` an outlet, a department or a centre, where it is of one."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "resident": "3f8e0f64-5717-4562-b3fc-2c963f66afa6",
                "role": "moderator",
                "of": None,
                "until": None,
            }
        },
    )

    resident: UUID
    role: Given
    of: UUID | None = None
    until: Moment | None = None


class GrantOut(Out):
    """A role that somebody has, or that waits for a second steward."""

    id: UUID
    village: str
    created_at: datetime | None
    resident: UUID
    resident_name: str
    role: str
    of: UUID | None
    status: Literal["proposed", "granted"]
    proposed_by: UUID | None
    until: datetime | None


def show_grant(grant: Grant) -> GrantOut:
    """Show a role."""
    return GrantOut(
        id=grant.pk,
        village=grant.membership.village_id,
        created_at=grant.granted_at,
        resident=grant.membership.resident_id,
        resident_name=grant.membership.resident.display_name,
        role=grant.role,
        of=grant.of,
        status="proposed" if grant.granted_at is None else "granted",
        proposed_by=grant.proposed_by_id,
        until=grant.until,
    )


def role(given: Given) -> Role:
    """Read a role."""
    return Role(given)
