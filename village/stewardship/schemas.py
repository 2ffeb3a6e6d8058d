"""How the stewards' desk looks on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from village.core.actor import KeyScope
from village.core.schemas import In, Line, Moment, Out
from village.residents.models import Grant, Neighbourhood, Role, Village
from village.stewardship.models import ApiKey
from village.stewardship.queries import Step, neighbourhoods_of, settings_of, setup_of
from village.stewardship.settings import VillageSettings

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


class SettingsIn(VillageSettings):
    """All settings of a village."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        str_strip_whitespace=True,
        json_schema_extra={
            "example": {
                "name": "Lindental",
                "language": "de",
                "languages": ["de", "en"],
                "zone": "Europe/Berlin",
                "colour": "#1d5e42",
                "welcome": "Welcome to the valley of the linden trees.",
                "contact": {"name": "Carla Neumann", "reach": "Mondays in the old school"},
            }
        },
    )


class BoundaryIn(In):
    """A boundary as GeoJSON (RFC 7946), a Polygon or a MultiPolygon; null takes it away."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "boundary": {
                    "type": "Polygon",
                    "coordinates": [[[11, 50], [12, 50], [12, 51], [11, 51], [11, 50]]],
                }
            }
        },
    )

    boundary: dict[str, Any] | None


class NeighbourhoodIn(In):
    """A part of the village."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"name": "Oberdorf"}})

    name: Annotated[Line, Field(max_length=80)]


class NeighbourhoodOut(Out):
    """A part of the village."""

    id: UUID
    village: str
    created_at: datetime
    name: str


class SetupOut(Out):
    """How a village is set up, and where it belongs."""

    village: str
    settings: VillageSettings
    municipality: str | None
    district: str | None
    neighbourhoods: list[NeighbourhoodOut]
    boundary: dict[str, Any] | None
    arms: str | None


class StepOut(Out):
    """A step of setting a village up."""

    step: Step
    done: bool


class OnboardingOut(Out):
    """What a new village needs, the most important first."""

    village: str
    steps: list[StepOut]


def show_neighbourhood(each: Neighbourhood) -> NeighbourhoodOut:
    """Show a neighbourhood."""
    return NeighbourhoodOut(
        id=each.pk, village=each.village_id, created_at=each.created_at, name=each.name
    )


def show_setup(village: Village) -> SetupOut:
    """Show how a village is set up."""
    setup = setup_of(village)
    belongs = setup.municipality
    return SetupOut(
        village=village.pk,
        settings=settings_of(village, setup),
        municipality=belongs.name if belongs is not None else None,
        district=belongs.district.name if belongs is not None else None,
        neighbourhoods=[show_neighbourhood(each) for each in neighbourhoods_of(village.pk)],
        boundary=setup.boundary,
        arms=f"/villages/{village.pk}/arms.webp" if setup.arms is not None else None,
    )


class KeyIn(In):
    """A key for a machine of an outlet (role editor) or a department (role clerk)."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "name": "Redaktionssystem",
                "role": "editor",
                "of": "7d0a1e5c-6f0e-4c0e-9f5e-0c6f1c1d2e3f",
                "scopes": ["news.read", "news.write"],
            }
        },
    )

    name: Annotated[Line, Field(max_length=80)]
    role: Literal["editor", "clerk"]
    of: UUID
    scopes: list[KeyScope] = Field(min_length=1, max_length=len(KeyScope))


class KeyOut(Out):
    """An API key; its secret was shown to whoever made it."""

    id: UUID
    village: str
    created_at: datetime
    name: str
    role: str
    of: UUID
    scopes: list[str]
    last_used_at: datetime | None
    old_secret_until: datetime | None


class NewKeyOut(KeyOut):
    """An API key with its secret, which is shown this once."""

    secret: str


def show_key(key: ApiKey) -> KeyOut:
    """Show a key without its secret."""
    return KeyOut(**_key(key))


def show_new_key(key: ApiKey, secret: str) -> NewKeyOut:
    """Show a key with its secret, once."""
    return NewKeyOut(**_key(key), secret=secret)


def _key(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.pk,
        "village": key.village_id,
        "created_at": key.created_at,
        "name": key.name,
        "role": key.role,
        "of": key.of,
        "scopes": key.scopes,
        "last_used_at": key.last_used_at,
        "old_secret_until": key.before_until,
    }
