"""Rides that people offer, and the plan by which each is driven."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models

from carpool.models.journeys import Journey
from carpool.models.series import OfferSeries
from carpool.places import Place
from village.core.geo import Point


class OfferStatus(models.TextChoices):
    """Say whether a ride takes place."""

    OPEN = "open"
    CANCELLED = "cancelled"
    # Of a driver of another service, who takes one rider along: nobody else is shown it.
    ONE_RIDER = "one_rider"


class RideOfferQuerySet(models.QuerySet["RideOffer"]):
    """Speak of rides."""

    def open(self) -> RideOfferQuerySet:
        """Keep those that take place."""
        return self.filter(status=OfferStatus.OPEN)

    def still_here(self, at: datetime) -> RideOfferQuerySet:
        """Keep those that may not have left yet."""
        return self.filter(departs_until__gt=at)

    def not_there_yet(self, at: datetime) -> RideOfferQuerySet:
        """Keep those that may still be on the way, or have not left."""
        return self.filter(arrives_at__gt=at)


class RideOffer(Journey):
    """
    Hold a ride that somebody offers.

    She leaves between ``departs_at`` and ``departs_until``, which is ``flexible_minutes`` later,
    and is there by ``arrives_at`` when she leaves at the latest. ``via`` lists places as their
    stop, name and point. ``seats_left`` are those free all the way: each leg has its own load in
    the plan. Everything that changes a ride is done under its lock and counts ``version`` up.
    """

    driver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    series = models.ForeignKey(
        OfferSeries, models.SET_NULL, null=True, blank=True, related_name="offers"
    )
    # The day of a repeated ride on the clocks of its zone.
    day = models.DateField(null=True, blank=True)
    via = models.JSONField(default=list, blank=True)
    departs_at = models.DateTimeField()
    departs_until = models.DateTimeField()
    arrives_at = models.DateTimeField()
    flexible_minutes = models.PositiveSmallIntegerField(default=0)
    detour_minutes = models.PositiveSmallIntegerField(default=0)
    cents_per_km = models.PositiveSmallIntegerField(default=0)
    # The way without any rider and the detour that the driver allows: what she drives at most.
    longest_seconds = models.PositiveIntegerField()
    seats_left = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=OfferStatus, default=OfferStatus.OPEN)
    version = models.PositiveIntegerField(default=1)
    # The evening before: when the driver was asked whether she still goes, and said yes.
    asked_at = models.DateTimeField(null=True, blank=True)
    still_goes_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = RideOfferQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(seats_left__gte=0), name="a_ride_never_has_less_than_no_seat"
            ),
            models.CheckConstraint(
                condition=models.Q(seats_left__lte=models.F("seats")),
                name="a_ride_has_no_more_seats_left_than_seats",
            ),
            models.CheckConstraint(
                condition=models.Q(departs_until__gte=models.F("departs_at")),
                name="a_ride_does_not_leave_before_it_leaves",
            ),
            models.UniqueConstraint(fields=["series", "day"], name="one_ride_per_series_and_day"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["village", "departs_at", "id"], name="rides_by_departure"),
            models.Index(fields=["driver", "departs_at"], name="rides_of_a_driver"),
        ]

    @property
    def is_cancelled(self) -> bool:
        """Tell whether this ride does not take place."""
        return self.status == OfferStatus.CANCELLED

    @property
    def is_for_one_rider(self) -> bool:
        """Tell whether a driver of another service drives it, for one rider alone."""
        return self.status == OfferStatus.ONE_RIDER

    @property
    def is_public(self) -> bool:
        """Tell whether it is for everybody, from stop to stop."""
        stops = all(place.is_public for place in (self.start, *self.vias, self.goal))
        return not self.is_for_one_rider and stops and self.terms.is_for_everybody

    @property
    def is_told_outside(self) -> bool:
        """Tell whether other services may book seats on it."""
        return self.is_public and not self.is_cancelled

    @property
    def way(self) -> list[Place]:
        """Give all places that it is said to pass, both ends included."""
        return [self.start, *self.vias, self.goal]

    @property
    def vias(self) -> list[Place]:
        """Give the exact places that the ride goes by, in their order."""
        return [read_via(each) for each in self.via]


class RideCall(models.Model):
    """
    Hold one call of a ride's plan; ``turn`` counts them from 0, in the order of driving.

    The plan is timed as if the driver left as early as she may. The point is the one that
    everybody may know: what is asked of a plan never tells more. ``boards`` seats are taken from
    here on, or given back where it is negative; ``booking`` says whose.
    """

    offer = models.ForeignKey(RideOffer, models.CASCADE, related_name="calls")
    turn = models.PositiveSmallIntegerField()
    booking = models.ForeignKey(
        "carpool.Booking", models.CASCADE, null=True, blank=True, related_name="calls"
    )
    lat = models.FloatField()
    lng = models.FloatField()
    arrives_at = models.DateTimeField()
    metres = models.PositiveIntegerField()
    dwell = models.PositiveSmallIntegerField()
    earliest = models.DateTimeField(null=True, blank=True)
    latest = models.DateTimeField(null=True, blank=True)
    boards = models.SmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["offer", "turn"], name="one_call_per_turn_of_a_ride")
        ]

    @property
    def point(self) -> Point:
        """Give where it is, as everybody may know it."""
        return Point(self.lat, self.lng)


def written_via(place: Place) -> dict[str, object]:
    """Write a place that a ride goes by."""
    return {
        "stop": str(place.stop_id) if place.stop_id else None,
        "name": place.name,
        "lat": place.point.lat,
        "lng": place.point.lng,
    }


def read_via(written: dict[str, Any]) -> Place:
    """Read a place that a ride goes by."""
    stop = UUID(written["stop"]) if written["stop"] else None
    return Place(written["name"], Point(written["lat"], written["lng"]), stop)
