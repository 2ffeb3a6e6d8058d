"""Centres, and the volunteers who act under them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from village.core.models import VillageObject


class Centre(VillageObject):
    """Hold a community centre: it is the centre, not a person, that is given a mandate."""

    name = models.CharField(max_length=120)
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=20, blank=True)

    def __str__(self) -> str:
        return self.name


class Accreditation(VillageObject):
    """Say that a volunteer acts under a centre."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="accreditations")
    volunteer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    valid_until = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["centre", "volunteer"], name="one_accreditation_per_volunteer"
            )
        ]
