"""How a village is set up, where it belongs, and which machines speak for its offices."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models

from village.core.models import VillageObject
from village.residents.models import Role, Village


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


class ApiKey(VillageObject):
    """
    Let a machine of an outlet or a department speak, as far as ``scopes`` go.

    Only digests are stored. ``machine`` is the resident that it acts as: it holds the one role of
    the one place, and nobody can sign in as it. After a rotation the secret before is good until
    ``before_until``.
    """

    name = models.CharField(max_length=80)
    role = models.CharField(max_length=20, choices=Role)
    of = models.UUIDField()
    scopes = models.JSONField(default=list)
    machine = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    before = models.CharField(max_length=64, blank=True, db_index=True)
    before_until = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
