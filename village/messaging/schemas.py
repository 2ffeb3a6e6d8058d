"""How departments, cases and messages look on the wire."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict

from village.core.schemas import HelpedOut, In, Line, Out, Text
from village.messaging.models import Case, CaseStatus, Department, Message


class CategoryOut(Out):
    """
    What a case can be about in a department.

    What is ``confidential`` takes a second volunteer where somebody is helped.
    """

    id: UUID
    name: str
    confidential: bool


class DepartmentOut(Out):
    """A department of the town hall."""

    id: UUID
    village: str
    created_at: datetime
    name: str
    about: str
    categories: list[CategoryOut]


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


class MessageOut(HelpedOut):
    """
    One utterance in a case.

    ``number`` counts from 1 in its case; ``from_authority`` says that a clerk wrote it.
    """

    id: UUID
    village: str
    created_at: datetime
    case: UUID
    number: int
    author: UUID
    author_name: str
    from_authority: bool
    text: str


def show_department(department: Department) -> DepartmentOut:
    """Show a department with its categories in the order of their names."""
    categories = sorted(department.categories.all(), key=lambda each: (each.name, each.pk))
    return DepartmentOut(
        id=department.pk,
        village=department.village_id,
        created_at=department.created_at,
        name=department.name,
        about=department.about,
        categories=[
            CategoryOut(id=each.pk, name=each.name, confidential=each.confidential)
            for each in categories
        ],
    )


def show_case(case: Case) -> CaseOut:
    """Show a case."""
    return CaseOut(
        id=case.pk,
        village=case.village_id,
        created_at=case.created_at,
        department=case.department_id,
        department_name=case.department.name,
        category=case.category_id,
        category_name=case.category.name if case.category is not None else None,
        title=case.title,
        status=CaseStatus(case.status),
        author=case.author_id,
        author_name=case.author.display_name,
        via_helper=case.via_helper,
        messages=case.message_count,
    )


def show_message(message: Message) -> MessageOut:
    """Show a message."""
    return MessageOut(
        id=message.pk,
        village=message.village_id,
        created_at=message.written_at,
        case=message.case_id,
        number=message.number,
        author=message.author_id,
        author_name=message.author.display_name,
        from_authority=message.author_id != message.case.author_id,
        via_helper=message.via_helper,
        text=message.text,
    )
