"""The departments of the town hall, cases and defects brought to them, and what is said there."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from village.core.models import HelpedObject, VillageObject


class Department(VillageObject):
    """Hold a department of the town hall; its clerks have their role of it."""

    name = models.CharField(max_length=120)
    about = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["village", "name"], name="one_department_per_name_in_a_village"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Category(VillageObject):
    """
    Name what a case can be about in one department.

    One that is ``confidential``, because it is about social or medical matters, takes two
    volunteers where somebody is helped. One that is a ``defect`` is on the list of what residents
    report as broken: a lamp, a hole in the road.
    """

    department = models.ForeignKey(Department, models.CASCADE, related_name="categories")
    name = models.CharField(max_length=120)
    confidential = models.BooleanField(default=False, db_default=False)
    defect = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["department", "name"], name="one_category_per_name_in_a_department"
            )
        ]

    def __str__(self) -> str:
        return self.name


class CaseStatus(models.TextChoices):
    """Name how far a case has come."""

    OPEN = "open", _("open")
    ACKNOWLEDGED = "acknowledged", _("acknowledged")
    RESOLVED = "resolved", _("resolved")
    # Somebody else sees to it; the department has said who.
    REFERRED = "referred", _("referred")


class Case(HelpedObject):
    """
    Hold one matter that a resident has brought to a department; the case is its own thread.

    ``message_count`` numbers the messages: it is raised under the lock of this row.
    """

    department = models.ForeignKey(Department, models.PROTECT, related_name="cases")
    category = models.ForeignKey(Category, models.SET_NULL, null=True, blank=True, related_name="+")
    title = models.CharField(max_length=200)
    status = models.CharField(max_length=12, choices=CaseStatus, default=CaseStatus.OPEN)
    # What a town hall was told stays on its files: an erased resident is emptied, not removed.
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    message_count = models.PositiveIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["author", "-created_at", "-id"], name="cases_of_an_author"),
            models.Index(fields=["department", "-created_at", "-id"], name="cases_of_a_department"),
        ]

    def __str__(self) -> str:
        return self.title


class Message(HelpedObject):
    """Hold one utterance in a case, by its author or by a clerk of its department."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="messages")
    # The place in its case, from one: two clocks never decide what was said first.
    number = models.PositiveIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField()
    written_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "number"], name="one_message_per_number")
        ]


class Defect(models.Model):
    """
    Say where something is broken that a case is about: in words, as a point, or both.

    The point is in WGS 84 degrees. It is seen by whoever may read the case, and by nobody else.
    """

    case = models.OneToOneField(
        Case, models.CASCADE, primary_key=True, related_name="defect_reported"
    )
    place = models.CharField(max_length=200, blank=True)
    lat = models.FloatField(null=True, blank=True)
    lng = models.FloatField(null=True, blank=True)
    has_photo = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(lat__isnull=True, lng__isnull=True)
                | models.Q(lat__gte=-90, lat__lte=90, lng__gte=-180, lng__lte=180),
                name="a_defect_has_a_whole_point_or_none",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["lat", "lng"], name="defects_by_place")]


class DefectPhoto(models.Model):
    """
    Hold the one photo of a defect, as a data URL of a small clean WebP.

    Beside the defect and not in it, so that no list carries it along; as text, so that it stands
    in the export of whoever took it as any browser shows it.
    """

    defect = models.OneToOneField(Defect, models.CASCADE, primary_key=True, related_name="photo")
    url = models.TextField()
