"""Riders who come by another carpooling service, and what they write to drivers."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from carpool.models.bookings import Booking
from carpool.models.offers import RideOffer
from carpool.models.requests import RideRequest
from village.core.models import VillageObject


class PartnerTraveller(models.Model):
    """Say as whom somebody counts here whom another service knows by ``their_id``."""

    operator = models.CharField(max_length=100)
    their_id = models.CharField(max_length=255)
    resident = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="partner_traveller"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["operator", "their_id"], name="one_traveller_per_operator_and_id"
            )
        ]


class PartnerBooking(models.Model):
    """
    Say that another service booked the seats, for one of its riders, or for one of its drivers.

    ``price`` is what it told of money. ``validated_at`` is when it said that all is settled.
    """

    booking = models.OneToOneField(
        Booking, models.CASCADE, primary_key=True, related_name="partner_booking"
    )
    operator = models.CharField(max_length=100)
    traveller = models.ForeignKey(PartnerTraveller, models.CASCADE, related_name="bookings")
    price = models.JSONField(default=dict)
    validated_at = models.DateTimeField(null=True, blank=True)

    @property
    def drives(self) -> bool:
        """Tell whether it is the driver whom the other service knows, and the rider lives here."""
        return self.traveller.resident_id == self.booking.offer.driver_id


class PartnerMessage(VillageObject):
    """Hold what somebody of another service wrote to a driver, or to who looks for a ride."""

    operator = models.CharField(max_length=100)
    alias = models.CharField(max_length=80)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    offer = models.ForeignKey(RideOffer, models.CASCADE, null=True, related_name="+")
    request = models.ForeignKey(RideRequest, models.CASCADE, null=True, related_name="+")
    text = models.CharField(max_length=500)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["recipient", "created_at"], name="partner_messages_by_time")
        ]
