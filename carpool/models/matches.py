"""The pairs of a ride and a request that were told of each other."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from carpool.models.offers import RideOffer
from carpool.models.requests import RideRequest
from village.core.models import VillageObject


class Match(VillageObject):
    """
    Say that a ride could take somebody along, and that both sides were told; once per pair.

    ``proposed_at`` is when the village chose them for each other, the evening before.
    """

    offer = models.ForeignKey(RideOffer, models.CASCADE, related_name="matches")
    request = models.ForeignKey(RideRequest, models.CASCADE, related_name="matches")
    detour_seconds = models.PositiveIntegerField()
    pickup_at = models.DateTimeField()
    arrives_at = models.DateTimeField()
    proposed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["offer", "request"], name="one_match_per_pair")
        ]
