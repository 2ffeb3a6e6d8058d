"""Journey planners follow the village's rides from stop to stop, by GTFS Realtime."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from google.transit import gtfs_realtime_pb2 as realtime

from carpool import actions
from carpool.models import RideOffer, Stop, StopKind
from carpool.places import Place
from carpool.terms import Terms
from tests.carpool.factories import LINDE, TOWN, answer, book, make_offer
from tests.support.cast import Cast
from village.core.actor import Actor

pytestmark = pytest.mark.django_db
FEED = "/villages/lindental/rides.gtfs-rt.pb"


@pytest.fixture
def at() -> datetime:
    """Give the moment by the clock that the feed is written at."""
    return timezone.now()


@pytest.fixture
def stops(cast: Cast, at: datetime) -> tuple[Place, Place]:
    start, goal = (
        Stop.objects.create(
            village=cast.lindental,
            name=place.name,
            kind=StopKind.SQUARE,
            lat=place.point.lat,
            lng=place.point.lng,
            created_at=at,
        ).place
        for place in (LINDE, TOWN)
    )
    return start, goal


@pytest.fixture
def offer(cast: Cast, stops: tuple[Place, Place], at: datetime) -> RideOffer:
    return make_offer(cast.tom, at=at, start=stops[0], goal=stops[1])


def read() -> realtime.FeedMessage:
    response = Client().get(FEED)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/x-protobuf"
    message = realtime.FeedMessage()
    assert message.ParseFromString(response.content) == len(response.content)
    assert message.IsInitialized()
    assert len({entity.id for entity in message.entity}) == len(message.entity)
    return message


def static(table: str) -> list[dict[str, str]]:
    packed = Client().get("/villages/lindental/rides.gtfs.zip").content
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return list(csv.DictReader(io.StringIO(archive.read(table).decode())))


def test_every_trip_has_an_update_that_the_static_feed_knows(
    offer: RideOffer, at: datetime
) -> None:
    message = read()

    (update,) = [each.trip_update for each in message.entity if each.HasField("trip_update")]
    (trip,), (day,) = static("trips.txt"), static("calendar_dates.txt")
    assert (update.trip.trip_id, update.trip.route_id) == (trip["trip_id"], trip["route_id"])
    assert update.trip.start_date == day["date"]
    assert [each.stop_id for each in update.stop_time_update] == [
        row["stop_id"] for row in static("stop_times.txt")
    ]
    assert update.stop_time_update[0].departure.time == int(offer.departs_at.timestamp())
    assert update.stop_time_update[1].arrival.time > int(offer.departs_at.timestamp())
    assert message.header.gtfs_realtime_version == "2.0"
    assert abs(message.header.timestamp - at.timestamp()) < 60


def test_a_change_and_a_full_car_are_told(offer: RideOffer, cast: Cast, at: datetime) -> None:
    later = offer.departs_at + timedelta(minutes=30)
    actions.change_offer(by=Actor(cast.tom.pk), offer_id=offer.pk, departs_at=later, at=at)
    answer(book(cast.nora, offer, 3))

    entities = {each.id.split("-")[0]: each for each in read().entity}

    first = entities["trip"].trip_update.stop_time_update[0]
    assert first.departure.time == int(later.timestamp())
    assert entities["car"].vehicle.occupancy_status == realtime.VehiclePosition.FULL


def test_a_ride_that_is_called_off_is_cancelled_with_words(
    offer: RideOffer, cast: Cast, at: datetime
) -> None:
    actions.cancel_offer(by=Actor(cast.tom.pk), offer_id=offer.pk, at=at)

    entities = {each.id.split("-")[0]: each for each in read().entity}

    trip = entities["trip"].trip_update
    assert trip.trip.schedule_relationship == realtime.TripDescriptor.CANCELED
    assert not trip.stop_time_update
    alert = entities["alert"].alert
    assert alert.informed_entity[0].trip.trip_id == str(offer.pk)
    assert alert.header_text.translation[0].text
    assert "car" not in entities


def test_what_is_private_or_not_for_everybody_is_not_told(
    cast: Cast, stops: tuple[Place, Place], at: datetime
) -> None:
    start, goal = stops
    for driver, terms in (
        (cast.tom, Terms(women_only=True)),
        (cast.mia, Terms(known_only=True)),
        (cast.otto, Terms(verified_only=True)),
    ):
        make_offer(driver, at=at, start=start, goal=goal, terms=terms)
    make_offer(cast.nora, at=at)

    assert not read().entity


def test_no_rider_and_no_name_is_in_it(offer: RideOffer, cast: Cast, at: datetime) -> None:
    booking = answer(book(cast.nora, offer))
    content = Client().get(FEED).content

    for word in ("Tom", "Nora", str(cast.tom.pk), str(cast.nora.pk), str(booking.pk)):
        assert word.encode() not in content
    (update,) = [each.trip_update for each in read().entity if each.HasField("trip_update")]
    assert len(update.stop_time_update) == 2


def test_what_has_arrived_is_gone(offer: RideOffer, at: datetime) -> None:
    RideOffer.objects.update(departs_at=at - timedelta(hours=2), arrives_at=at)
    assert not read().entity


def test_a_village_that_is_not_there_has_no_feed() -> None:
    assert Client().get("/villages/nowhere/rides.gtfs-rt.pb").status_code == 404
