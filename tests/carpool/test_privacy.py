"""What somebody can find out about where somebody else lives, before both have said yes."""

from __future__ import annotations

import math
import random
import statistics
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from scipy.optimize import least_squares

from carpool import actions, queries
from carpool.matching import Match
from carpool.models import RideOffer, RideRequest, about
from carpool.models import journeys as rows
from carpool.places import Place
from carpool.routing import ROAD_FACTOR, SPEED_KMH
from carpool.schemas import matches as wire
from carpool.schemas import matches_out
from tests.carpool.factories import TOWN, answer, book, confirm, make_offer
from tests.support.cast import Cast
from village.core.actor import Actor
from village.core.geo import METRES_PER_DEGREE, Point, distance_m
from village.residents.models import Village
from village.residents.queries import grid_key

pytestmark = pytest.mark.django_db
HOMES, PROBES = 9, 30
SECONDS_A_METRE = ROAD_FACTOR / (SPEED_KMH / 3.6)
Told = list[tuple[Point, int]]


def somewhere(rng: random.Random, metres: float) -> Point:
    """Give a point within some metres of the village."""
    angle, away = rng.uniform(0, 2 * math.pi), metres * math.sqrt(rng.random())
    middle = Point(50.015, 11.508)
    kx = METRES_PER_DEGREE * math.cos(math.radians(middle.lat))
    return Point(
        round(middle.lat + away * math.sin(angle) / METRES_PER_DEGREE, 6),
        round(middle.lng + away * math.cos(angle) / kx, 6),
    )


def probe(cast: Cast, offer: RideOffer, rng: random.Random, at: datetime) -> tuple[Point, Told]:
    """Ask as a rider from thirty places, and read how long a detour each would be."""
    told: Told = []
    shown = Point(0, 0)
    for _ in range(PROBES):
        here = somewhere(rng, 4000)
        wish = RideRequest(
            village_id="lindental",
            person=cast.nora,
            seats=1,
            earliest=offer.departs_at - timedelta(hours=2),
            latest_arrival=offer.departs_at + timedelta(hours=6),
            created_at=at,
            **rows.columns(Place("probe", here), TOWN, offer.terms),
        )
        for found, match in queries.matches_for(wish, at=at):
            [out] = matches_out([(found, match)], wish, estimate=True)
            told.append((about(wish.start, "lindental").point, out.detour_seconds))
            shown = Point(out.offer.from_.lat, out.offer.from_.lng)
    return shown, told


