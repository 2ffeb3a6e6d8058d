"""The bookings that join riders and drivers."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models

from carpool.models.offers import RideOffer
from carpool.models.requests import RideRequest
from carpool.models.stops import Stop
from carpool.places import Place
from village.core.models import HelpedObject


class BookingStatus(models.TextChoices):
    """Say how far a booking has come."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    CONFIRMED = "confirmed"
    ON_BOARD = "on_board"
    COMPLETED = "completed"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    NO_SHOW = "no_show"


# Holds seats.
ACTIVE = (
    BookingStatus.REQUESTED,
    BookingStatus.ACCEPTED,
    BookingStatus.CONFIRMED,
    BookingStatus.ON_BOARD,
)
# Both have said yes: each may know where the other waits.
AGREED = (BookingStatus.CONFIRMED, BookingStatus.ON_BOARD, BookingStatus.COMPLETED)


class BookingQuerySet(models.QuerySet["Booking"]):
    """Speak of bookings."""

    def active(self) -> BookingQuerySet:
        """Keep those that hold seats."""
        return self.filter(status__in=ACTIVE)

    def with_people(self) -> BookingQuerySet:
        """Bring along the ride, its driver, the rider and her request."""
        return self.select_related(
            "offer__driver", "rider", "request", "pickup_stop", "dropoff_stop"
        )

    def lapsed(self, at: datetime) -> BookingQuerySet:
        """Keep those that nobody answered or confirmed in time."""
        waits = (BookingStatus.REQUESTED, BookingStatus.ACCEPTED)
        return self.filter(status__in=waits, lapses_at__lte=at)


class Booking(HelpedObject):
    """
    Hold the seats that a rider asked for, from one place to another; hers while it is active.

    Without a request she rides the whole way. She walks to ``pickup_stop`` and from
    ``dropoff_stop``, where there is one. ``pickup_at`` and ``dropoff_at`` are planned, for
    a driver who leaves as soon as all riders allow. ``direct_metres`` is how far she would have
    driven by herself, ``detour_metres`` how much farther her driver drives. ``lapses_at`` is when
    it falls if the next word is not said. ``is_late`` says that it was cancelled at the last
    moment.
    """

    offer = models.ForeignKey(RideOffer, models.CASCADE, related_name="bookings")
    request = models.ForeignKey(
        RideRequest, models.PROTECT, null=True, blank=True, related_name="bookings"
    )
    rider = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    pickup_stop = models.ForeignKey(Stop, models.PROTECT, null=True, blank=True, related_name="+")
    dropoff_stop = models.ForeignKey(Stop, models.PROTECT, null=True, blank=True, related_name="+")
    seats = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=BookingStatus, default=BookingStatus.REQUESTED)
    pickup_at = models.DateTimeField(null=True, blank=True)
    dropoff_at = models.DateTimeField(null=True, blank=True)
    detour_seconds = models.PositiveIntegerField(default=0)
    direct_metres = models.PositiveIntegerField(default=0)
    detour_metres = models.IntegerField(default=0)
    lapses_at = models.DateTimeField(null=True, blank=True)
    is_late = models.BooleanField(default=False)

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
    def is_agreed(self) -> bool:
        """Tell whether both have said yes: each knows who the other is, and where she waits."""
        return self.status in AGREED

    @property
    def rider_name(self) -> str:
        """Give the rider's name, whole once both have said yes."""
        return self.rider.display_name if self.is_agreed else self.rider.board_name

    @property
    def driver_name(self) -> str:
        """Give the driver's name, whole once both have said yes."""
        driver = self.offer.driver
        return driver.display_name if self.is_agreed else driver.board_name

    @property
    def is_active(self) -> bool:
        """Tell whether it holds seats."""
        return self.status in ACTIVE

    @property
    def pickup(self) -> Place:
        """Give the exact place where the rider gets in."""
        if self.pickup_stop is not None:
            return self.pickup_stop.place
        return self.offer.start if self.request is None else self.request.start

    @property
    def dropoff(self) -> Place:
        """Give the exact place where the rider gets out."""
        if self.dropoff_stop is not None:
            return self.dropoff_stop.place
        return self.offer.goal if self.request is None else self.request.goal
