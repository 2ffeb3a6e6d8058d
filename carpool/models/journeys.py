"""What an offer, a request and their repetitions share."""

from __future__ import annotations

from typing import Any

from django.db import models

from carpool.models.stops import Stop
from carpool.places import Place
from carpool.terms import Terms
from village.core.geo import Point
from village.core.models import HelpedObject
from village.residents.queries import grid_key


class Journey(HelpedObject):
    """
    Hold two ends and the terms of riding together.

    An end at a stop is known to everybody; any other point is exact here and told about to most.
    """

    from_stop = models.ForeignKey(Stop, models.PROTECT, null=True, blank=True, related_name="+")
    from_name = models.CharField(max_length=200)
    from_lat = models.FloatField()
    from_lng = models.FloatField()
    to_stop = models.ForeignKey(Stop, models.PROTECT, null=True, blank=True, related_name="+")
    to_name = models.CharField(max_length=200)
    to_lat = models.FloatField()
    to_lng = models.FloatField()
    seats = models.PositiveSmallIntegerField()
    luggage = models.PositiveSmallIntegerField(default=0)
    wheelchair = models.BooleanField(default=False)
    dog = models.BooleanField(default=False)
    smoking = models.BooleanField(default=False)
    women_only = models.BooleanField(default=False)
    known_only = models.BooleanField(default=False)
    verified_only = models.BooleanField(default=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.from_name} - {self.to_name}"

    @property
    def start(self) -> Place:
        """Give the exact place where it begins."""
        return Place(self.from_name, Point(self.from_lat, self.from_lng), self.from_stop_id)

    @property
    def goal(self) -> Place:
        """Give the exact place where it ends."""
        return Place(self.to_name, Point(self.to_lat, self.to_lng), self.to_stop_id)

    @property
    def terms(self) -> Terms:
        """Give the terms of riding together."""
        return Terms(
            luggage=self.luggage,
            wheelchair=self.wheelchair,
            dog=self.dog,
            smoking=self.smoking,
            women_only=self.women_only,
            known_only=self.known_only,
            verified_only=self.verified_only,
        )


def about(place: Place, village: str) -> Place:
    """Give a place as everybody in a village may know it: a stop exactly, any other roughly."""
    return place if place.is_public else place.about(grid_key(village))


def columns(start: Place, goal: Place, terms: Terms) -> dict[str, Any]:
    """Give the columns that hold two ends and the terms."""
    return {
        "from_stop_id": start.stop_id,
        "from_name": start.name,
        "from_lat": start.point.lat,
        "from_lng": start.point.lng,
        "to_stop_id": goal.stop_id,
        "to_name": goal.name,
        "to_lat": goal.point.lat,
        "to_lng": goal.point.lng,
        "luggage": terms.luggage,
        "wheelchair": terms.wheelchair,
        "dog": terms.dog,
        "smoking": terms.smoking,
        "women_only": terms.women_only,
        "known_only": terms.known_only,
        "verified_only": terms.verified_only,
    }
