"""How departments, cases and messages look on the wire."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from ninja import Field
from pydantic import ConfigDict, StringConstraints

from village.core.schemas import HelpedOut, In, Line, Out, Text
from village.institutions.schemas import BadgeOut, shown_badges
from village.messaging.models import Case, CaseStatus, Department, Message


class CategoryOut(Out):
    """
    What a case can be about in a department.

    What is ``confidential`` takes a second volunteer where somebody is helped. A ``defect`` is on
    the list of what residents report as broken.
    """

    id: UUID
    name: str
    confidential: bool
    defect: bool


class DepartmentOut(Out):
    """A department of the town hall."""

    id: UUID
    village: str
    created_at: datetime
    name: str
    about: str
    categories: list[CategoryOut]
    badge: BadgeOut | None


class DepartmentIn(In):
    """A department of the town hall, and what can be brought to it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "name": "Standesamt",
                "about": "Births, weddings, deaths.",
                "categories": ["A wedding", "A certificate"],
            }
        }
    )

    name: Annotated[Line, StringConstraints(max_length=120)]
    about: Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00]*$")] = ""
    categories: list[Annotated[Line, StringConstraints(max_length=120)]] = Field(
        default_factory=list, max_length=50
    )


class CaseIn(In):
    """A matter for a department; the text is its first message."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "department": "7d0a1e5c-6f0e-4c0e-9f5e-0c6f1c1d2e3f",
                "category": None,
                "title": "The street lamp at the mill is out",
                "text": "It has been dark there since Monday.",
            }
        }
    )

    department: UUID
    category: UUID | None = None
    title: Line
    text: Text


class CaseOut(HelpedOut):
    """A matter between a resident and a department."""

    id: UUID
    village: str
    created_at: datetime
    department: UUID
    department_name: str
    department_badge: BadgeOut | None
    category: UUID | None
    category_name: str | None
    title: str
    status: CaseStatus
    author: UUID
    author_name: str
    messages: int


class MessageIn(In):
    """Something to say in a case."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"text": "It is bright again. Thank you."}}
    )

    text: Text


class ReferralIn(In):
    """For whom a case is, where it is not for this department."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"text": "This road is the district's. We have told them about it."}
        }
    )

    text: Text


class MessageOut(HelpedOut):
    """
    One utterance in a case.

    ``number`` counts from 1 in its case; ``from_authority`` says that a clerk wrote it, for the
    department of ``department_badge``, where it has one.
    """

    id: UUID
    village: str
    created_at: datetime
    case: UUID
    number: int
    author: UUID
    author_name: str
    from_authority: bool
    department_badge: BadgeOut | None
    text: str


def show_departments(departments: Sequence[Department]) -> list[DepartmentOut]:
    """Show departments, each with the badge that it has now."""
    badges = shown_badges({each.pk: each.name for each in departments})
    return [_department(each, badges.get(each.pk)) for each in departments]


def _department(department: Department, badge: BadgeOut | None) -> DepartmentOut:
    categories = sorted(department.categories.all(), key=lambda each: (each.name, each.pk))
    return DepartmentOut(
        id=department.pk,
        village=department.village_id,
        created_at=department.created_at,
        name=department.name,
        about=department.about,
        categories=[
            CategoryOut(
                id=each.pk, name=each.name, confidential=each.confidential, defect=each.defect
            )
            for each in categories
        ],
        badge=badge,
    )


def show_cases(cases: Sequence[Case]) -> list[CaseOut]:
    """Show cases, each with the badge that its department has now."""
    badges = badges_of_departments(cases)
    return [_case(each, badges.get(each.department_id)) for each in cases]


def show_case(case: Case) -> CaseOut:
    """Show a case."""
    return show_cases([case])[0]


def badges_of_departments(cases: Iterable[Case]) -> dict[UUID, BadgeOut]:
    """Give the badges that the departments of cases have now."""
    return shown_badges({each.department_id: each.department.name for each in cases})


def _case(case: Case, badge: BadgeOut | None) -> CaseOut:
    return CaseOut(
        id=case.pk,
        village=case.village_id,
        created_at=case.created_at,
        department=case.department_id,
        department_name=case.department.name,
        department_badge=badge,
        category=case.category_id,
        category_name=case.category.name if case.category is not None else None,
        title=case.title,
        status=CaseStatus(case.status),
        author=case.author_id,
        author_name=case.author.display_name,
        via_helper=case.via_helper,
        messages=case.message_count,
    )


def show_messages(messages: Sequence[Message]) -> list[MessageOut]:
    """Show what was said, what a department said with the badge that it has now."""
    badges = badges_of_departments(each.case for each in messages)
    return [_message(each, badges.get(each.case.department_id)) for each in messages]


def show_message(message: Message) -> MessageOut:
    """Show a message."""
    return show_messages([message])[0]


def _message(message: Message, badge: BadgeOut | None) -> MessageOut:
    from_authority = message.author_id != message.case.author_id
    return MessageOut(
        id=message.pk,
        village=message.village_id,
        created_at=message.written_at,
        case=message.case_id,
        number=message.number,
        author=message.author_id,
        author_name=message.author.display_name,
        from_authority=from_authority,
        department_badge=badge if from_authority else None,
        via_helper=message.via_helper,
        text=message.text,
    )
