"""
Rides and requests as standard covoiturage tells them (fabmob/standard-covoiturage, 0.0.1).

Only those from stop to stop are told, and of people no more than a first letter and a name that
lasts for one ride: whoever asks is another service, and nobody here has agreed to be listed there.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from django.conf import settings

from carpool.models import (
    BookingStatus,
    OfferSeries,
    PartnerBooking,
    RequestSeries,
    RideOffer,
    RideRequest,
)
from carpool.places import Place
from carpool.roads import roads
from carpool.routing import along
from village.residents.models import Resident

DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
# The driver's yes is half a yes, until the rider's own service has heard it.
_STATUS = {
    BookingStatus.REQUESTED: "WAITING_CONFIRMATION",
    BookingStatus.ACCEPTED: "WAITING_CONFIRMATION",
    BookingStatus.CONFIRMED: "CONFIRMED",
    BookingStatus.ON_BOARD: "CONFIRMED",
    BookingStatus.COMPLETED: "COMPLETED_PENDING_VALIDATION",
    BookingStatus.DECLINED: "CANCELLED",
    BookingStatus.CANCELLED: "CANCELLED",
    BookingStatus.EXPIRED: "CANCELLED",
    BookingStatus.NO_SHOW: "CANCELLED",
}
STATUSES = (
    "WAITING_CONFIRMATION",
    "CONFIRMED",
    "CANCELLED",
    "COMPLETED_PENDING_VALIDATION",
    "VALIDATED",
)


def operator() -> str:
    """Give the name under which this village service is known to others: its domain."""
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def driver_journey(offer: RideOffer, pickup: Place, drop: Place, pickup_at: int) -> dict[str, Any]:
    """Show one ride, from one of its stops to a later one."""
    return {
        **_trip(pickup, drop, f"/carpool/offers/{offer.pk}"),
        "driver": person(offer.driver, offer.pk),
        "id": str(offer.pk),
        "passengerPickupDate": pickup_at,
        "driverDepartureDate": int(offer.departs_at.timestamp()),
        "type": "PLANNED",
        "availableSeats": offer.seats_left,
        "price": _price(offer.cents_per_km),
        "preferences": _preferences(offer),
    }


def passenger_journey(request: RideRequest) -> dict[str, Any]:
    """Show who looks for a ride."""
    starts = int(request.earliest.timestamp())
    return {
        **_trip(request.start, request.goal, f"/carpool/requests/{request.pk}"),
        "passenger": person(request.person, request.pk),
        "id": str(request.pk),
        "passengerPickupDate": starts,
        "driverDepartureDate": starts,
        "type": "PLANNED",
        "requestedSeats": request.seats,
        "preferences": _preferences(request),
    }


def driver_trip(series: OfferSeries, weekdays: list[int]) -> dict[str, Any]:
    """Show a ride that repeats, on those of its days that were asked for."""
    return {
        **_trip(series.start, series.goal, f"/villages/{series.village_id}/rides"),
        "driver": person(series.driver, series.pk),
        "schedules": _schedules(series, weekdays),
        "preferences": _preferences(series),
    }


def passenger_trip(series: RequestSeries, weekdays: list[int]) -> dict[str, Any]:
    """Show who needs a ride again and again."""
    return {
        **_trip(series.start, series.goal, f"/villages/{series.village_id}/rides"),
        "passenger": person(series.person, series.pk),
        "schedules": _schedules(series, weekdays),
        "preferences": _preferences(series),
    }


def status_of(found: PartnerBooking) -> str:
    """Say how far a booking has come in the words of the standard."""
    return "VALIDATED" if found.validated_at else _STATUS[BookingStatus(found.booking.status)]


def booking(found: PartnerBooking) -> dict[str, Any]:
    """Show a booking to the service that made it; where anybody lives is never in it."""
    booked = found.booking
    offer, wish = booked.offer, booked.request
    pickup, drop = booked.pickup, booked.dropoff
    at = booked.pickup_at or offer.departs_at
    name = (offer.driver if found.drives else booked.rider).display_name
    theirs = {
        "id": found.traveller.their_id,
        "operator": found.operator,
        "alias": name.removesuffix(f" ({found.operator})"),
    }
    if found.drives and wish is not None:
        people: dict[str, Any] = {
            "driver": theirs,
            "passenger": person(booked.rider, wish.pk),
            "passengerJourneyId": str(wish.pk),
        }
    else:
        people = {
            "driver": person(offer.driver, offer.pk),
            "passenger": theirs,
            "driverJourneyId": str(offer.pk),
        }
    return {
        **_trip(pickup, drop, f"/carpool/offers/{offer.pk}"),
        **people,
        "id": str(booked.pk),
        "status": status_of(found),
        "passengerPickupDate": int(at.timestamp()),
        "price": found.price,
    }


def _trip(pickup: Place, drop: Place, path: str) -> dict[str, Any]:
    seconds, metres = along(roads(), (pickup.point, drop.point))
    return {
        "operator": operator(),
        "duration": seconds[0],
        "distance": metres[0],
        "passengerPickupLat": pickup.point.lat,
        "passengerPickupLng": pickup.point.lng,
        "passengerPickupAddress": pickup.name,
        "passengerDropLat": drop.point.lat,
        "passengerDropLng": drop.point.lng,
        "passengerDropAddress": drop.name,
        "webUrl": f"{settings.SITE_URL.rstrip('/')}{path}",
    }


def person(somebody: Resident, ride: UUID) -> dict[str, str]:
    """Name somebody for one ride alone."""
    return {
        "id": str(uuid5(ride, str(somebody.pk))),
        "operator": operator(),
        "alias": f"{somebody.display_name[:1]}.",
    }


def _price(cents_per_km: int) -> dict[str, str]:
    # What each pays depends on who else rides along, and is never more than her share.
    return {"type": "UNKNOWN" if cents_per_km else "FREE"}


def _preferences(row: RideOffer | RideRequest | OfferSeries | RequestSeries) -> dict[str, Any]:
    return {
        "smoking": row.smoking,
        "animals": row.dog,
        "luggageSize": min(5, row.luggage + 1),
    }


def _schedules(series: OfferSeries | RequestSeries, weekdays: list[int]) -> list[dict[str, str]]:
    clock = series.clock.replace(microsecond=0).isoformat()
    return [
        {"passengerPickupDay": DAYS[day], "passengerPickupTimeOfDay": clock}
        for day in series.weekdays
        if day in weekdays
    ]
