"""The badges of institutions."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from village.core.models import VillageObject
from village.residents.models import Resident, Role


class Kind(models.TextChoices):
    """Name what speaks for more than one person; a club or the fire brigade is an outlet."""

    OUTLET = "outlet", _("outlet")
    DEPARTMENT = "department", _("department of the town hall")
    CENTRE = "centre", _("community centre")

    @property
    def role(self) -> Role:
        """Give the role of those who speak for it."""
        return SPEAKERS[self]


SPEAKERS = {
    Kind.OUTLET: Role.EDITOR,
    Kind.DEPARTMENT: Role.CLERK,
    Kind.CENTRE: Role.COORDINATOR,
}


class BadgeQuerySet(models.QuerySet["Badge"]):
    """Speak of badges."""

    def standing(self) -> BadgeQuerySet:
        """Keep those that count now, by the clock of the database."""
        return self.filter(granted_at__isnull=False, ended_at=None, until__gt=Now())

    def with_all_that_is_shown(self) -> BadgeQuerySet:
        """Bring along who has looked."""
        return self.select_related("proposed_by", "confirmed_by")


class Badge(VillageObject):
    """
    Say that two have seen that an institution is what it says, until a day.

    It is of the ``name`` they saw: under another one nobody is known by it. Until a second steward
    agrees it is a proposal, without ``granted_at``. ``of`` is the outlet, department or centre.
    What was withdrawn or replaced stays, with ``ended_at``: who was vouched for, by whom, and when.
    """

    kind = models.CharField(max_length=12, choices=Kind)
    of = models.UUIDField()
    name = models.CharField(max_length=120)
    until = models.DateTimeField()
    proposed_by = models.ForeignKey(Resident, models.SET_NULL, null=True, related_name="+")
    confirmed_by = models.ForeignKey(Resident, models.SET_NULL, null=True, related_name="+")
    granted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar = BadgeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["of"],
                condition=Q(granted_at=None, ended_at=None),
                name="one_badge_proposed_per_institution",
            ),
            models.UniqueConstraint(
                fields=["of"],
                condition=Q(granted_at__isnull=False, ended_at=None),
                name="one_badge_per_institution",
            ),
        ]

    @property
    def seen_by(self) -> list[str]:
        """Name those who have looked and can still be asked."""
        people = (self.proposed_by, self.confirmed_by)
        return [each.display_name for each in people if each is not None and each.is_active]
