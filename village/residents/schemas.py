"""How villages and residents look on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeVar
from uuid import UUID

import ninja
from pydantic import ConfigDict, StringConstraints

from village.core.schemas import HelpedOut, In, Line, Out, PersonOut
from village.residents.consents import Subject
from village.residents.contacts import ADDRESS_MAX, PHONE_MAX
from village.residents.models import (
    Block,
    Consent,
    ContactDetails,
    Export,
    Language,
    Membership,
    Residency,
    Resident,
)

# How sure a village is that somebody lives there, from the least to the most.
Level = Literal["declared", "letter", "desk", "vouched"]
LEVELS: dict[Residency, Level] = {
    Residency.DECLARED: "declared",
    Residency.LETTER: "letter",
    Residency.DESK: "desk",
    Residency.VOUCHED: "vouched",
}


class VillageOut(Out):
    """A village."""

    id: str
    village: str
    name: str
    language: str
    zone: str
    lat: float
    lng: float
    created_at: datetime


class MembershipOut(Out):
    """A village that somebody belongs to, and as what."""

    village: str
    roles: list[str]
    residency: Level


class ActingForOut(Out):
    """Whom a request acts for, and under which mandate."""

    id: UUID
    display_name: str
    mandate: UUID
    scopes: list[str]
    until: datetime | None


class MeOut(Out):
    """Somebody, as she sees herself."""

    id: UUID
    display_name: str
    # As her neighbours see it.
    board_name: str
    language: str
    large_print: bool
    memberships: list[MembershipOut]
    acting_for: ActingForOut | None
    # "missing" keeps somebody from the powers of her roles until she has set one up.
    second_factor: Literal["not_needed", "missing", "set_up"]


class BoardNameIn(In):
    """By how much of one's name the neighbours see one."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"full": False}})

    full: bool


class BoardNameOut(Out):
    """By which name the neighbours see one."""

    full: bool
    board_name: str


class LanguageIn(In):
    """In which language the village speaks with one."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"language": "de"}})

    language: Language


class LanguageOut(Out):
    """In which language the village speaks with one."""

    language: Language


class BlockOut(Out):
    """Somebody whom one does not want to meet; ``village`` is where it was asked for."""

    id: UUID
    village: str
    created_at: datetime
    resident: PersonOut


Shown = TypeVar("Shown", bound=PersonOut)


def on_board(shape: type[Shown], person: Resident) -> Shown:
    """Show somebody by the name by which her neighbours see her."""
    return shape(id=person.pk, display_name=person.board_name)


def by_full_name(shape: type[Shown], person: Resident) -> Shown:
    """Show somebody by her whole name, to whom it is for."""
    return shape(id=person.pk, display_name=person.display_name)


def show_block(block: Block) -> BlockOut:
    """Show a block, read with the one it keeps away, to whoever asked for it."""
    return BlockOut(
        id=block.pk,
        village=block.village_id,
        created_at=block.created_at,
        resident=on_board(PersonOut, block.blocked),
    )


class MemberOut(PersonOut):
    """Somebody who lets her neighbours find her, or who holds an office of the village."""

    village: str
    created_at: datetime
    offices: list[str]


def show_member(member: Membership) -> MemberOut:
    """Show a membership, read with its resident and grants, in the list of people."""
    offices = sorted({grant.role for grant in member.grants.all()})
    person = member.resident
    return MemberOut(
        id=person.pk,
        display_name=person.display_name if offices else person.board_name,
        village=member.village_id,
        created_at=member.created_at,
        offices=offices,
    )


class ExportOut(Out):
    """
    A file with all that is kept of oneself: how far it is, and where it can be fetched.

    ``file`` is its address once it is ready, until ``expires_at``.
    """

    id: UUID
    created_at: datetime
    expires_at: datetime
    status: str
    parts: int
    parts_done: int
    size: int
    file: str | None


def show_export(export: Export) -> ExportOut:
    """Show an export to whom it belongs."""
    return ExportOut(
        id=export.pk,
        created_at=export.created_at,
        expires_at=export.expires_at,
        status=export.status,
        parts=export.parts,
        parts_done=export.parts_done,
        size=export.size,
        file="/api/v1/me/export/file" if export.file else None,
    )


class AgreementIn(In):
    """Agree to something, in the words of this version."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"subject": "directory", "version": 1}}
    )

    subject: Line
    version: Annotated[int, ninja.Field(strict=True, ge=1, le=32767)]


class WithdrawalIn(In):
    """Agree no longer."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"subject": "directory"}}
    )

    subject: Line


class AgreedOut(Out):
    """What one has agreed to, word for word, and when."""

    version: int
    text: str
    given_at: datetime


class AgreementOut(Out):
    """
    What one can agree to, in its newest words, and whether one has.

    ``agreed`` holds the version, the words and the moment; it is null when one has not agreed.
    """

    subject: str
    version: int
    text: str
    agreed: AgreedOut | None


def show_consent(subject: Subject, consent: Consent | None) -> AgreementOut:
    """Show what somebody can agree to, and whether she has."""
    agreed = None
    if consent is not None:
        agreed = AgreedOut(version=consent.version, text=consent.text, given_at=consent.given_at)
    return AgreementOut(
        subject=subject.key, version=subject.version, text=str(subject.text), agreed=agreed
    )


class ContactDetailsIn(In):
    """
    An address of some lines, and a number as one dials it; what is empty is taken away.

    The town hall finds somebody there about her matters. Nothing is sent there.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"address": "Schulgasse 5\n95447 Lindental", "phone": "+4915155501234"}
        },
    )

    address: Annotated[
        str,
        StringConstraints(max_length=ADDRESS_MAX, strip_whitespace=True, pattern=r"^[^\x00]*$"),
    ]
    phone: Annotated[
        str,
        StringConstraints(max_length=PHONE_MAX, strip_whitespace=True, pattern=r"^[^\x00-\x1f]*$"),
    ]


class ContactDetailsOut(HelpedOut):
    """Where the town hall finds somebody; ``phone`` is in E.164, or empty."""

    resident: UUID
    address: str
    phone: str
    changed_at: datetime | None


def show_contact(contact: ContactDetails) -> ContactDetailsOut:
    """Show where the town hall finds somebody, to herself or to a clerk of her case."""
    return ContactDetailsOut(
        resident=contact.resident_id,
        address=contact.address,
        phone=contact.phone,
        changed_at=contact.changed_at,
        via_helper=contact.via_helper,
    )
