"""Other services look for rides of the village by standard covoiturage, and planners by GTFS."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import jsonschema
import pytest
from django.core.cache import cache
from django.test import Client

from carpool import actions
from carpool.models import Stop, StopKind
from carpool.places import Place
from carpool.recurrence import Pattern
from carpool.standard import access
from tests.carpool.factories import LINDE, TOWN, make_offer, make_request, repeat
from tests.carpool.standard.schemas import ANSWERS
from tests.support.cast import Cast
from village.core.actor import Actor
from village.core.limits import Flow

pytestmark = pytest.mark.django_db
BASE = "/carpool/standard/v1"
KEY = {"X-API-Key": "a-long-key"}
Ask = Callable[..., Any]


@pytest.fixture(autouse=True)
def operators(settings: Any) -> None:
    settings.CARPOOL_OPERATORS = {"rides.example": KEY["X-API-Key"]}
    cache.clear()


@pytest.fixture
def square(cast: Cast, now: datetime) -> Place:
    return _stop(cast, LINDE, now)


@pytest.fixture
def station(cast: Cast, now: datetime) -> Place:
    return _stop(cast, TOWN, now)


def _stop(cast: Cast, place: Place, at: datetime) -> Place:
    return Stop.objects.create(
        village=cast.lindental,
        name=place.name,
        kind=StopKind.SQUARE,
        lat=place.point.lat,
        lng=place.point.lng,
        created_at=at,
    ).place


def ask(path: str, **query: Any) -> Any:
    """Search from the square to the station, and check the answer's shape."""
    circles = {
        "departureLat": LINDE.point.lat,
        "departureLng": LINDE.point.lng,
        "arrivalLat": TOWN.point.lat,
        "arrivalLng": TOWN.point.lng,
    }
    response = Client(headers=KEY).get(f"{BASE}/{path}", circles | query)
    assert response.status_code == 200, response.content
    found = response.json()
    jsonschema.validate(found, ANSWERS[path])
    return found


class TestJourneys:
    def test_of_drivers_go_from_stop_to_stop(
        self, cast: Cast, square: Place, station: Place, now: datetime
    ) -> None:
        offer = make_offer(cast.tom, at=now, start=square, goal=station)
        make_offer(cast.mia, at=now)
        when = int(offer.departs_at.timestamp())

        (found,) = ask("driver_journeys", departureDate=when)

        assert (found["id"], found["availableSeats"]) == (str(offer.pk), 3)
        assert found["passengerPickupDate"] == when
        assert found["driver"]["alias"] == "T."
        assert str(cast.tom.pk) not in str(found)
        assert not ask("driver_journeys", departureDate=when + 3600)
        assert not ask("driver_journeys", departureDate=when, departureLat=50.2)
        assert not ask("driver_journeys", departureDate=when, count=0)

    def test_of_passengers_too(
        self, cast: Cast, square: Place, station: Place, now: datetime
    ) -> None:
        wish = make_request(cast.nora, at=now, start=square, goal=station)
        make_request(cast.mia, at=now)

        (found,) = ask("passenger_journeys", departureDate=int(wish.earliest.timestamp()))

        assert (found["id"], found["requestedSeats"]) == (str(wish.pk), 1)


class TestRegularTrips:
    def test_are_found_by_day_and_time(
        self, cast: Cast, square: Place, station: Place, now: datetime
    ) -> None:
        repeat(cast.tom, at=now, start=square, goal=station)
        actions.repeat_request(
            by=Actor(cast.nora.pk),
            village="lindental",
            start=square,
            goal=station,
            clock=time(7),
            minutes=90,
            pattern=Pattern(frozenset({0}), now.date()),
            seats=1,
            at=now,
        )

        (driven,) = ask("driver_regular_trips", departureTimeOfDay="07:20:00")
        (monday,) = ask(
            "driver_regular_trips", departureTimeOfDay="07:20:00", departureWeekdays="MON,TUE"
        )
        (needed,) = ask("passenger_regular_trips", departureTimeOfDay="07:10:00")

        assert [each["passengerPickupDay"] for each in driven["schedules"]] == ["MON", "WED", "FRI"]
        assert len(monday["schedules"]) == 1
        assert needed["schedules"][0]["passengerPickupTimeOfDay"] == "07:00:00"
        assert not ask("driver_regular_trips", departureTimeOfDay="09:00:00")
        assert not ask(
            "driver_regular_trips", departureTimeOfDay="07:20:00", departureWeekdays="SUN"
        )


