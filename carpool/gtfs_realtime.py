"""
How the village's rides from stop to stop are now, as GTFS Realtime 2.0 (gtfs.org).

Every trip of the static feed has an update: when it is where as planned now, or that it is
cancelled; and says how full the car is. Nobody's name is in it, and no rider's place.
"""

from __future__ import annotations

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _
from google.transit import gtfs_realtime_pb2 as realtime

from carpool.gtfs import AHEAD, service_day
from carpool.models import RideOffer
from carpool.plans import ride_of
from village.residents.models import Village

VERSION = "2.0"
_OCCUPANCY = realtime.VehiclePosition.OccupancyStatus
_TRIP = realtime.TripDescriptor.ScheduleRelationship


def feed(village: Village, *, at: datetime) -> bytes:
    """Write the updates of a village's rides that are to come or on their way."""
    message = realtime.FeedMessage()
    message.header.gtfs_realtime_version = VERSION
    message.header.incrementality = realtime.FeedHeader.Incrementality.FULL_DATASET
    message.header.timestamp = int(at.timestamp())
    rides = RideOffer.objects.filter(
        village=village, arrives_at__gt=at, departs_at__lt=at + AHEAD
    ).prefetch_related("calls")
    for ride in rides.order_by("departs_at", "pk"):
        if not ride.is_public:
            continue
        _update(message.entity.add(), ride, village, at)
        if ride.is_cancelled:
            _alert(message.entity.add(), ride, village)
        else:
            _fullness(message.entity.add(), ride, village, at)
    return bytes(message.SerializeToString(deterministic=True))  # type: ignore[no-untyped-call]


def _update(entity: realtime.FeedEntity, ride: RideOffer, village: Village, at: datetime) -> None:
    entity.id = f"trip-{ride.pk}"
    update = entity.trip_update
    update.timestamp = int(at.timestamp())
    _name(update.trip, ride, village)
    if ride.is_cancelled:
        return
    places = [ride.start, *ride.vias, ride.goal]
    calls = [call for call in ride_of(ride).calls if call.rider is None]
    for turn, (place, call) in enumerate(zip(places, calls, strict=True), start=1):
        stop = update.stop_time_update.add()
        stop.stop_sequence, stop.stop_id = turn, str(place.stop_id)
        stop.arrival.time, stop.departure.time = call.arrives, call.arrives + call.dwell


def _fullness(entity: realtime.FeedEntity, ride: RideOffer, village: Village, at: datetime) -> None:
    entity.id = f"car-{ride.pk}"
    _name(entity.vehicle.trip, ride, village)
    entity.vehicle.timestamp = int(at.timestamp())
    entity.vehicle.occupancy_status = (
        _OCCUPANCY.FULL
        if ride.seats_left == 0
        else _OCCUPANCY.FEW_SEATS_AVAILABLE
        if ride.seats_left == 1
        else _OCCUPANCY.MANY_SEATS_AVAILABLE
    )


def _alert(entity: realtime.FeedEntity, ride: RideOffer, village: Village) -> None:
    entity.id = f"alert-{ride.pk}"
    _name(entity.alert.informed_entity.add().trip, ride, village)
    entity.alert.effect = realtime.Alert.Effect.NO_SERVICE
    said = entity.alert.header_text.translation.add()
    said.language = village.language
    with translation.override(village.language):
        said.text = _("This ride does not take place.")


def _name(trip: realtime.TripDescriptor, ride: RideOffer, village: Village) -> None:
    trip.trip_id, trip.route_id = str(ride.pk), "carpool"
    trip.start_date = f"{service_day(ride, village.tzinfo):%Y%m%d}"
    trip.schedule_relationship = _TRIP.CANCELED if ride.is_cancelled else _TRIP.SCHEDULED
