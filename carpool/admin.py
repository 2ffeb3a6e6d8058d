"""The rides for operators: to look, not to write around the verbs."""

from __future__ import annotations

from django.contrib import admin

from carpool.models import Booking, Night, RideOffer, RideRequest
from village.core.admin import ToLook


class _Rides(ToLook):
    # Exact places are between a driver and her riders: operators need none of them.
    exclude = ("from_lat", "from_lng", "to_lat", "to_lng", "via")


@admin.register(RideOffer)
class RideOfferAdmin(_Rides):
    """Look at rides."""

    list_display = ("from_name", "to_name", "departs_at", "seats_left", "status", "village")
    list_filter = ("village", "status")
    list_select_related = ("village",)
    ordering = ("-departs_at", "pk")


@admin.register(RideRequest)
class RideRequestAdmin(_Rides):
    """Look at who looks for a ride."""

    list_display = ("from_name", "to_name", "earliest", "seats", "status", "village")
    list_filter = ("village", "status")
    list_select_related = ("village",)
    ordering = ("-earliest", "pk")


@admin.register(Booking)
class BookingAdmin(_Rides):
    """Look at bookings."""

    list_display = ("offer", "rider", "seats", "status", "village")
    list_filter = ("village", "status")
    list_select_related = ("offer", "rider", "village")
    ordering = ("-created_at", "pk")


@admin.register(Night)
class NightAdmin(ToLook):
    """Look at how well the rides of a day were shared out."""

    list_display = ("village", "day", "riders", "proposed", "first_come", "value", "bound")
    list_filter = ("village",)
    list_select_related = ("village",)
    ordering = ("-day", "village")
