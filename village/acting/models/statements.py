"""What a person was told of a month."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from village.core.models import VillageObject


class Statement(VillageObject):
    """
    Remember that a person was told what was done in her name in a month.

    What was done is read from the ledger: it is in no second place. ``number`` and ``mark`` are
    those of the last link of the village's chain then, so that her letter proves it later.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="statements")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    acts = models.PositiveIntegerField()
    number = models.BigIntegerField()
    mark = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["village", "person", "begins_at"], name="one_statement_per_month"
            )
        ]
