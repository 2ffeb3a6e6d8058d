"""How roll calls look on the wire."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from village.alerts.models import Answer, Condition, RollCall, Source
from village.core.schemas import In, Line, Out, PersonOut
from village.residents.models import Resident

Shelter = Annotated[Line, StringConstraints(max_length=120)]
Words = Annotated[
    str, StringConstraints(max_length=200, strip_whitespace=True, pattern=r"^[^\x00-\x1f]*$")
]


class RollCallIn(In):
    """
    Whom to ask whether they are safe: those whom an alert hits, some neighbourhoods, or everybody.

    ``shelters`` are the places where people gather.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "alert": None,
                "neighbourhoods": [],
                "shelters": ["Fire station", "Old school"],
                "drill": True,
            }
        },
    )

    alert: UUID | None = None
    neighbourhoods: Annotated[list[UUID], Field(max_length=100)] = []
    shelters: Annotated[list[Shelter], Field(max_length=20)] = []
    drill: bool = False


class RollCallOut(Out):
    """A roll call, as everybody sees it; one that is closed asks nobody any more."""

    id: UUID
    village: str
    created_at: datetime
    alert: UUID | None
    drill: bool
    neighbourhoods: list[UUID]
    shelters: list[str]
    closed_at: datetime | None
    forget_at: datetime


class RollCallFiguresOut(Out):
    """
    The numbers of a roll call; they name nobody, and stay when the answers are forgotten.

    ``without_phone`` are those whom no message reaches. ``median_minutes`` is how long it took
    until half of those who are accounted for were.
    """

    people: int
    accounted: int
    conditions: dict[str, int]
    sources: dict[str, int]
    without_phone: int
    without_phone_accounted: int
    median_minutes: int | None


class AnswerIn(In):
    """How somebody is; without ``resident`` it is about me, or the person I help."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"condition": "safe", "note": "I am at my daughter's."}},
    )

    resident: UUID | None = None
    condition: Condition
    shelter: Words = ""
    note: Words = ""


class RollCallAnswerOut(Out):
    """The latest word about somebody, and who brought it."""

    id: UUID
    village: str
    created_at: datetime
    roll_call: UUID
    person: PersonOut
    condition: Condition
    shelter: str
    note: str
    source: Source
    given_by: PersonOut | None
    at: datetime


class MyRollCallOut(RollCallOut):
    """A roll call with the latest word about me, and those whom I live with and may answer for."""

    mine: RollCallAnswerOut | None
    household: list[PersonOut]


class UnaccountedOut(Out):
    """
    Somebody who has not been heard of, as wardens see her.

    ``reached`` says whether any message can reach her; who is to be found first comes first.
    Volunteers see no ``phone``: they go from door to door, and others call.
    """

    id: UUID
    display_name: str
    phone: str | None
    age: int | None
    neighbourhood: str
    reached: bool


def show_roll_call(roll: RollCall) -> RollCallOut:
    """Show a roll call."""
    return RollCallOut(
        id=roll.pk,
        village=roll.village_id,
        created_at=roll.created_at,
        alert=roll.alert_id,
        drill=roll.is_drill,
        neighbourhoods=sorted(each.pk for each in roll.neighbourhoods.all()),
        shelters=roll.shelters,
        closed_at=roll.closed_at,
        forget_at=roll.forget_at,
    )


def show_mine(
    roll: RollCall, answer: Answer | None, household: Sequence[Resident]
) -> MyRollCallOut:
    """Show a roll call to one of those who are asked."""
    mine = show_answer(answer) if answer is not None else None
    near = [PersonOut(id=each.pk, display_name=each.display_name) for each in household]
    return MyRollCallOut(**show_roll_call(roll).model_dump(), mine=mine, household=near)


def show_answer(answer: Answer) -> RollCallAnswerOut:
    """Show an answer."""
    giver = answer.given_by
    return RollCallAnswerOut(
        id=answer.pk,
        village=answer.village_id,
        created_at=answer.created_at,
        roll_call=answer.roll_call_id,
        person=PersonOut(id=answer.resident_id, display_name=answer.resident.display_name),
        condition=Condition(answer.condition),
        shelter=answer.shelter,
        note=answer.note,
        source=Source(answer.source),
        given_by=PersonOut(id=giver.pk, display_name=giver.display_name) if giver else None,
        at=answer.at,
    )


def show_unaccounted(person: Resident, today: date, *, numbers: bool) -> UnaccountedOut:
    """
    Show somebody who is looked for; the query has put where she lives on her row.

    ``numbers`` says whether the reader sees at which number she is told of warnings.
    """
    seen: Any = person
    return UnaccountedOut(
        id=person.pk,
        display_name=person.display_name,
        phone=(person.phone or None) if numbers else None,
        age=age_of(person, today),
        neighbourhood=seen.lives_in,
        reached=bool(person.phone or person.email),
    )


def age_of(person: Resident, today: date) -> int | None:
    """Give how old somebody is, where that is known."""
    born = person.born_on
    if born is None:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
