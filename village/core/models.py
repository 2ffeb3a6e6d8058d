"""What every root table shares, and the answers kept for repeated requests."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models


class VillageObject(models.Model):
    """Give a root row its public id, its village and the moment it came to be."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    village = models.ForeignKey("residents.Village", models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        abstract = True


class HelpedObject(VillageObject):
    """
    Give a root row that somebody can make in another's name the word that it was so.

    Its author is the person it counts for; ``via_helper`` says that a helper wrote it down.
    """

    via_helper = models.BooleanField(default=False)

    class Meta:
        abstract = True


class KeptAnswer(models.Model):
    """Keep the first answer to a request that carried an Idempotency-Key."""

    principal = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    fingerprint = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["principal", "key"], name="one_answer_per_key")
        ]
