"""How letters, invitations and introductions look on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from ninja import Field
from pydantic import ConfigDict, StringConstraints, model_validator

from village.core.schemas import In, Line, Out
from village.entrance import codes
from village.entrance.actions import LETTERS_MAX, PEOPLE_MAX, Household
from village.entrance.envelopes import LINES_MAX
from village.entrance.models import AskedLetter, Introduction, Invitation, Recovery
from village.entrance.paper import address_of
from village.residents.models import Membership, Residency
from village.residents.schemas import LEVELS, Level

Code = Annotated[str, StringConstraints(min_length=1, max_length=40)]
People = Annotated[int, Field(ge=1, le=PEOPLE_MAX)]


class HouseholdIn(In):
    """To whom a letter goes: the lines of its address, and how many people live there."""

    lines: Annotated[list[Line], Field(min_length=1, max_length=LINES_MAX)]
    people: People = 1


class LettersIn(In):
    """The households that get a letter with a code, and those who have asked for one, by id."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "households": [{"lines": ["Nora Weiß", "Mühlgasse 4", "Lindental"], "people": 2}]
            }
        },
    )

    households: Annotated[list[HouseholdIn], Field(max_length=LETTERS_MAX)] = []
    asked: Annotated[list[UUID], Field(max_length=LETTERS_MAX)] = []

    @model_validator(mode="after")
    def _names_somebody(self) -> LettersIn:
        if not self.households and not self.asked:
            raise ValueError("a letter goes to a household, or to somebody who has asked")
        return self

    def as_households(self) -> list[Household]:
        """Give the households."""
        return [Household(tuple(each.lines), each.people) for each in self.households]


class AskForLetterIn(In):
    """Where a letter goes, below the name; and how many people live there who want to come in."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"lines": ["Mühlgasse 4", "Lindental"], "people": 2}},
    )

    lines: Annotated[list[Line], Field(max_length=LINES_MAX - 1)] = []
    people: People = 1


class AskedLetterOut(Out):
    """A letter that somebody has asked for and that is not printed yet."""

    id: UUID
    village: str
    created_at: datetime
    display_name: str
    lines: list[str]
    people: int


class InvitationIn(In):
    """For how many people of one's household an invitation is."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"people": 2}})

    people: People


class InvitationOut(Out):
    """An invitation; its code was shown to whoever made it."""

    id: UUID
    village: str
    created_at: datetime
    people: int
    used: int
    expires_at: datetime
    withdrawn_at: datetime | None


class NewInvitationOut(InvitationOut):
    """An invitation with its code, and the address for a QR code. Both are shown this once."""

    code: str
    url: str


class CodeIn(In):
    """A code as somebody typed it; blanks and dashes between its digits do not matter."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"code": "4711 0815 2342"}}
    )

    code: Code


class ResidencyOut(Out):
    """How sure a village is that somebody lives there."""

    village: str
    residency: Level


class IntroductionOut(Out):
    """Who shows a code."""

    village: str
    resident: UUID
    display_name: str
    expires_at: datetime


class NewIntroductionOut(Out):
    """The code to show to a neighbour or at the desk."""

    village: str
    code: str
    expires_at: datetime


class RecoveryIn(In):
    """The e-mail address or the phone number by which the village knows somebody."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"phone": "+4915155501234"}}
    )

    email: Annotated[str, StringConstraints(max_length=254)] | None = None
    phone: Annotated[str, StringConstraints(max_length=40)] | None = None


class NewRecoveryOut(Out):
    """
    The code to show to two neighbours, and what this device needs to come in afterwards.

    It is the same whether or not anybody has the address.
    """

    code: str
    secret: str
    expires_at: datetime


class RecoveryOut(Out):
    """Who wants to come back, and how many neighbours have vouched for her."""

    resident: UUID
    display_name: str
    vouches: int
    opens_at: datetime | None
    expires_at: datetime


def show_recovery(recovery: Recovery) -> RecoveryOut:
    """Show who wants to come back, to a neighbour with her code or to herself."""
    resident = recovery.resident
    assert resident is not None, "nobody is shown who nobody is"
    return RecoveryOut(
        resident=resident.pk,
        display_name=resident.display_name,
        vouches=len(recovery.vouches.all()),
        opens_at=recovery.opens_at,
        expires_at=recovery.expires_at,
    )


def show_asked_letter(asked: AskedLetter) -> AskedLetterOut:
    """Show a letter that somebody has asked for, to her and to whoever prints it."""
    return AskedLetterOut(
        id=asked.pk,
        village=asked.village_id,
        created_at=asked.created_at,
        display_name=asked.resident.display_name,
        lines=asked.address.splitlines(),
        people=asked.people,
    )


def show_invitation(invitation: Invitation) -> InvitationOut:
    """Show an invitation."""
    return InvitationOut(
        id=invitation.pk,
        village=invitation.village_id,
        created_at=invitation.created_at,
        people=invitation.people,
        used=invitation.used,
        expires_at=invitation.expires_at,
        withdrawn_at=invitation.withdrawn_at,
    )


def show_new_invitation(invitation: Invitation, code: str) -> NewInvitationOut:
    """Show an invitation together with its code."""
    return NewInvitationOut(
        **show_invitation(invitation).model_dump(),
        code=codes.spoken(code),
        url=address_of("/invitation", code),
    )


def show_introduction(introduction: Introduction) -> IntroductionOut:
    """Show who shows a code."""
    return IntroductionOut(
        village=introduction.village_id,
        resident=introduction.resident_id,
        display_name=introduction.resident.display_name,
        expires_at=introduction.expires_at,
    )


def show_membership(membership: Membership) -> ResidencyOut:
    """Show how sure a village is of one of its members."""
    level = LEVELS[Residency(membership.residency)]
    return ResidencyOut(village=membership.village_id, residency=level)
