"""
The village's rides from stop to stop as a GTFS feed, for journey planners (gtfs.org, "Schedule").

A ride is a trip of its own that runs on one day. Its type is 1551, "miscellaneous service,
carpool", as the feeds of ride boards in Germany use it. Nobody's name is in it.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from carpool import queries
from carpool.models import RideOffer, Stop
from carpool.places import Place
from carpool.plans import ride_of
from village.residents.models import Village

CARPOOL = 1551
AHEAD = timedelta(days=28)
Table = list[list[object]]


def feed(village: Village, *, at: datetime) -> bytes:
    """Write the zip of a village's rides for four weeks ahead."""
    rides = queries.public_rides(village.pk, at, at + AHEAD)
    public = [(ride, ride.way) for ride in rides]
    trips: Table = []
    times: Table = []
    days: Table = []
    for ride, way in public:
        day, service = service_day(ride, village.tzinfo), f"s-{ride.pk}"
        link = f"{_site()}/carpool/offers/{ride.pk}"
        trips.append(["carpool", service, str(ride.pk), ride.to_name, link])
        days.append([service, f"{day:%Y%m%d}", 1])
        times += _stop_times(ride, way, day)
    tables: dict[str, tuple[list[object], Table]] = {
        "agency.txt": (
            ["agency_id", "agency_name", "agency_url", "agency_timezone", "agency_lang"],
            [[village.pk, village.name, _site(), village.zone, village.language]],
        ),
        "stops.txt": (["stop_id", "stop_name", "stop_lat", "stop_lon"], _stops(public)),
        "routes.txt": (
            ["route_id", "agency_id", "route_long_name", "route_type"],
            [["carpool", village.pk, "Carpool", CARPOOL]],
        ),
        "trips.txt": (["route_id", "service_id", "trip_id", "trip_headsign", "trip_url"], trips),
        "stop_times.txt": (
            ["trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence", "timepoint"],
            times,
        ),
        "calendar_dates.txt": (["service_id", "date", "exception_type"], days),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (header, rows) in tables.items():
            # One moment for all, so that the same rides give the same bytes.
            archive.writestr(zipfile.ZipInfo(name), _csv([header, *rows]))
    return packed.getvalue()


def _stops(public: Iterable[tuple[RideOffer, list[Place]]]) -> Table:
    ids = {place.stop_id for _, way in public for place in way if place.stop_id}
    stops = Stop.objects.filter(pk__in=ids).order_by("pk")
    return [[str(stop.pk), stop.name, stop.lat, stop.lng] for stop in stops]


def _stop_times(ride: RideOffer, way: list[Place], day: datetime) -> Table:
    """Time the stops that the driver named; riders' own are nobody's business."""
    calls = [call for call in ride_of(ride).calls if call.rider is None]
    rows: Table = []
    for turn, (place, call) in enumerate(zip(way, calls, strict=True), start=1):
        arrives, leaves = (
            _clock(day, datetime.fromtimestamp(moment, UTC))
            for moment in (call.arrives, call.arrives + call.dwell)
        )
        rows.append([str(ride.pk), arrives, leaves, str(place.stop_id), turn, 0])
    return rows


def service_day(ride: RideOffer, zone: ZoneInfo) -> datetime:
    """Give noon of the day on which a ride counts as running, on the clocks of a zone."""
    local = ride.departs_at.astimezone(zone)
    return local.replace(hour=12, minute=0, second=0, microsecond=0)


def _clock(noon: datetime, moment: datetime) -> str:
    """Count from twelve hours before noon, past 24 where need be, as GTFS does."""
    begins = noon.astimezone(UTC) - timedelta(hours=12)
    seconds = int((moment - begins).total_seconds())
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}:{seconds % 60:02}"


def _csv(rows: Table) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue()


def _site() -> str:
    return str(settings.SITE_URL).rstrip("/")
