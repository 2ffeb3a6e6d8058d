"""
The whole search against the oracle: through the database, its index, and both kinds of roads.

At least 2,000 pairs that fit, half of them on each kind of roads, on rides that carry nobody to
three riders already: every one is found, none that does not fit, and each to the second.
``ORACLE_PAIRS`` asks for more of each kind.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from carpool import index, plans
from carpool.matching import Ride, Wish, cells, insertion, planning
from carpool.models import Booking, RideOffer
from carpool.routing import Estimate, Roads
from carpool.routing.network import Network
from carpool.routing.openstreetmap import build
from tests.carpool.matching.oracle import Drive, Found, Oracle, remembered, through_the_air
from tests.carpool.matching.test_insertion import shown
from tests.carpool.matching.traffic import MORNING, Traffic
from tests.carpool.routing.streets import slowly, town
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
PAIRS = int(os.environ.get("ORACLE_PAIRS", "1000"))
RIDES = 64
AT = MORNING + 600


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    """Build a town whose streets are half a kilometre to a kilometre long."""
    extract = town(step=0.008).write(tmp_path_factory.mktemp("roads") / "town.osm.pbf")
    return build(extract, lambda said: None)


@pytest.fixture(params=["estimate", "network"])
def known(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> tuple[Roads, Drive]:
    """Match by each kind of roads, and give the oracle's own way to know them."""
    roads: Roads = Estimate()
    drive: Drive = through_the_air
    if request.param == "network":
        roads = request.getfixturevalue("network")
        drive = slowly(request.getfixturevalue("network"))
    for module in (index, plans):
        monkeypatch.setattr(module, "roads", lambda: roads)
    return roads, remembered(drive)


class Searched:
    """Hold rides in the database, and search them for a wish as the village does."""

    def __init__(self, cast: Cast, traffic: Traffic) -> None:
        self.cast, self.traffic = cast, traffic
        self.rides: list[Ride] = []
        self.oracle_rides: list[Ride] = []

    def offer(self, riders: int) -> None:
        """Offer a drawn ride, with riders whom it takes along already."""
        ride = self.traffic.ride(riders)
        first, last = ride.calls[0], ride.calls[-1]
        offer = RideOffer(
            pk=ride.id,
            village=self.cast.lindental,
            driver=self.cast.tom,
            from_name="from",
            from_lat=first.point.lat,
            from_lng=first.point.lng,
            to_name="to",
            to_lat=last.point.lat,
            to_lng=last.point.lng,
            departs_at=moment(first.earliest),
            departs_until=moment(first.latest),
            arrives_at=moment(last.arrives),
            flexible_minutes=(first.latest - first.earliest) // 60,
            detour_minutes=self.traffic.detours[ride.id] // 60,
            longest_seconds=ride.longest,
            seats=ride.seats,
            seats_left=ride.seats,
            created_at=moment(AT),
        )
        offer.save(force_insert=True)
        names = [call.rider for call in ride.calls if call.boards > 0]
        people = (self.cast.edda, self.cast.vera, self.cast.mia)
        for name, person in zip(names, people, strict=False):
            Booking.objects.create(
                pk=name,
                village=self.cast.lindental,
                offer=offer,
                rider=person,
                seats=1,
                created_at=moment(AT),
            )
        plans.keep(offer, ride)
        self.rides.append(ride)

    def found(self, wish: Wish) -> dict[UUID, Found]:
        """Search as the village does: in the index, then exactly."""
        fleet = index.near(self.cast.lindental.pk, wish)
        matches = insertion.fitting_in(wish, fleet, self.traffic.roads, at=AT)
        return {match.ride_id: shown(match) for match in matches}


def searched(cast: Cast, roads: Roads, *, rides: int = RIDES, seed: int = 1) -> Searched:
    """Offer many rides within an hour and some ten kilometres."""
    village = Searched(cast, Traffic(Random(seed), roads, degrees=0.05, is_easy=True))
    for number in range(rides):
        village.offer(riders=number % 4)
    return village


def by_hand(oracle: Oracle, wish: Wish, rides: list[Ride]) -> dict[UUID, Found]:
    """Ask the oracle about every ride."""
    expected = {ride.id: oracle.match(wish, ride, AT) for ride in rides}
    return {name: match for name, match in expected.items() if match is not None}


class TestSearch:
    def test_finds_every_ride_that_fits_and_no_other(
        self, cast: Cast, known: tuple[Roads, Drive]
    ) -> None:
        roads, drive = known
        village = searched(cast, roads)
        oracle = Oracle(drive, village.traffic.detours)
        carried = dict.fromkeys(range(4), 0)
        aboard = {ride.id: sum(call.boards > 0 for call in ride.calls) for ride in village.rides}

        while sum(carried.values()) < PAIRS:
            wish = village.traffic.wish_along(village.traffic.chance.choice(village.rides))
            expected = by_hand(oracle, wish, village.rides)
            assert village.found(wish) == expected
            for name in expected:
                carried[aboard[name]] += 1

        assert all(carried.values()), carried
        assert not index.orphans(moment(AT - 10_000)).exists()
        assert not index.missing(moment(AT - 10_000)).exists()


@contextmanager
def box_instead_of_ellipse(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Look only into the box around a leg's ends, wider by what the way is longer, halved."""
    around = cells._around

    def boxed(here: Any, there: Any, metres: float) -> Any:
        size, places, middles = around(here, there, metres)
        pad = (metres - cells.distance_m(here, there)) / 2 / cells.METRES_PER_DEGREE
        low = np.minimum([here.lat, here.lng], [there.lat, there.lng]) - pad
        high = np.maximum([here.lat, here.lng], [there.lat, there.lng]) + pad
        inside = ((middles >= low) & (middles <= high)).all(axis=1)
        return size, places[inside], middles[inside]

    patch.setattr(cells, "_around", boxed)
    yield


@contextmanager
def riders_in_the_baseline(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Count the detour a driver allows from the way with the riders she has already."""
    honest = planning.with_rider

    def lengthened(ride: Ride, *args: Any, **how: Any) -> Ride:
        taken = honest(ride, *args, **how)
        return replace(taken, longest=taken.longest + taken.driving - ride.driving)

    patch.setattr("tests.carpool.matching.traffic.with_rider", lengthened)
    yield


@contextmanager
def windows_ignored(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Forget until when a rider wants to be there."""
    honest = insertion.fitting_in

    def late(wish: Wish, *args: Any, **how: Any) -> Any:
        return honest(replace(wish, arrives_by=wish.arrives_by + 1800), *args, **how)

    patch.setattr(insertion, "fitting_in", late)
    yield


class TestOracle:
    @pytest.mark.parametrize(
        "mutant",
        [box_instead_of_ellipse, riders_in_the_baseline, windows_ignored],
        ids=lambda mutant: mutant.__name__,
    )
    def test_catches_a_search_that_is_wrong(
        self,
        cast: Cast,
        mutant: Callable[[pytest.MonkeyPatch], Any],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        with mutant(monkeypatch):
            village = searched(cast, Estimate(), rides=24, seed=2)
            oracle = Oracle(remembered(through_the_air), village.traffic.detours)
            wrong = 0
            for ride in village.rides * 2:
                wish = village.traffic.wish_along(ride)
                wrong += village.found(wish) != by_hand(oracle, wish, village.rides)

        assert wrong
