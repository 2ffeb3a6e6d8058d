"""How centres, mandates and the ledger look on the wire."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from ninja import Field
from pydantic import BeforeValidator, ConfigDict

from village.assist.models import Centre, ConsentKind, Mandate, MandateStatus, Term
from village.core.actor import Scope
from village.core.schemas import In, Line, Out
from village.residents.models import Role


class CentreOut(Out):
    """A community centre, and what I am there: coordinator, volunteer, or both."""

    id: UUID
    village: str
    created_at: datetime
    name: str
    address: str
    phone: str
    roles: list[Role]


class ConsentIn(In):
    """How the person has said yes, and who was there to see it."""

    kind: ConsentKind
    witness: Line


class ConsentOut(Out):
    """How the person has said yes, and who was there to see it."""

    kind: ConsentKind
    witness: str


def _whole_number(value: Any) -> Any:
    # pydantic takes true for 1 and "31" for 31; whoever sends these means something else.
    if type(value) is not int:
        raise ValueError("a number of days is a whole number")
    return value


class MandateIn(In):
    """A mandate that a person gives a centre."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "person": "3f8e0f64-5717-4562-b3fc-2c963f66afa6",
                "scopes": ["events.join", "rides.request"],
                "days": 31,
                "consent": {"kind": "paper", "witness": "Carla, at the desk of the centre"},
            }
        }
    )

    person: UUID
    scopes: list[Scope] = Field(min_length=1, max_length=len(Scope))
    days: Annotated[Term, BeforeValidator(_whole_number)]
    consent: ConsentIn


class MandateOut(Out):
    """A mandate: who may be acted for, by whom, how far and until when."""

    id: UUID
    village: str
    created_at: datetime
    centre: UUID
    centre_name: str
    person: UUID
    person_name: str
    scopes: list[Scope]
    starts_at: datetime
    ends_at: datetime
    revoked_at: datetime | None
    status: MandateStatus
    consent: ConsentOut | None


class Side(StrEnum):
    """Say on which side of a mandate I am."""

    GIVEN = "given"
    HELD = "held"


class MyMandateOut(MandateOut):
    """A mandate that I have given, or one under which I may act for somebody else."""

    side: Side


def show_centre(centre: Centre, roles: list[Role]) -> CentreOut:
    """Show a centre."""
    return CentreOut(
        id=centre.pk,
        village=centre.village_id,
        created_at=centre.created_at,
        name=centre.name,
        address=centre.address,
        phone=centre.phone,
        roles=roles,
    )


def show_mandate(mandate: Mandate, *, at: datetime) -> MandateOut:
    """Show a mandate as it stands at a moment."""
    return MandateOut(
        id=mandate.pk,
        village=mandate.village_id,
        created_at=mandate.created_at,
        centre=mandate.centre_id,
        centre_name=mandate.centre.name,
        person=mandate.person_id,
        person_name=mandate.person.display_name,
        scopes=sorted(mandate.covers),
        starts_at=mandate.starts_at,
        ends_at=mandate.ends_at,
        revoked_at=mandate.revoked_at,
        status=mandate.status(at),
        consent=ConsentOut(**mandate.consent) if mandate.consent else None,
    )


def show_my_mandate(mandate: Mandate, *, me: UUID, at: datetime) -> MyMandateOut:
    """Show a mandate to one of its two sides."""
    side = Side.GIVEN if mandate.person_id == me else Side.HELD
    return MyMandateOut(**show_mandate(mandate, at=at).model_dump(), side=side)
