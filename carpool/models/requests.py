"""Rides that people look for."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models

from carpool.models.journeys import Journey
from carpool.models.series import RequestSeries


class RequestStatus(models.TextChoices):
    """Say whether somebody still looks for a ride."""

    OPEN = "open"
    MATCHED = "matched"
    WITHDRAWN = "withdrawn"
    # Of a rider of another service, who found one ride: nobody else is asked.
    ONE_RIDE = "one_ride"


class RideRequestQuerySet(models.QuerySet["RideRequest"]):
    """Speak of those who look for a ride."""

    def open(self) -> RideRequestQuerySet:
        """Keep those who still look."""
        return self.filter(status=RequestStatus.OPEN)

    def still_useful(self, at: datetime) -> RideRequestQuerySet:
        """Keep those whose time has not passed."""
        return self.filter(latest_arrival__gt=at)

    def waiting(self, at: datetime) -> RideRequestQuerySet:
        """Keep those who wait at a stop now."""
        return self.open().filter(waits_until__gt=at)

    def in_vain(self, at: datetime) -> RideRequestQuerySet:
        """Keep those who waited at a stop, and nobody came."""
        return self.open().filter(waits_until__lte=at)


class Leg(models.TextChoices):
    """Say which way of an event a lift is for."""

    THERE = "there"
    BACK = "back"


class RideRequest(Journey):
    """
    Say that somebody looks for a ride: not before ``earliest``, there by ``latest_arrival``.

    ``occurrence`` and ``leg`` say to or from which date of an event, if it came of one. Somebody
    who waits at a stop gets in there by ``waits_until``, or not at all.
    ``walk_minutes`` is how far she can walk, to a public stop at either end.
    ``nights_without`` counts the nights in which rides were shared out, and none was left for her.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    series = models.ForeignKey(
        RequestSeries, models.SET_NULL, null=True, blank=True, related_name="requests"
    )
    day = models.DateField(null=True, blank=True)
    occurrence = models.ForeignKey(
        "events.Occurrence", models.CASCADE, null=True, blank=True, related_name="+"
    )
    leg = models.CharField(max_length=5, choices=Leg, blank=True)
    earliest = models.DateTimeField()
    latest_arrival = models.DateTimeField()
    waits_until = models.DateTimeField(null=True, blank=True)
    walk_minutes = models.PositiveSmallIntegerField(default=0)
    status = models.CharField(max_length=10, choices=RequestStatus, default=RequestStatus.OPEN)
    nights_without = models.PositiveSmallIntegerField(default=0)

    objects: ClassVar = RideRequestQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(latest_arrival__gt=models.F("earliest")),
                name="a_rider_arrives_after_she_starts",
            ),
            models.UniqueConstraint(
                fields=["series", "day"], name="one_request_per_series_and_day"
            ),
            models.UniqueConstraint(
                fields=["person", "occurrence", "leg"], name="one_lift_per_person_date_and_way"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["village", "earliest", "id"], name="ride_requests_by_time"),
            models.Index(fields=["person", "earliest"], name="ride_requests_of_a_person"),
            models.Index(
                fields=["waits_until"],
                condition=models.Q(waits_until__isnull=False, status="open"),
                name="ride_requests_at_a_stop",
            ),
        ]

    @property
    def is_told_outside(self) -> bool:
        """Tell whether other services are told of it: for everybody, from stop to stop."""
        ends = self.start.is_public and self.goal.is_public
        return self.status == RequestStatus.OPEN and ends and self.terms.is_for_everybody

    def is_waiting(self, at: datetime) -> bool:
        """Tell whether somebody waits at a stop now."""
        still = self.waits_until is not None and at < self.waits_until
        return still and self.status == RequestStatus.OPEN
