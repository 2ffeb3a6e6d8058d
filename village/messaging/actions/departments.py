"""The verb that opens a department."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from village.core.actor import Actor
from village.core.errors import DomainError
from village.journal.actions import record
from village.messaging import facts
from village.messaging.models import Category, Department
from village.residents.naming import check_name
from village.residents.queries import village_or_404
from village.stewardship.policies import may_steward


class DepartmentKnown(DomainError):
    """The town hall has a department of this name already."""

    code = "messaging.department_known"

    def __init__(self) -> None:
        super().__init__(_("There is a department of this name already."), field="name")


@transaction.atomic
def open_department(
    *, by: Actor, village: str, name: str, about: str, categories: Sequence[str], at: datetime
) -> Department:
    """
    Open a department of the town hall; who is its clerk is then granted as a role.

    :raises NotFound: if the actor does not belong to the village
    :raises Forbidden: if she is no steward
    :raises DepartmentKnown: if there is one of this name
    :raises NameTaken: if its name may be taken for that of another office
    """
    may_steward(by, village).enforce()
    home = village_or_404(village)
    if Department.objects.filter(village=home, name=name).exists():
        raise DepartmentKnown
    check_name(name, village=village, field="name")
    department, is_new = Department.objects.get_or_create(
        village=home, name=name, defaults={"about": about, "created_at": at}
    )
    if not is_new:
        raise DepartmentKnown
    for each in dict.fromkeys(categories):
        Category.objects.create(village=home, department=department, name=each, created_at=at)
    record(facts.DepartmentOpened(village=village, department=department.pk), by=by, at=at)
    return department