def guess(shown: Point, told: Told) -> Point:
    """Guess a home from all that was told: where the detours would be as they are."""
    kx = METRES_PER_DEGREE * math.cos(math.radians(shown.lat))

    def apart(metres: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[float]:
        home = Point(shown.lat + metres[1] / METRES_PER_DEGREE, shown.lng + metres[0] / kx)
        direct = distance_m(home, TOWN.point)
        ways = [distance_m(home, here) + distance_m(here, TOWN.point) for here, _ in told]
        return [
            (way - direct) * SECONDS_A_METRE - seconds
            for way, (_, seconds) in zip(ways, told, strict=True)
        ]

    if not told:
        return shown
    best = least_squares(apart, np.zeros(2), loss="soft_l1", f_scale=60.0)
    return Point(shown.lat + best.x[1] / METRES_PER_DEGREE, shown.lng + best.x[0] / kx)


def median_errors(cast: Cast, at: datetime) -> tuple[float, float]:
    """
    Attack some homes, each with thirty questions, and say how far off the middle guess is.

    One guess is what is shown, the other what all answers together say.
    """
    rng = random.Random(6)
    off: list[tuple[float, float]] = []
    for _ in range(HOMES):
        home = somewhere(rng, 3000)
        offer = make_offer(cast.tom, at=at, start=Place("home", home), detour_minutes=60)
        shown, told = probe(cast, offer, rng, at)
        off.append((distance_m(home, shown), distance_m(home, guess(shown, told))))
        actions.cancel_offer(by=Actor(cast.tom.pk), offer_id=offer.pk, at=at)
    by_sight, by_sums = zip(*off, strict=True)
    return statistics.median(by_sight), statistics.median(by_sums)


class TestProbing:
    @pytest.fixture(autouse=True)
    def stop_is_known(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let the town be a public place, which makes the attack as easy as it can be."""
        real = rows.about
        for module in ("carpool.plans", "carpool.schemas.ends"):
            monkeypatch.setattr(
                f"{module}.about",
                lambda place, village: place if place == TOWN else real(place, village),
            )

    def test_leads_to_nobodys_door(self, cast: Cast, at: datetime) -> None:
        """Neither what is shown nor thirty answers together come near."""
        assert min(median_errors(cast, at)) > 200

    def test_would_lead_there_if_places_and_detours_were_told_exactly(
        self, cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The attack has teeth: it finds doors where nothing is kept back."""

        def tell_all(place: Place, salt: bytes) -> Place:
            return place

        monkeypatch.setattr(Place, "about", tell_all)
        monkeypatch.setattr(wire, "STEP", 1)

        assert max(median_errors(cast, at)) < 20


class TestPlaces:
    def test_that_are_private_are_told_alike_every_time(self, cast: Cast) -> None:
        home = Place("home", Point(50.01493, 11.50661))

        assert about(home, "lindental") == about(replace(home), "lindental") != home

    def test_stay_where_they_are_told_when_the_secret_of_the_village_changes(
        self, cast: Cast, settings: Any
    ) -> None:
        """Two grids would cut each other's cells smaller."""
        home = Place("home", Point(50.01493, 11.50661))
        before = about(home, "lindental")
        settings.SECRET_KEY = "another-one-" * 6
        grid_key.cache_clear()

        assert about(home, "lindental") == before

    def test_are_told_by_a_grid_of_each_villages_own(self, at: datetime, db: None) -> None:
        home = Place("home", Point(50.01493, 11.50661))
        for slug in ("one", "two"):
            Village.objects.create(slug=slug, name=slug, lat=50, lng=11, created_at=at)

        assert about(home, "one") != about(home, "two")
        assert len(grid_key("one")) == 32

    def test_that_are_near_each_other_answer_alike(self, cast: Cast, at: datetime) -> None:
        """Two homes that look alike on the board give the same answer to every question."""
        home = Place("home", Point(50.01493, 11.50661))
        told = about(home, "lindental").point
        twin = Place(
            "home", Point((home.point.lat + told.lat) / 2, (home.point.lng + told.lng) / 2)
        )
        assert about(twin, "lindental") == about(home, "lindental")
        answers: list[tuple[int, int]] = []
        for start in (home, twin):
            offer = make_offer(cast.tom, at=at, start=start, detour_minutes=60)
            _shown, seen = probe(cast, offer, random.Random(1), at)
            answers.append((len(seen), hash(tuple(seen))))
            actions.cancel_offer(by=Actor(cast.tom.pk), offer_id=offer.pk, at=at)

        assert answers[0] == answers[1]
        assert answers[0][0] > 10


class TestExactPlaces:
    def test_are_forgotten_a_day_after_the_ride(self, cast: Cast, at: datetime) -> None:
        offer = make_offer(cast.tom, at=at)
        booking = book(cast.nora, offer)
        answer(booking)
        confirm(booking)
        booking.refresh_from_db()
        offer.refresh_from_db()
        nora, tom = Actor(cast.nora.pk), Actor(cast.tom.pk)
        later = offer.arrives_at + timedelta(hours=24)

        for when, known in ((offer.departs_at, True), (later, False)):
            assert queries.knows_exactly(nora, offer, at=when) is known
            assert queries.meets_exactly(tom, booking, at=when) is known

    def test_are_known_to_nobody_before_the_rider_says_that_she_comes(
        self, cast: Cast, at: datetime
    ) -> None:
        offer = make_offer(cast.tom, at=at)
        booking = answer(book(cast.nora, offer))

        assert not queries.knows_exactly(Actor(cast.nora.pk), offer, at=at)
        assert not queries.meets_exactly(Actor(cast.tom.pk), booking, at=at)


def test_a_match_is_told_in_steps_of_five_minutes(cast: Cast, at: datetime) -> None:
    offer = make_offer(cast.tom, at=at)
    wish = RideRequest(
        village_id="lindental",
        person=cast.nora,
        seats=1,
        earliest=at,
        latest_arrival=at + timedelta(hours=9),
        created_at=at,
        **rows.columns(offer.start, offer.goal, offer.terms),
    )
    [(found, match)] = queries.matches_for(wish, at=at)
    odd: Match = replace(match, extra_seconds=61, shift=1)

    [told] = matches_out([(found, odd)], wish, estimate=True)

    assert told.detour_seconds == 300
    assert "A detour of up to 5 minutes." in told.reasons
    assert all(moment.timestamp() % 300 == 0 for moment in (told.pickup_at, told.arrives_at))
