"""Rides that repeat from week to week."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models

from carpool.models.journeys import Journey
from carpool.recurrence import Pattern


class SeriesQuerySet(models.QuerySet["Series"]):
    """Speak of what repeats."""

    def running(self) -> SeriesQuerySet:
        """Keep what has not been ended."""
        return self.filter(ended_at=None)


class Series(Journey):
    """
    Say on which days something repeats: at ``clock`` on the wall of ``zone``.

    ``weekdays`` counts Monday as 0. ``skipped`` and ``added`` are single days (ISO 8601) that
    differ from them. Dated rides are made of it up to and including ``made_until``.
    """

    clock = models.TimeField()
    zone = models.CharField(max_length=40)
    weekdays = models.JSONField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    skipped = models.JSONField(default=list, blank=True)
    added = models.JSONField(default=list, blank=True)
    made_until = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = SeriesQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def tzinfo(self) -> ZoneInfo:
        """Give the zone on whose walls the clock hangs."""
        return ZoneInfo(self.zone)

    @property
    def pattern(self) -> Pattern:
        """Give the days on which it repeats."""
        return Pattern(
            weekdays=frozenset(self.weekdays),
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            skipped=frozenset(map(date.fromisoformat, self.skipped)),
            added=frozenset(map(date.fromisoformat, self.added)),
        )


class OfferSeries(Series):
    """Hold a ride that somebody offers again and again."""

    driver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    via = models.JSONField(default=list, blank=True)
    flexible_minutes = models.PositiveSmallIntegerField(default=0)
    detour_minutes = models.PositiveSmallIntegerField(default=0)
    cents_per_km = models.PositiveSmallIntegerField(default=0)


class RequestSeries(Series):
    """Hold a ride that somebody needs again and again, within ``minutes`` of its clock."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField()
