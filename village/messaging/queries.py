"""Which departments and cases there are, and who may look into them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F, Q, QuerySet

from village.core.actor import Actor, Scope
from village.core.errors import NotFound
from village.core.geo import Point, bounding_box
from village.messaging.models import (
    Case,
    CaseStatus,
    Category,
    Defect,
    DefectPhoto,
    Department,
    Message,
)
from village.residents.models import Resident, Role
from village.residents.places import Place
from village.residents.queries import held, holders, holds, is_member, villages_of

# Two reports of the same kind within so many metres are perhaps one lamp.
NEARBY_M = 60.0


def departments_of(village: str) -> QuerySet[Department]:
    """Give the departments of a village with their categories."""
    return Department.objects.filter(village=village).prefetch_related("categories")


def department_or_404(village: str, department_id: UUID) -> Department:
    """
    Find a department of a village.

    :raises NotFound: if the village has none of this id
    """
    found = Department.objects.filter(village=village, pk=department_id).first()
    if found is None:
        raise NotFound
    return found


def department(department_id: UUID) -> Department | None:
    """Give a department of any village."""
    return Department.objects.filter(pk=department_id).first()


def desk_of(by: Actor, department_id: UUID) -> Department | None:
    """Give a department if the actor is a clerk of it; to all others its desk looks absent."""
    found = department(department_id)
    return found if found is not None and is_clerk(by, found) else None


def desk_or_404(by: Actor, department_id: UUID) -> Department:
    """
    Find a department of which the actor is a clerk.

    :raises NotFound: if there is none of this id, or the actor is no clerk of it
    """
    found = desk_of(by, department_id)
    if found is None:
        raise NotFound
    return found


def is_clerk(by: Actor, department: Department) -> bool:
    """Tell whether the actor is a clerk of a department."""
    return holds(by, department.village_id, Role.CLERK, of=department.pk)


def is_author(by: Actor, case: Case) -> bool:
    """Tell whether a case is the principal's own, and she still lives here."""
    return case.author_id == by.principal_id and is_member(by, case.village_id)


def clerks_of(village: str, department_id: UUID) -> QuerySet[Resident]:
    """Give the clerks of a department."""
    return holders(village, Role.CLERK, of=department_id)


def cases() -> QuerySet[Case]:
    """Give cases with all that is shown of them."""
    return Case.objects.select_related("department", "category", "author")


def cases_of_department(department: Department) -> QuerySet[Case]:
    """Give the cases of a department."""
    return cases().filter(department=department)


def cases_visible_to(by: Actor) -> QuerySet[Case]:
    """Give the cases that the actor may read: her own, and as a clerk those of her department."""
    if not by.may(Scope.AUTHORITY_READ):
        return cases().none()
    own = Q(author=by.principal_id, village__in=villages_of(by))
    return cases().filter(own | Q(department__in=_desks(by)))


def visible_case(by: Actor, case_id: UUID) -> Case:
    """
    Find a case that the actor may read.

    :raises NotFound: if there is none
    """
    found = cases_visible_to(by).filter(pk=case_id).first()
    if found is None:
        raise NotFound
    return found


def messages_of(case: Case) -> QuerySet[Message]:
    """Give what was said in a case."""
    return Message.objects.filter(case=case).select_related("author", "case__department")


def message_of(message_id: UUID) -> Message | None:
    """Give a message with all that is shown of it; ``None`` when it is gone."""
    return (
        Message.objects.select_related("author", "case__department").filter(pk=message_id).first()
    )


def defect_kinds(village: str) -> QuerySet[Category]:
    """Give what residents of a village report as broken, each with the department it goes to."""
    return Category.objects.filter(department__village=village, defect=True).select_related(
        "department"
    )


def defects() -> QuerySet[Defect]:
    """Give defects with all that is shown of them, and when each was reported."""
    found = Defect.objects.select_related("case__department", "case__category", "case__author")
    return found.annotate(reported_at=F("case__created_at"))


def own_defects(by: Actor, village: str) -> QuerySet[Defect]:
    """Give what the principal has reported in a village."""
    return defects().filter(case__author=by.principal_id, case__village=village)


def visible_defect(by: Actor, defect_id: UUID) -> Defect:
    """
    Find a defect: the principal's own, or as a clerk one of her department.

    :raises NotFound: if there is none
    """
    own = Q(case__author=by.principal_id, case__village__in=villages_of(by))
    seen = defects().filter(own | Q(case__department__in=_desks(by)), pk=defect_id)
    found = seen.first() if by.may(Scope.DEFECT_REPORT) else None
    if found is None:
        raise NotFound
    return found


def defect_of(case: Case) -> Defect | None:
    """Give the place that a case is about, if it is about one."""
    return Defect.objects.filter(pk=case.pk).first()


def photo_or_404(by: Actor, defect_id: UUID) -> DefectPhoto:
    """
    Find the photo of a defect.

    :raises NotFound: if there is none that the actor may see
    """
    found = DefectPhoto.objects.filter(pk=visible_defect(by, defect_id).pk).first()
    if found is None:
        raise NotFound
    return found


def nearby(defect: Defect) -> QuerySet[Defect]:
    """Give what else of the kind is reported close by and not settled: perhaps the same."""
    if defect.lat is None or defect.lng is None:
        return defects().none()
    box = bounding_box(Point(defect.lat, defect.lng), NEARBY_M)
    east, west = Q(lng__lte=box.east), Q(lng__gte=box.west)
    return (
        defects()
        .filter(
            (east | west) if box.crosses_antimeridian else (east & west),
            lat__gte=box.south,
            lat__lte=box.north,
            case__category=defect.case.category_id,
            case__department=defect.case.department_id,
            case__status__in=(CaseStatus.OPEN, CaseStatus.ACKNOWLEDGED),
        )
        .exclude(pk=defect.pk)
    )


def department_places(village: str) -> dict[UUID, Place]:
    """Give the departments of a village, for the roles that are of one."""
    found = Department.objects.filter(village=village).order_by("name")
    return {each.pk: Place(each.name, about=each.about) for each in found}


def _desks(by: Actor) -> list[UUID]:
    """Give the departments of which the actor is a clerk, by a role of their own village."""
    desks = Department.objects.filter(held(by, Role.CLERK, of="pk"))
    return list(desks.values_list("pk", flat=True))
