"""That somebody does herself what a mandate was given for."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from village.assist.models import Mandate
from village.core.actor import Scope
from village.core.models import VillageObject


class Graduation(VillageObject):
    """
    Remember that a person was asked whether a mandate may shrink: she does this by herself now.

    Whether she said yes is read from the mandate: it is in no second place.
    """

    mandate = models.ForeignKey(Mandate, models.CASCADE, related_name="graduations")
    scope = models.CharField(max_length=30, choices=[(each.value, each.value) for each in Scope])

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["mandate", "scope"], name="suggested_once")
        ]

    @property
    def is_open(self) -> bool:
        """Tell whether the mandate still covers what she does herself."""
        return self.scope in self.mandate.covers
