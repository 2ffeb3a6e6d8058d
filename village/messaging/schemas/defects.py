"""How what is broken looks on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from ninja import Field
from pydantic import ConfigDict, StringConstraints

from village.core.geo import Point
from village.core.schemas import HelpedOut, In, Line, Out, Text
from village.messaging.models import CaseStatus, Defect

Place = Annotated[
    str, StringConstraints(max_length=200, strip_whitespace=True, pattern=r"^[^\x00-\x1f]*$")
]


class DefectPointIn(In):
    """Where something is broken, in WGS 84 degrees."""

    lat: float = Field(ge=-90, le=90, allow_inf_nan=False)
    lng: float = Field(ge=-180, le=180, allow_inf_nan=False)


class DefectIn(In):
    """
    Something that is broken: what, from the list of the village, and where.

    The place is said in words, by a point, or both; the text is the first message of its case.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "category": "7d0a1e5c-6f0e-4c0e-9f5e-0c6f1c1d2e3f",
                "text": "It has been dark there since Monday.",
                "place": "By the mill, at the footbridge",
                "point": None,
            }
        },
    )

    category: UUID
    text: Text
    place: Place = ""
    point: DefectPointIn | None = None

    def where(self) -> Point | None:
        """Give the point, if there is one."""
        return Point(self.point.lat, self.point.lng) if self.point is not None else None


class DefectKindsIn(In):
    """What residents report to a department as broken; what is left out is no longer reported."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"categories": ["A street light", "A hole in the road"]}}
    )

    categories: list[Annotated[Line, StringConstraints(max_length=120)]] = Field(max_length=50)


class DefectPointOut(Out):
    """Where something is broken, in WGS 84 degrees."""

    lat: float
    lng: float


class DefectOut(HelpedOut):
    """
    Something that is broken, as whoever reported it and the department see it.

    It has the id of its case, in which the two of them write. ``photo`` is the address of a small
    WebP, where there is one.
    """

    id: UUID
    village: str
    created_at: datetime
    department: UUID
    department_name: str
    category: UUID | None
    category_name: str | None
    place: str
    point: DefectPointOut | None
    status: CaseStatus
    author: UUID
    author_name: str
    photo: str | None


def show_defect(defect: Defect) -> DefectOut:
    """Show a defect."""
    case, point = defect.case, None
    if defect.lat is not None and defect.lng is not None:
        point = DefectPointOut(lat=defect.lat, lng=defect.lng)
    return DefectOut(
        id=case.pk,
        village=case.village_id,
        created_at=case.created_at,
        department=case.department_id,
        department_name=case.department.name,
        category=case.category_id,
        category_name=case.category.name if case.category is not None else None,
        place=defect.place,
        point=point,
        status=CaseStatus(case.status),
        author=case.author_id,
        author_name=case.author.display_name,
        via_helper=case.via_helper,
        photo=f"/defects/{defect.pk}/photo.webp" if defect.has_photo else None,
    )
