"""The public places of a village where people get in and out."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from carpool.places import Place
from village.core.geo import Point
from village.core.models import VillageObject


class StopKind(models.TextChoices):
    """Say what stands at a stop."""

    SQUARE = "square"
    BUS_STOP = "bus_stop"
    BENCH = "bench"
    PARKING = "parking"


class StopQuerySet(models.QuerySet["Stop"]):
    """Speak of stops."""

    def in_use(self) -> StopQuerySet:
        """Keep those where people still meet."""
        return self.filter(closed_at=None)


class Stop(VillageObject):
    """
    Hold a place that everybody may know exactly: a square, a bus stop, a ride bench.

    ``account`` is the resident as whom the device at a ride bench signs in.
    """

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=StopKind)
    lat = models.FloatField()
    lng = models.FloatField()
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = StopQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["village", "name"],
                condition=models.Q(closed_at=None),
                name="one_stop_per_name",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> Place:
        """Give the stop as a place to start from or to go to."""
        return Place(self.name, Point(self.lat, self.lng), self.pk)


class RideRules(models.Model):
    """Hold what a village lets drivers share: at most ``cents_per_km``, and never a profit."""

    village = models.OneToOneField("residents.Village", models.CASCADE, primary_key=True)
    cents_per_km = models.PositiveSmallIntegerField()
