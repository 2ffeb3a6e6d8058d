"""How centres, their volunteers and the people they look after look on the wire."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from ninja import Field
from pydantic import ConfigDict, model_validator

from village.assist.actions.people import Letterbox
from village.assist.models import (
    PHONE,
    Accreditation,
    AccreditationStatus,
    Centre,
    Reach,
    ReachedBy,
)
from village.core.actor import Scope
from village.core.geo import Point
from village.core.schemas import In, Line, Moment, Out
from village.institutions.schemas import BadgeOut, shown_badges
from village.residents.models import Language, Resident, Role

Name = Annotated[Line, Field(max_length=120)]
Phone = Annotated[str, Field(pattern=PHONE)]


class CentreIn(In):
    """A community centre: who answers for it, who insures it, and what it may do for people."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "name": "Haus am Anger",
                "address": "Schulgasse 3",
                "phone": "+4992731234",
                "responsible": "Stella Sommer, for the municipality",
                "insurance": "Policy 2026-017",
                "opening_hours": "Tue and Thu, 9 to 12",
                "allowed_scopes": ["events.join", "rides.request"],
                "serves": [],
            }
        },
    )

    name: Name
    address: Line
    phone: Phone | None = None
    responsible: Name
    insurance: Name
    opening_hours: Line | None = None
    allowed_scopes: list[Scope] = Field(min_length=1, max_length=len(Scope))
    serves: list[str] = Field(default_factory=list, max_length=50)


class CentreOut(Out):
    """A community centre, and what I am there: coordinator, volunteer, or both."""

    id: UUID
    village: str
    created_at: datetime
    name: str
    address: str
    phone: str
    responsible: str
    insurance: str
    opening_hours: str
    allowed_scopes: list[Scope]
    closed_at: datetime | None
    roles: list[Role]
    badge: BadgeOut | None


class VolunteerIn(In):
    """A volunteer who has been trained."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "volunteer": "3f8e0f64-5717-4562-b3fc-2c963f66afa6",
                "trained_on": "2026-11-20",
                "valid_until": "2027-11-20T00:00:00+01:00",
            }
        },
    )

    volunteer: UUID
    trained_on: date
    valid_until: Moment


class ReasonIn(In):
    """Why something is decided."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"reason": "A complaint is looked into."}}
    )

    reason: Line


class AccreditationOut(Out):
    """How a volunteer stands with a centre."""

    id: UUID
    village: str
    created_at: datetime
    centre: UUID
    volunteer: UUID
    volunteer_name: str
    trained_on: date
    valid_until: datetime
    vouchers: int
    awake_since: datetime | None
    suspended_reason: str
    status: AccreditationStatus


class LetterboxIn(In):
    """Where letters are put into a box: street and number, and if it is known, where that is."""

    door: Name
    lat: float | None = Field(None, ge=-90, le=90, allow_inf_nan=False)
    lng: float | None = Field(None, ge=-180, le=180, allow_inf_nan=False)

    @model_validator(mode="after")
    def _has_both_numbers(self) -> Self:
        if (self.lat is None) != (self.lng is None):
            raise ValueError("a point has a latitude and a longitude")
        return self

    def letterbox(self) -> Letterbox:
        """Give it as the centre keeps it."""
        if self.lat is None or self.lng is None:
            return Letterbox(self.door)
        return Letterbox(self.door, Point(self.lat, self.lng))


class LetterboxOut(Out):
    """Where letters are put into a box."""

    door: str
    lat: float | None
    lng: float | None


class ReachIn(In):
    """
    How somebody wants to be reached, in her order, and in which languages.

    A letterbox that is left out stays as it is; ``null`` takes it away.
    """

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"ways": ["print"], "languages": ["de"]}}
    )

    ways: list[ReachedBy] = Field(min_length=1, max_length=len(ReachedBy))
    languages: list[Language] = Field(min_length=1, max_length=len(Language))
    letterbox: LetterboxIn | None = None

    def found_at(self) -> Letterbox | None:
        """Give where her letters go, as far as that is said: nowhere is a box without a door."""
        if "letterbox" not in self.model_fields_set:
            return None
        return self.letterbox.letterbox() if self.letterbox is not None else Letterbox("")


class ReachOut(Out):
    """How somebody wants to be reached, in her order, and in which languages."""

    ways: list[ReachedBy]
    languages: list[Language]
    letterbox: LetterboxOut | None


class PersonIn(ReachIn):
    """Somebody who comes to the desk; all else she may do without."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "display_name": "Edda Lindner",
                "born_on": "1945-03-09",
                "languages": ["de"],
                "large_print": True,
                "ways": ["print"],
            }
        },
    )

    display_name: Annotated[Line, Field(max_length=80)]
    born_on: date
    large_print: bool = True
    phone: Phone | None = None


class RegisteredOut(Out):
    """Somebody whom a centre looks after."""

    id: UUID
    village: str
    created_at: datetime
    display_name: str


def show_centre(centre: Centre, roles: list[Role]) -> CentreOut:
    """Show a centre."""
    return show_centres([(centre, roles)])[0]


def show_centres(lines: Sequence[tuple[Centre, list[Role]]]) -> list[CentreOut]:
    """Show centres, each with what I am there and the badge that it has now."""
    badges = shown_badges({each.pk: each.name for each, _roles in lines})
    return [_centre(each, roles, badges.get(each.pk)) for each, roles in lines]


def _centre(centre: Centre, roles: list[Role], badge: BadgeOut | None) -> CentreOut:
    return CentreOut(
        id=centre.pk,
        village=centre.village_id,
        created_at=centre.created_at,
        name=centre.name,
        address=centre.address,
        phone=centre.phone,
        responsible=centre.responsible,
        insurance=centre.insurance,
        opening_hours=centre.opening_hours,
        allowed_scopes=sorted(centre.allows),
        closed_at=centre.closed_at,
        roles=roles,
        badge=badge,
    )


def show_accreditation(accreditation: Accreditation, *, at: datetime) -> AccreditationOut:
    """Show how a volunteer stands at a moment."""
    return AccreditationOut(
        id=accreditation.pk,
        village=accreditation.village_id,
        created_at=accreditation.created_at,
        centre=accreditation.centre_id,
        volunteer=accreditation.volunteer_id,
        volunteer_name=accreditation.volunteer.display_name,
        trained_on=accreditation.trained_on,
        valid_until=accreditation.valid_until,
        vouchers=len(accreditation.vouchers.all()),
        awake_since=accreditation.awake_since,
        suspended_reason=accreditation.suspended_reason,
        status=accreditation.status(at),
    )


def show_person(person: Resident, village: str) -> RegisteredOut:
    """Show somebody who was just registered."""
    return RegisteredOut(
        id=person.pk,
        village=village,
        created_at=person.created_at,
        display_name=person.display_name,
    )


def show_reach(reach: Reach) -> ReachOut:
    """Show how somebody wants to be reached."""
    return ReachOut(
        ways=[ReachedBy(way) for way in reach.ways],
        languages=[Language(each) for each in reach.languages],
        letterbox=LetterboxOut(door=reach.door, lat=reach.lat, lng=reach.lng)
        if reach.door
        else None,
    )
