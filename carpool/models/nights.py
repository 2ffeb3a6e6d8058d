"""The nights in which the rides of the next day were shared out."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Night(models.Model):
    """
    Say that the rides of a ``day`` were shared out among who looked for one, once.

    ``proposed`` of ``riders`` were told of a ride. ``first_come`` is how many persons and parts
    of persons first come first served would have been worth, ``value`` what was chosen, and
    ``bound`` what could not have been exceeded.
    """

    village = models.ForeignKey("residents.Village", models.CASCADE, related_name="+")
    day = models.DateField()
    created_at = models.DateTimeField()
    rides = models.PositiveIntegerField()
    riders = models.PositiveIntegerField()
    proposed = models.PositiveIntegerField()
    value = models.FloatField()
    bound = models.FloatField()
    first_come = models.FloatField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["village", "day"], name="one_night_per_village_and_day")
        ]
