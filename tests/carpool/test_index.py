"""The index of rides: what is posted is what may be taken, through everything that changes it."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from carpool import actions, index, plans
from carpool.actions import cancel_booking, cancel_offer, tidy_index
from carpool.models import IndexedRide, RideCell, RideOffer
from carpool.queries import matches_for
from carpool.roads import RoadsClosed, kept_at, roads
from carpool.routing import Estimate
from carpool.routing.network import Network
from tests.carpool.factories import FAR, TOWN, answer, book, make_offer, make_request
from tests.carpool.routing.streets import Streets, town
from tests.support.cast import Cast
from village.core.actor import SYSTEM, Actor
from village.core.errors import Forbidden

pytestmark = pytest.mark.django_db


def strays(at: datetime) -> int:
    """Count rows that should not be there, and rides that should and are not."""
    wrong = 0
    for indexed in IndexedRide.objects.select_related("offer"):
        ride = plans.ride_of(indexed.offer)
        due = set(index.cells_of(ride, roads().fastest))
        wrong += len(due ^ set(indexed.cells.values_list("key", "first", "last")))
    return wrong + index.orphans(at).count() + index.missing(at).count()


class TestPost:
    def test_leaves_no_stray_row_when_riders_come_and_go(self, cast: Cast, at: datetime) -> None:
        offer = make_offer(cast.tom, at=at, start=FAR, detour_minutes=30)
        counts = [RideCell.objects.count()]
        bookings = []
        for who in (cast.nora, cast.vera):
            wish = make_request(who, at=at)
            bookings.append(book(who, offer, request_id=wish.pk))
            assert strays(at) == 0
        counts.append(RideCell.objects.count())
        answer(bookings[0])
        for who, booking in zip((cast.nora, cast.vera), bookings, strict=True):
            cancel_booking(by=Actor(who.pk), booking_id=booking.pk, at=at)
            assert strays(at) == 0
        counts.append(RideCell.objects.count())

        assert counts[0] == counts[2] > 0
        assert counts[1] != counts[0]

    def test_leaves_nothing_of_a_ride_that_is_cancelled(self, cast: Cast, at: datetime) -> None:
        offer = make_offer(cast.tom, at=at)
        book(cast.nora, offer)
        cancel_offer(by=Actor(cast.tom.pk), offer_id=offer.pk, at=at)

        assert strays(at) == 0
        assert not RideCell.objects.exists()

    def test_goes_with_its_ride(self, cast: Cast, at: datetime) -> None:
        make_offer(cast.tom, at=at)
        RideOffer.objects.all().delete()

        assert not RideCell.objects.exists()


class TestTidyIndex:
    def test_takes_out_what_has_left(self, cast: Cast, at: datetime) -> None:
        make_offer(cast.tom, at=at)
        later = make_offer(cast.mia, at=at, departs_at=at + timedelta(days=3))
        tomorrow = at + timedelta(days=1)

        assert strays(tomorrow) == 1
        assert tidy_index(by=SYSTEM, at=tomorrow) == 1
        assert strays(tomorrow) == 0
        assert [each.offer_id for each in IndexedRide.objects.all()] == [later.pk]

    def test_posts_what_is_missing_or_has_changed(self, cast: Cast, at: datetime) -> None:
        lost, changed = make_offer(cast.tom, at=at), make_offer(cast.mia, at=at)
        index.withdraw([lost.pk])
        RideOffer.objects.filter(pk=changed.pk).update(version=changed.version + 1)
        wish = make_request(cast.nora, at=at)
        assert len(matches_for(wish, at=at)) == 1

        tidy_index(by=SYSTEM, at=at)

        assert strays(at) == 0
        assert len(matches_for(wish, at=at)) == 2
        assert tidy_index(by=SYSTEM, at=at) == 0

    def test_is_for_the_village_alone(self, cast: Cast, at: datetime) -> None:
        with pytest.raises(Forbidden):
            tidy_index(by=Actor(cast.tom.pk), at=at)
        with pytest.raises(Forbidden):
            actions.replan_rides(by=Actor(cast.tom.pk), at=at, say=lambda done: None)


@pytest.fixture
def extract(tmp_path: Path, settings: Any) -> Path:
    """Write the streets around the linden tree and the town, and keep what is built apart."""
    settings.VAR_DIR = tmp_path
    streets: Streets = town(size=14, step=0.01)
    return streets.write(tmp_path / "town.osm.pbf")


def run(*verbs: str) -> str:
    said = StringIO()
    call_command("roads", *verbs, stdout=said)
    return said.getvalue()


class TestRoads:
    def test_are_an_estimate_until_they_are_built(self, extract: Path) -> None:
        assert roads() == Estimate()

        said = run("build", str(extract))

        assert isinstance(roads(), Network)
        assert "OpenStreetMap contributors" in said
        assert "0 rides to come are timed anew" in said
        run("forget")
        assert roads() == Estimate()

    def test_that_are_built_time_the_rides_anew(self, cast: Cast, extract: Path) -> None:
        at = timezone.now()
        offer = make_offer(cast.tom, at=at, detour_minutes=30, seats=2)
        wish = make_request(cast.nora, at=at)
        [(_, guessed)] = matches_for(wish, at=at)
        booking = book(cast.vera, offer)

        run("build", str(extract))

        offer.refresh_from_db()
        booking.refresh_from_db()
        ride = plans.ride_of(offer)
        assert ride.longest == offer.longest_seconds
        assert [call.rider for call in ride.calls] == [None, booking.pk, booking.pk, None]
        assert strays(at) == 0
        [(_, known)] = matches_for(wish, at=at)
        assert known.arrives_at != guessed.arrives_at

    def test_are_known_to_who_asks_over_http(
        self, api: Any, cast: Cast, nora: Any, extract: Path
    ) -> None:
        run("build", str(extract))
        at = timezone.now()
        make_offer(cast.tom, at=at)
        wish = make_request(nora, at=at)

        body = api(nora).get(f"/api/v1/carpool/requests/{wish.pk}/matches").json()

        assert [each["estimate"] for each in body["items"]] == [False]

    def test_of_a_file_that_is_no_extract_are_refused(self, extract: Path) -> None:
        extract.write_bytes(b"nothing")

        with pytest.raises(CommandError):
            run("build", str(extract))

        assert not kept_at().exists()

    def test_of_a_server_that_does_not_answer_are_closed(
        self, api: Any, cast: Cast, nora: Any, settings: Any
    ) -> None:
        at = timezone.now()
        make_offer(cast.tom, at=at, goal=TOWN)
        wish = make_request(nora, at=at)
        settings.OSRM_URL = "http://127.0.0.1:9"

        answered = api(nora).get(f"/api/v1/carpool/requests/{wish.pk}/matches")

        assert (answered.status_code, answered.json()["code"]) == (503, RoadsClosed.code)
        assert answered["Retry-After"] == "30"