class TestTheDoor:
    def test_opens_with_a_key_alone(self) -> None:
        for key in ({}, {"X-API-Key": ""}, {"X-API-Key": "another"}, {"X-API-Key": "ключ"}):
            response = Client(headers=key).get(f"{BASE}/driver_journeys")
            assert response.status_code == 401
            assert response.json()["error"]
        assert Client(headers=KEY).get(f"{BASE}/driver_journeys").status_code == 400

    @pytest.mark.parametrize(
        "query",
        [
            {},
            {"departureLat": "91"},
            {"departureLat": "nan"},
            {"departureDate": "soon"},
            {"departureDate": "1e99"},
            {"timeDelta": "-1"},
            {"departureRadius": "inf"},
            {"count": "-1"},
        ],
    )
    def test_refuses_what_makes_no_sense(self, query: dict[str, str]) -> None:
        whole = {
            "departureLat": "50",
            "departureLng": "11",
            "arrivalLat": "50",
            "arrivalLng": "11",
            "departureDate": "1800000000",
        }
        response = Client(headers=KEY).get(
            f"{BASE}/driver_journeys", whole | query if query else {}
        )

        assert response.status_code == 400
        assert response.json()["error"]

    def test_asks_the_eager_to_come_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(access, "QUESTIONS", Flow("few", 2, 60))
        codes = [Client(headers=KEY).get(f"{BASE}/status") for _ in range(3)]

        assert [each.status_code for each in codes] == [200, 200, 429]
        assert int(codes[2].headers["Retry-After"]) > 0


class TestGtfs:
    def test_tells_rides_from_stop_to_stop_and_nobody_elses(
        self, cast: Cast, square: Place, station: Place, now: datetime
    ) -> None:
        offer = make_offer(cast.tom, at=now, start=square, goal=station)
        make_offer(cast.mia, at=now)

        response = Client().get("/villages/lindental/rides.gtfs.zip")

        assert response.status_code == 200
        with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
            tables = {
                name: list(csv.DictReader(io.StringIO(archive.read(name).decode())))
                for name in archive.namelist()
            }
        assert [each["trip_id"] for each in tables["trips.txt"]] == [str(offer.pk)]
        assert len(tables["stops.txt"]) == len(tables["stop_times.txt"]) == 2
        assert "Tom" not in str(tables)
        local = offer.departs_at.astimezone(ZoneInfo("Europe/Berlin"))
        assert tables["calendar_dates.txt"][0]["date"] == f"{local:%Y%m%d}"
        assert tables["stop_times.txt"][0]["departure_time"] == f"{local:%H:%M:%S}"

    def test_counts_past_midnight(
        self, cast: Cast, square: Place, station: Place, now: datetime
    ) -> None:
        zone = ZoneInfo("Europe/Berlin")
        day = (now + timedelta(days=3)).astimezone(zone)
        late = day.replace(hour=23, minute=58, second=0, microsecond=0)
        make_offer(cast.tom, at=now, start=square, goal=station, departs_at=late)

        response = Client().get("/villages/lindental/rides.gtfs.zip")

        with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
            assert "24:" in archive.read("stop_times.txt").decode()

    def test_is_of_a_village_that_there_is(self, cast: Cast) -> None:
        assert Client().get("/villages/nowhere/rides.gtfs.zip").status_code == 404
