"""How mandates look on the wire."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from ninja import Field
from pydantic import BeforeValidator, ConfigDict

from village.assist.models import Consent, ConsentKind, Mandate, MandateStatus, Term
from village.core.actor import Level, Scope
from village.core.schemas import In, Line, Out
from village.institutions.schemas import BadgeOut, shown_badges

Code = Annotated[str, Field(max_length=40)]


class ConsentIn(In):
    """
    How the person has answered.

    ``paper`` needs ``witness``: who saw her sign. ``spoken`` needs ``said``, her very words, and
    two members who heard them. ``call_back`` needs ``said``, the ``number`` that was called and a
    ``code`` of her card. ``own_device`` needs ``said`` and the ``text_hash`` of the words
    that her device showed; only she herself sends it. Anything but a clear yes is a no.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "kind": "paper",
                "witness": "Carla, at the desk of the centre",
                "said": "Ja",
                "text_hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            }
        },
    )

    kind: ConsentKind
    witness: Line | None = None
    said: Line | None = None
    first_witness: UUID | None = None
    second_witness: UUID | None = None
    number: Line | None = None
    code: Code | None = None
    text_hash: Annotated[str, Field(max_length=64)] | None = None


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
    """
    A mandate that a person gives a centre.

    ``levels`` names the scopes that go less far than acting. Without ``volunteers`` everybody who
    is accredited at the centre now is named. A coordinator who sends ``consent`` registers the
    person's answer at once; without it the mandate is a draft.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "person": "3f8e0f64-5717-4562-b3fc-2c963f66afa6",
                "scopes": ["events.join", "rides.request"],
                "days": 31,
            }
        },
    )

    person: UUID
    scopes: list[Scope] = Field(min_length=1, max_length=len(Scope))
    levels: dict[Scope, Level] = Field(default_factory=dict, max_length=len(Scope))
    days: Annotated[Term, BeforeValidator(_whole_number)]
    volunteers: list[UUID] | None = Field(None, max_length=50)
    consent: ConsentIn | None = None


class VolunteerNamedIn(In):
    """A volunteer who is to carry out a mandate."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"volunteer": "3f8e0f64-5717-4562-b3fc-2c963f66afa6"}},
    )

    volunteer: UUID


class MandateOut(Out):
    """
    A mandate: who may be acted for, by whom, how far and until when.

    ``lapses_at`` is when a question that nobody answered is over; ``volunteers`` carry it out.
    """

    id: UUID
    village: str
    created_at: datetime
    centre: UUID
    centre_name: str
    centre_badge: BadgeOut | None
    person: UUID
    person_name: str
    scopes: list[Scope]
    levels: dict[Scope, Level]
    days: int
    volunteers: list[UUID]
    starts_at: datetime | None
    ends_at: datetime | None
    lapses_at: datetime | None
    revoked_at: datetime | None
    ended_why: str
    status: MandateStatus
    consent: ConsentOut | None


class MandateTextOut(Out):
    """The exact words of a mandate, in the language shown and in the one that counts."""

    id: UUID
    village: str
    created_at: datetime
    language: str
    text: str
    binding_language: str
    binding_text: str
    text_version: str
    text_hash: str


class DeskLineOut(Out):
    """That something about a mandate of the centre has changed; the list says what."""

    mandate: UUID
    centre: UUID
    status: MandateStatus


class FrozenOut(Out):
    """Until when nothing new can be begun for the person."""

    frozen_until: datetime


class Side(StrEnum):
    """Say on which side of a mandate I am."""

    GIVEN = "given"
    HELD = "held"


class MyMandateOut(MandateOut):
    """A mandate that I have given, or one under which I may act for somebody else."""

    side: Side


def show_mandate(mandate: Mandate, *, at: datetime) -> MandateOut:
    """Show a mandate as it stands at a moment."""
    return show_mandates([mandate], at=at)[0]


def show_mandates(mandates: Sequence[Mandate], *, at: datetime) -> list[MandateOut]:
    """Show mandates as they stand at a moment, each with the badge that its centre has now."""
    badges = shown_badges({each.centre_id: each.centre.name for each in mandates})
    return [_mandate(each, badges.get(each.centre_id), at) for each in mandates]


def _mandate(mandate: Mandate, badge: BadgeOut | None, at: datetime) -> MandateOut:
    given = sorted((each for each in mandate.consents.all() if each.is_yes), key=_when)
    return MandateOut(
        id=mandate.pk,
        village=mandate.village_id,
        created_at=mandate.created_at,
        centre=mandate.centre_id,
        centre_name=mandate.centre.name,
        centre_badge=badge,
        person=mandate.person_id,
        person_name=mandate.person.display_name,
        scopes=sorted(mandate.covers),
        levels=dict(sorted(mandate.limits)),
        days=mandate.days,
        volunteers=sorted(
            each.volunteer_id for each in mandate.assignments.all() if each.ended_at is None
        ),
        starts_at=mandate.starts_at,
        ends_at=mandate.ends_at,
        lapses_at=mandate.lapses_at if mandate.starts_at is None else None,
        revoked_at=mandate.revoked_at,
        ended_why=mandate.ended_why,
        status=mandate.status(at),
        consent=ConsentOut(kind=ConsentKind(given[-1].kind), witness=given[-1].witness)
        if given
        else None,
    )


def show_my_mandates(mandates: Sequence[Mandate], *, me: UUID, at: datetime) -> list[MyMandateOut]:
    """Show mandates to one of their two sides."""
    return [
        MyMandateOut(**shown.model_dump(), side=Side.GIVEN if shown.person == me else Side.HELD)
        for shown in show_mandates(mandates, at=at)
    ]


def show_text(mandate: Mandate) -> MandateTextOut:
    """Show the words that were put before the person."""
    return MandateTextOut(
        id=mandate.pk,
        village=mandate.village_id,
        created_at=mandate.created_at,
        language=mandate.language,
        text=mandate.text,
        binding_language=mandate.binding_language,
        binding_text=mandate.binding_text,
        text_version=mandate.text_version,
        text_hash=mandate.text_hash,
    )


def _when(consent: Consent) -> datetime:
    return consent.created_at
