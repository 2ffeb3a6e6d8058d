"""The evening before, the village proposes who rides with whom."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from carpool import actions, queries, tasks
from carpool.models import Match, Night, RideOffer, RideRequest
from carpool.roads import RoadsClosed
from carpool.terms import Terms
from tests.carpool.factories import answer, book, make_offer, make_request
from tests.support.cast import Cast
from village.core.actor import SYSTEM, Actor
from village.core.errors import Forbidden
from village.journal import queries as log
from village.journal.models import Entry
from village.journal.notices import Notice
from village.journal.queries import recorded
from village.residents.actions import block
from village.residents.topics import residents_me

pytestmark = pytest.mark.django_db
# Sunday, 2026-11-22, half past eight in the evening of Lindental.
EVENING = datetime.fromisoformat("2026-11-22T19:30:00+00:00")
MORNING = datetime.fromisoformat("2026-11-23T06:00:00+00:00")
TOMORROW = date(2026, 11, 23)


def offer(driver: Any, **changes: Any) -> RideOffer:
    """Offer a ride to the town for tomorrow morning."""
    what = {"departs_at": MORNING, "seats": 1} | changes
    return make_offer(driver, at=EVENING - timedelta(hours=1), **what)


def request(
    who: Any, *, at: datetime = EVENING - timedelta(hours=2), **changes: Any
) -> RideRequest:
    """Look for a ride to the town tomorrow morning."""
    window = {
        "earliest": MORNING - timedelta(hours=1),
        "latest_arrival": MORNING + timedelta(hours=2),
    }
    return make_request(who, at=at, **(window | changes))


def share_out(**changes: Any) -> int:
    how = {"by": SYSTEM, "village": "lindental", "day": TOMORROW, "at": EVENING}
    return actions.share_out(**(how | changes))


def proposed() -> set[tuple[UUID, UUID]]:
    found = Match.objects.filter(proposed_at__isnull=False)
    return set(found.values_list("offer", "request"))


def told(key: str) -> list[tuple[set[UUID], str]]:
    """Give whom a notice tells of every fact of its kind, and under which title."""
    notice = Notice.declared[key]
    facts = [recorded(each).fact for each in Entry.objects.filter(kind=notice.of.kind)]
    words = [notice.words(fact) for fact in facts]
    return [
        (set(notice.audience(fact)), said.title)
        for fact, said in zip(facts, words, strict=True)
        if said is not None
    ]


class TestNightsDue:
    def test_are_due_in_the_evening_of_the_village_until_they_are_shared_out(
        self, cast: Cast
    ) -> None:
        before = EVENING - timedelta(hours=1)

        assert not list(queries.nights_due(before))
        assert ("lindental", TOMORROW) in queries.nights_due(EVENING)
        share_out()
        assert ("lindental", TOMORROW) not in queries.nights_due(EVENING)


class TestShareOut:
    def test_tells_both_of_a_ride_for_tomorrow(self, cast: Cast) -> None:
        ride, wish = offer(cast.tom), request(cast.nora)

        assert share_out() == 1

        assert proposed() == {(ride.pk, wish.pk)}
        assert told("carpool.ride_proposed") == [
            ({cast.nora.pk}, "For tomorrow we suggest: ride along with Tom")
        ]
        assert told("carpool.rider_proposed") == [
            ({cast.tom.pk}, "For tomorrow we suggest: take Nora along")
        ]
        for person in (cast.tom, cast.nora):
            address = f"residents/{person.pk}"
            frames = log.frames_after(residents_me, address, 0, limit=50)
            [frame] = [each for each in frames if each.kind == "carpool.match_proposed"]
            assert frame.data["proposed"]

    def test_is_booked_like_any_other_ride(self, cast: Cast) -> None:
        ride, wish = offer(cast.tom), request(cast.nora)
        share_out()

        booking = answer(book(cast.nora, ride, request_id=wish.pk, at=EVENING))

        assert booking.status == "accepted"
        assert told("carpool.ride_proposed") == []

    def test_gives_the_one_seat_to_the_one_who_has_no_other_ride(self, cast: Cast) -> None:
        """Nora comes first and fits both rides; Mia brings a dog, which only Tom takes."""
        kind = offer(cast.tom, terms=Terms(dog=True))
        other = offer(cast.vera, detour_minutes=15)
        nora = request(cast.nora)
        mia = request(cast.mia, terms=Terms(dog=True), at=EVENING - timedelta(minutes=90))

        assert share_out() == 2

        assert proposed() == {(kind.pk, mia.pk), (other.pk, nora.pk)}
        night = Night.objects.get()
        assert (night.rides, night.riders, night.proposed) == (2, 2, 2)
        assert night.bound >= night.value >= night.first_come

    def test_proposes_once_however_often_it_is_called(self, cast: Cast) -> None:
        offer(cast.tom), request(cast.nora)

        assert [share_out() for _ in range(3)] == [1, 0, 0]

        assert Entry.objects.filter(kind="carpool.match_proposed").count() == 1

    def test_that_is_cut_off_tells_nobody_and_begins_anew(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        offer(cast.tom), request(cast.nora)
        with monkeypatch.context() as patch:
            patch.setattr("carpool.actions.nights.record_all", _fall)
            with pytest.raises(InterruptedError):
                share_out()

        assert not Night.objects.exists()
        assert proposed() == set()
        assert share_out() == 1

    def test_weighs_who_went_without_more_the_next_time(self, cast: Cast) -> None:
        offer(cast.tom)
        both = {each.person_id: each for each in (request(cast.nora), request(cast.mia))}
        share_out()
        loser = RideRequest.objects.get(nights_without=1).person
        lucky = cast.nora if loser == cast.mia else cast.mia
        assert both.keys() == {loser.pk, lucky.pk}

        day = timedelta(days=1)
        tuesday = {
            "earliest": MORNING + day - timedelta(hours=1),
            "latest_arrival": MORNING + day + timedelta(hours=2),
        }
        again = offer(cast.tom, departs_at=MORNING + day)
        request(lucky, at=EVENING, **tuesday)
        hers = request(loser, at=EVENING + timedelta(minutes=1), **tuesday)
        share_out(day=TOMORROW + day, at=EVENING + day)

        assert (again.pk, hers.pk) in proposed()

    def test_leaves_out_who_asked_a_driver_already_and_rides_of_other_days(
        self, cast: Cast
    ) -> None:
        ride, wish = offer(cast.tom, seats=2), request(cast.nora)
        book(cast.nora, ride, request_id=wish.pk, at=EVENING)
        offer(cast.vera, departs_at=MORNING + timedelta(days=2))
        later = MORNING + timedelta(days=3)
        request(cast.mia, earliest=later, latest_arrival=later + timedelta(hours=2))

        assert share_out() == 0

    def test_puts_nobody_into_a_car_with_whom_she_is_kept_apart(self, cast: Cast) -> None:
        offer(cast.tom, seats=3)
        request(cast.nora), request(cast.mia)
        block(by=Actor(cast.nora.pk), resident_id=cast.mia.pk, at=EVENING)

        assert share_out() == 1

    def test_is_for_the_village_alone(self, cast: Cast) -> None:
        with pytest.raises(Forbidden):
            share_out(by=Actor(cast.tom.pk))


def _fall(*args: Any, **how: Any) -> None:
    raise InterruptedError


class TestShareOutRides:
    def test_goes_on_when_the_roads_of_one_village_are_closed(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = []

        def closed(*, village: str, **how: Any) -> int:
            asked.append(village)
            raise RoadsClosed

        monkeypatch.setattr(timezone, "now", lambda: EVENING)
        monkeypatch.setattr(actions, "share_out", closed)

        assert tasks.share_out_rides() == 0
        assert len(asked) == len(set(asked)) > 1
