"""What of the village fits a search from outside, by its definition: circles and a window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet

from carpool.models import OfferSeries, RequestSeries, RideOffer, RideRequest
from carpool.places import Place
from carpool.plans import ride_of
from carpool.standard import shapes
from village.core.geo import Point, distance_m

# The specification's own checks allow a hundredth for the way distances are reckoned.
_TOLERANCE = 1.01
# More than anybody looks through.
MOST = 200
# What repeats from stop to stop, for everybody.
_PUBLIC: dict[str, Any] = {
    "ended_at": None,
    "from_stop__isnull": False,
    "to_stop__isnull": False,
    "women_only": False,
    "known_only": False,
    "verified_only": False,
}


@dataclass(frozen=True, slots=True)
class Circles:
    """Hold where a search begins and ends; the radii are in kilometres."""

    departure: Point
    arrival: Point
    departure_radius: float
    arrival_radius: float

    def hold(self, pickup: Place, drop: Place) -> bool:
        """Tell whether a way from one place to another lies in both circles."""
        return self._near(self.departure, pickup, self.departure_radius) and self._near(
            self.arrival, drop, self.arrival_radius
        )

    @staticmethod
    def _near(middle: Point, place: Place, radius: float) -> bool:
        return distance_m(middle, place.point) <= radius * 1000 * _TOLERANCE


def driver_journeys(circles: Circles, when: datetime, delta: timedelta) -> Iterator[dict[str, Any]]:
    """Give the rides that pick somebody up in the window, from stop to stop."""
    rides = RideOffer.objects.open().filter(
        seats_left__gt=0,
        women_only=False,
        known_only=False,
        verified_only=False,
        departs_at__lte=when + delta,
        arrives_at__gte=when - delta,
    )
    for offer in (
        rides.select_related("driver").prefetch_related("calls").order_by("departs_at", "pk")
    ):
        way = [offer.start, *offer.vias, offer.goal]
        if not all(place.is_public for place in way):
            continue
        calls = [call for call in ride_of(offer).calls if call.rider is None]
        pairs = (
            (way[i], way[j], calls[i].arrives)
            for i in range(len(way))
            for j in range(i + 1, len(way))
            if circles.hold(way[i], way[j])
            and abs(calls[i].arrives - when.timestamp()) <= delta.total_seconds()
        )
        if (pair := next(pairs, None)) is not None:
            yield shapes.driver_journey(offer, *pair)


def passenger_journeys(
    circles: Circles, when: datetime, delta: timedelta
) -> Iterator[dict[str, Any]]:
    """Give those who look for a ride in the window, from stop to stop."""
    requests = RideRequest.objects.open().filter(
        from_stop__isnull=False,
        to_stop__isnull=False,
        women_only=False,
        known_only=False,
        verified_only=False,
        earliest__gte=when - delta,
        earliest__lte=when + delta,
    )
    for request in requests.select_related("person").order_by("earliest", "pk"):
        if circles.hold(request.start, request.goal):
            yield shapes.passenger_journey(request)


def driver_trips(
    circles: Circles, clock: time, delta: timedelta, weekdays: list[int]
) -> Iterator[dict[str, Any]]:
    """Give the rides that repeat on these days at about this time, from stop to stop."""
    found: QuerySet[Any] = OfferSeries._default_manager.select_related("driver")
    for series in found.filter(**_PUBLIC).order_by("created_at", "pk"):
        if _fits(series, circles, clock, delta, weekdays):
            yield shapes.driver_trip(series, weekdays)


def passenger_trips(
    circles: Circles, clock: time, delta: timedelta, weekdays: list[int]
) -> Iterator[dict[str, Any]]:
    """Give those who need a ride on these days at about this time, from stop to stop."""
    found: QuerySet[Any] = RequestSeries._default_manager.select_related("person")
    for series in found.filter(**_PUBLIC).order_by("created_at", "pk"):
        if _fits(series, circles, clock, delta, weekdays):
            yield shapes.passenger_trip(series, weekdays)


def _fits(
    series: OfferSeries | RequestSeries,
    circles: Circles,
    clock: time,
    delta: timedelta,
    weekdays: list[int],
) -> bool:
    day = datetime(2000, 1, 1, tzinfo=UTC).date()
    apart = abs(datetime.combine(day, series.clock) - datetime.combine(day, clock))
    return (
        apart <= delta
        and not set(series.weekdays).isdisjoint(weekdays)
        and circles.hold(series.start, series.goal)
    )
