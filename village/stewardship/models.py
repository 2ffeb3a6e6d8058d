"""How a village is set up, and where it belongs."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models

from village.residents.models import Village


class District(models.Model):
    """Name a district: what some municipalities belong to."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=120, unique=True)

    def __str__(self) -> str:
        return self.name


class Municipality(models.Model):
    """Name a municipality: what some villages belong to."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=120)
    district = models.ForeignKey(District, models.PROTECT, related_name="municipalities")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["district", "name"], name="one_municipality_per_name_in_a_district"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Setup(models.Model):
    """
    Hold what the stewards have set; a village without a row has set nothing yet.

    ``settings`` is a stored ``VillageSettings``, ``boundary`` a checked GeoJSON geometry, ``arms``
    a small WebP.
    """

    village = models.OneToOneField(Village, models.CASCADE, primary_key=True, related_name="setup")
    municipality = models.ForeignKey(
        Municipality, models.SET_NULL, null=True, blank=True, related_name="villages"
    )
    settings = models.JSONField(default=dict)
    boundary = models.JSONField(null=True, blank=True)
    arms = models.BinaryField(null=True)
    changed_at = models.DateTimeField()
