"""What somebody says of herself for riding together, and whom she knows."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from carpool.models.stops import Stop
from carpool.places import Place
from village.core.geo import Point


class RideProfile(models.Model):
    """
    Hold what somebody says of herself, for rides alone; nobody else reads it.

    ``is_woman`` opens rides among women. Lifts to an event begin at the home end, if she says
    one.
    """

    resident = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+"
    )
    is_woman = models.BooleanField(default=False)
    home_stop = models.ForeignKey(Stop, models.SET_NULL, null=True, blank=True, related_name="+")
    home_name = models.CharField(max_length=200, blank=True)
    home_lat = models.FloatField(null=True, blank=True)
    home_lng = models.FloatField(null=True, blank=True)

    @property
    def home(self) -> Place | None:
        """Give where her lifts begin, if she has said so."""
        if self.home_lat is None or self.home_lng is None:
            return None
        return Place(self.home_name, Point(self.home_lat, self.home_lng), self.home_stop_id)


class Acquaintance(models.Model):
    """Say that somebody knows somebody else, in the first one's own words."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    known = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "known"], name="one_acquaintance_per_pair")
        ]
