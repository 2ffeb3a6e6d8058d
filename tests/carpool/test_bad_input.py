"""What makes no sense is refused with a word for the field, and kept nowhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from carpool import actions
from carpool.models import OfferSeries, RequestSeries, RideOffer, RideRequest, Stop, StopKind
from carpool.recurrence import is_skipped
from tests.carpool.factories import LINDE, make_offer
from tests.carpool.wire import JSON, Api, on_the_wire, ride, wish
from tests.support.cast import Cast
from village.core.actor import Actor

pytestmark = pytest.mark.django_db
V = "/api/v1/villages/lindental/carpool"
BERLIN = ZoneInfo("Europe/Berlin")
Body = dict[str, Any]
# A place, and the field that is named where it is the end of a way.
NO_PLACES: list[Any] = [
    {"name": "North Pole", "lat": 90, "lng": 0},
    {"name": "South Pole", "lat": -90, "lng": 11.5},
    {"name": "Beyond", "lat": 90.001, "lng": 0},
    {"name": "Beyond", "lat": 50, "lng": 180.001},
    {"name": "Nowhere", "lat": "NaN", "lng": 0},
    {"name": "Nowhere", "lat": None, "lng": 0},
    {"name": "Nowhere", "lat": True, "lng": {}},
    {"name": "Over the date line", "lat": 50.0, "lng": -179.9},
    {"name": "", "lat": 50.0, "lng": 11.4},
    {"name": "x" * 10_000, "lat": 50.0, "lng": 11.4},
    {"stop": "00000000-0000-4000-8000-000000000000"},
    {"stop": "00000000-0000-4000-8000-000000000000", "name": "Both", "lat": 50, "lng": 11},
    {"name": "Unknown field", "lat": 50, "lng": 11, "alt": 3},
    {},
    [],
    "Bayreuth",
    None,
]


def repeated(**changes: Any) -> Body:
    whole = {
        "from": on_the_wire(LINDE),
        "to": {"name": "Bayreuth", "lat": 49.95, "lng": 11.57},
        "clock": "07:15:00",
        "weekdays": [0],
        "valid_from": timezone.localdate().isoformat(),
        "seats": 1,
    }
    return whole | changes


def needed(**changes: Any) -> Body:
    return repeated(minutes=90, **changes)


OFFERS, REQUESTS = f"{V}/offers", f"{V}/requests"
OFFERED, NEEDED = f"{V}/offer-series", f"{V}/request-series"
WRITES: dict[str, Callable[..., Body]] = {
    OFFERS: lambda **changes: ride(timezone.now(), **changes),
    REQUESTS: lambda **changes: wish(timezone.now(), **changes),
    OFFERED: repeated,
    NEEDED: needed,
}


def assert_refused(client: Client, url: str, body: Any, field: str = "") -> None:
    answer = client.post(url, json.dumps(body), content_type=JSON)
    shown = answer.json()
    assert answer.status_code == 422, (url, answer.content[:300])
    assert answer["Content-Type"] == "application/problem+json"
    named = list(shown["errors"])
    assert named and shown["detail"], shown
    if field:
        assert any(each.startswith(field) for each in named), (field, named)
    for model in (RideOffer, RideRequest, OfferSeries, RequestSeries):
        assert not model._default_manager.exists()


@pytest.mark.parametrize("url", WRITES)
class TestEveryJourney:
    @pytest.mark.parametrize("end", ["from", "to"])
    def test_goes_where_people_drive(self, api: Api, cast: Cast, url: str, end: str) -> None:
        client = api(cast.tom)
        for place in NO_PLACES:
            # What is too far from the other end is said of where one goes.
            is_far = isinstance(place, dict) and place.get("lng") == -179.9
            assert_refused(client, url, WRITES[url](**{end: place}), "to" if is_far else end)

    def test_ends_somewhere_else(self, api: Api, cast: Cast, url: str) -> None:
        here = on_the_wire(LINDE)
        near = here | {"lat": here["lat"] + 1e-9}
        for goal in (here, near):
            assert_refused(api(cast.tom), url, WRITES[url](to=goal), "to")

    @pytest.mark.parametrize("seats", [0, -1, 9, 500, 2**70, 1.5, "2", None, True, [1]])
    def test_has_seats_of_a_car(self, api: Api, cast: Cast, url: str, seats: Any) -> None:
        assert_refused(api(cast.tom), url, WRITES[url](seats=seats), "seats")


@pytest.mark.parametrize("url", [OFFERS, OFFERED])
class TestPlacesOnTheWay:
    @pytest.mark.parametrize("number", [6, 101, 10_000])
    def test_are_a_handful(self, api: Api, cast: Cast, url: str, number: int) -> None:
        for place in (on_the_wire(LINDE), {}):
            assert_refused(api(cast.tom), url, WRITES[url](via=[place] * number), "via")

    def test_are_not_a_million(self, api: Api, cast: Cast, url: str) -> None:
        """Nobody reads a body of many megabytes to find out which field of it makes no sense."""
        body = json.dumps(WRITES[url](via=[])).replace(
            '"via": []', f'"via": [{"{}," * 999_999}{{}}]'
        )

        answer = api(cast.tom).post(url, body, content_type=JSON)

        assert (answer.status_code, answer.json()["code"]) == (413, "request.too_large")
        assert not RideOffer.objects.exists()

    def test_are_where_people_drive(self, api: Api, cast: Cast, url: str) -> None:
        for place in NO_PLACES:
            is_far = isinstance(place, dict) and place.get("lng") == -179.9
            body = WRITES[url](via=[place])
            assert_refused(api(cast.tom), url, body, "to" if is_far else "via")


class TestMoments:
    @pytest.fixture
    def gap(self) -> datetime:
        """Give half past two of the next night whose clocks jump over it, as one writes it."""
        today = timezone.localdate()
        for days in range(1, 366):
            wall = datetime.combine(today + timedelta(days=days), datetime.min.time()).replace(
                hour=2, minute=30
            )
            if is_skipped(wall, BERLIN):
                return wall
        raise AssertionError("no such night within a year")

    @pytest.mark.parametrize("offset", ["+01:00", "+02:00"])
    def test_that_no_clock_shows_are_none(
        self, api: Api, cast: Cast, gap: datetime, offset: str
    ) -> None:
        written = f"{gap.isoformat()}{offset}"
        later = f"{(gap + timedelta(hours=4)).isoformat()}+02:00"
        assert_refused(api(cast.tom), OFFERS, WRITES[OFFERS](departs_at=written), "departs_at")
        body = WRITES[REQUESTS](earliest=written, latest_arrival=later)
        assert_refused(api(cast.tom), REQUESTS, body, "earliest")

    @pytest.mark.parametrize(
        "moment",
        [
            "2020-01-01T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "tomorrow",
            "2027-02-30T10:00:00Z",
            "2027-02-03T10:00:00",
            "9999-12-31T23:59:59Z",
            1_800_000_000,
            None,
            "",
        ],
    )
    def test_are_to_come_and_written_whole(self, api: Api, cast: Cast, moment: Any) -> None:
        assert_refused(api(cast.tom), OFFERS, WRITES[OFFERS](departs_at=moment), "departs_at")
        assert_refused(api(cast.tom), REQUESTS, WRITES[REQUESTS](latest_arrival=moment))


@pytest.mark.parametrize("url", [OFFERED, NEEDED])
class TestWhatRepeats:
    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"weekdays": []}, "weekdays"),
            ({"weekdays": [7]}, "weekdays"),
            ({"weekdays": [0] * 1000}, "weekdays"),
            ({"clock": "25:00"}, "clock"),
            ({"clock": None}, "clock"),
            ({"valid_until": "2020-01-01"}, "valid_until"),
            ({"valid_from": "2027-02-30"}, "valid_from"),
            ({"skipped": ["2027-01-01"] * 91}, "skipped"),
        ],
    )
    def test_has_days_and_a_time(
        self, api: Api, cast: Cast, url: str, change: Body, field: str
    ) -> None:
        assert_refused(api(cast.tom), url, WRITES[url](**change), field)


class TestAChange:
    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"seats": 0}, "seats"),
            ({"seats": 500}, "seats"),
            ({"departs_at": "2020-01-01T00:00:00Z"}, "departs_at"),
            ({"detour_minutes": -1}, "detour_minutes"),
            ({"flexible_minutes": 10**9}, "flexible_minutes"),
            ({"from": on_the_wire(LINDE)}, "from"),
        ],
    )
    def test_that_makes_no_sense_changes_nothing(
        self, api: Api, cast: Cast, now: datetime, change: Body, field: str
    ) -> None:
        offer = make_offer(cast.tom, at=now)
        answer = api(cast.tom).patch(
            f"/api/v1/carpool/offers/{offer.pk}", change, content_type=JSON
        )

        assert answer.status_code == 422, answer.content
        assert list(answer.json()["errors"]) == [field]
        version = offer.version
        offer.refresh_from_db()
        assert offer.version == version

    @pytest.mark.parametrize("seats", [0, -1, 9, 500, "1", 1.5, None])
    def test_books_no_seats_that_no_car_has(
        self, api: Api, cast: Cast, now: datetime, seats: Any
    ) -> None:
        url = f"/api/v1/carpool/offers/{make_offer(cast.tom, at=now).pk}/bookings"
        answer = api(cast.nora).post(url, {"seats": seats}, content_type=JSON)
        assert answer.status_code == 422, answer.content


class TestPublicPlaces:
    def test_are_where_people_drive(self, api: Api, cast: Cast, now: datetime) -> None:
        for place in NO_PLACES:
            body = {"place": place, "kind": "square"}
            answer = api(cast.stella).post(f"{V}/stops", json.dumps(body), content_type=JSON)
            is_one = isinstance(place, dict) and place.get("lng") == -179.9
            assert answer.status_code == (201 if is_one else 422), (place, answer.content)
        assert Stop.objects.count() == 1

    def test_are_waited_at_for_a_ride_that_leads_somewhere(
        self, api: Api, cast: Cast, now: datetime
    ) -> None:
        bench = actions.open_stop(
            by=Actor(cast.stella.pk), village="lindental", place=LINDE, kind=StopKind.BENCH, at=now
        )
        url = f"/api/v1/carpool/stops/{bench.pk}/waits"
        for place in NO_PLACES:
            assert_refused(api(cast.nora), url, {"to": place}, "to")

    def test_are_homes_too(self, api: Api, cast: Cast) -> None:
        for place in NO_PLACES:
            if place is None or place == {"name": "Over the date line", "lat": 50.0, "lng": -179.9}:
                continue
            answer = api(cast.nora).put(
                f"{V}/profile", json.dumps({"home": place}), content_type=JSON
            )
            assert answer.status_code == 422, (place, answer.content)


def test_a_ride_over_the_date_line_is_a_short_one(api: Api, cast: Cast, now: datetime) -> None:
    """Twenty kilometres are twenty kilometres, whatever the map does there."""
    body = ride(
        now,
        **{
            "from": {"name": "Taveuni, west", "lat": -16.8, "lng": 179.95},
            "to": {"name": "Taveuni, east", "lat": -16.8, "lng": -179.9},
        },
    )
    made = api(cast.tom).post(OFFERS, json.dumps(body), content_type=JSON)
    assert made.status_code == 201, made.content
    looks = wish(now, **{"from": body["from"], "to": body["to"]})
    asked = api(cast.nora).post(REQUESTS, json.dumps(looks), content_type=JSON).json()
    (found,) = api(cast.nora).get(f"/api/v1/carpool/requests/{asked['id']}/matches").json()["items"]
    assert found["offer"]["id"] == made.json()["id"]
    assert found["detour_seconds"] == 0
