"""The bulletins that have come out."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from village.core.models import VillageObject


class Bulletin(VillageObject):
    """
    Remember that the bulletin of a week has come out; what it says is in the rooms' own tables.

    ``begins_on`` is the first day that it looks ahead to.
    """

    begins_on = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["village", "begins_on"], name="one_bulletin_a_week")
        ]
