"""Rides offered, rides looked for, and the bookings that join them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models

from carpool.places import Place
from village.core.geo import Point
from village.core.models import VillageObject


class Journey(VillageObject):
    """Give an offer and a request their two ends: exact here, and shown roughly to most."""

    from_name = models.CharField(max_length=200)
    from_lat = models.FloatField()
    from_lng = models.FloatField()
    to_name = models.CharField(max_length=200)
    to_lat = models.FloatField()
    to_lng = models.FloatField()
    # A helper wrote it down in the person's name.
    via_helper = models.BooleanField(default=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.from_name} - {self.to_name}"

    @property
    def start(self) -> Place:
        """Give the exact place where it begins."""
        return Place(self.from_name, Point(self.from_lat, self.from_lng))

    @property
    def goal(self) -> Place:
        """Give the exact place where it ends."""
        return Place(self.to_name, Point(self.to_lat, self.to_lng))


class OfferStatus(models.TextChoices):
    """Say whether a ride takes place."""

    OPEN = "open"
    CANCELLED = "cancelled"


class RideOfferQuerySet(models.QuerySet["RideOffer"]):
    """Speak of rides."""

    def open(self) -> RideOfferQuerySet:
        """Keep those that take place."""
        return self.filter(status=OfferStatus.OPEN)

    def still_here(self, at: datetime) -> RideOfferQuerySet:
        """Keep those that may not have left yet."""
        return self.filter(departs_until__gt=at)


class RideOffer(Journey):
    """
    Hold a ride that somebody offers.

    She leaves between ``departs_at`` and ``departs_until``, which is ``flexible_minutes`` later.
    ``seats_left`` goes down with a booking, by one conditional update, and up when it ends.
    """

    driver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    departs_at = models.DateTimeField()
    departs_until = models.DateTimeField()
    flexible_minutes = models.PositiveSmallIntegerField(default=0)
    detour_minutes = models.PositiveSmallIntegerField(default=0)
    seats = models.PositiveSmallIntegerField()
    seats_left = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=OfferStatus, default=OfferStatus.OPEN)

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
        ]
        indexes: ClassVar = [
            models.Index(fields=["village", "departs_at", "id"], name="rides_by_departure"),
            models.Index(fields=["driver", "departs_at"], name="rides_of_a_driver"),
        ]

    @property
    def is_cancelled(self) -> bool:
        """Tell whether this ride does not take place."""
        return self.status == OfferStatus.CANCELLED


class RequestStatus(models.TextChoices):
    """Say whether somebody still looks for a ride."""

    OPEN = "open"
    MATCHED = "matched"
    WITHDRAWN = "withdrawn"


class RideRequestQuerySet(models.QuerySet["RideRequest"]):
    """Speak of those who look for a ride."""

    def open(self) -> RideRequestQuerySet:
        """Keep those who still look."""
        return self.filter(status=RequestStatus.OPEN)

    def still_useful(self, at: datetime) -> RideRequestQuerySet:
        """Keep those whose time has not passed."""
        return self.filter(latest_arrival__gt=at)


class RideRequest(Journey):
    """Say that somebody looks for a ride: not before ``earliest``, there by ``latest_arrival``."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    earliest = models.DateTimeField()
    latest_arrival = models.DateTimeField()
    seats = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=RequestStatus, default=RequestStatus.OPEN)

    objects: ClassVar = RideRequestQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(latest_arrival__gt=models.F("earliest")),
                name="a_rider_arrives_after_she_starts",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["village", "earliest", "id"], name="ride_requests_by_time"),
            models.Index(fields=["person", "earliest"], name="ride_requests_of_a_person"),
        ]


class BookingStatus(models.TextChoices):
    """Say how far a booking has come."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CANCELLED = "cancelled"


ACTIVE = (BookingStatus.REQUESTED, BookingStatus.ACCEPTED)


class BookingQuerySet(models.QuerySet["Booking"]):
    """Speak of bookings."""

    def active(self) -> BookingQuerySet:
        """Keep those that hold seats: asked for, or accepted."""
        return self.filter(status__in=ACTIVE)

    def with_people(self) -> BookingQuerySet:
        """Bring along the ride, its driver, the rider and her request."""
        return self.select_related("offer__driver", "rider", "request")


class Booking(VillageObject):
    """Hold the seats that a rider asked for; they are hers while it is active."""

    offer = models.ForeignKey(RideOffer, models.CASCADE, related_name="bookings")
    request = models.ForeignKey(
        RideRequest, models.PROTECT, null=True, blank=True, related_name="bookings"
    )
    rider = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    seats = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=BookingStatus, default=BookingStatus.REQUESTED)
    via_helper = models.BooleanField(default=False)

    objects: ClassVar = BookingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["offer", "rider"],
                condition=models.Q(status__in=ACTIVE),
                name="one_booking_per_rider_and_ride",
            ),
            models.CheckConstraint(
                condition=models.Q(seats__gte=1), name="a_booking_has_at_least_one_seat"
            ),
        ]

    @property
    def is_active(self) -> bool:
        """Tell whether it holds seats."""
        return self.status in ACTIVE
