"""Somebody waits at a ride bench, and whoever drives by is rung."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from carpool import actions, queries, tasks
from carpool.models import Booking, Match, RideOffer, RideRequest, Stop, StopKind
from carpool.notices import matches as notices
from carpool.notices import rides as ride_notices
from carpool.places import Place
from carpool.terms import Terms
from tests.carpool.factories import FAR, LINDE, TOWN, make_offer, make_request
from tests.carpool.wire import JSON, Api, acting, on_the_wire
from tests.support.at_once import all_at_once
from tests.support.cast import Cast
from village.core.actor import SYSTEM, Actor
from village.core.errors import Forbidden, NotFound, OutOfScope, TooMany
from village.core.geo import Point
from village.journal import queries as log
from village.journal.facts import declared_facts
from village.journal.models import Entry
from village.journal.topics import find
from village.residents.actions import block
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
SOON = timedelta(minutes=5)
Wait = Callable[..., RideRequest]


@pytest.fixture
def at() -> datetime:
    """Give the moment by the clock that the API and the workers read."""
    return timezone.now()


@pytest.fixture
def bench(cast: Cast, at: datetime) -> Stop:
    """Give the bench at the linden tree."""
    return actions.open_stop(
        by=Actor(cast.stella.pk), village="lindental", place=LINDE, kind=StopKind.BENCH, at=at
    )


@pytest.fixture
def wait(bench: Stop, cast: Cast, at: datetime) -> Wait:
    """Let somebody wait at the bench for a ride to the town."""

    def raise_wait(who: Resident | Actor = cast.nora, **how: Any) -> RideRequest:
        by = who if isinstance(who, Actor) else Actor(who.pk)
        what: dict[str, Any] = {"stop_id": bench.pk, "goal": TOWN, "seats": 1, "at": at}
        return actions.raise_wait(by=by, **(what | how))

    return raise_wait


@pytest.fixture
def soon(cast: Cast, bench: Stop, at: datetime) -> RideOffer:
    """Give tom's ride, which comes by in five minutes."""
    return make_offer(cast.tom, at=at, start=bench.place, departs_at=at + SOON, flexible_minutes=5)


def device(api: Api, cast: Cast, bench: Stop) -> Client:
    """Give the device at the bench, with the key that the steward made for it."""
    made = api(cast.stella).post(f"/api/v1/carpool/stops/{bench.pk}/key")
    assert made.status_code == 201, made.content
    return Client(headers={"Authorization": f"Bearer {made.json()['secret']}"})


def take(who: Resident, request: RideRequest, offer: RideOffer, at: datetime) -> Booking:
    return actions.take_rider(by=Actor(who.pk), request_id=request.pk, offer_id=offer.pk, at=at)


def told(kind: str) -> list[Any]:
    """Give the facts of one kind."""
    fact = declared_facts()[f"carpool.{kind}"]
    return [fact(**row.data) for row in Entry.objects.filter(kind=f"carpool.{kind}")]


class TestWaiting:
    def test_rings_drivers_who_come_by_soon(
        self, wait: Wait, soon: RideOffer, cast: Cast, bench: Stop, at: datetime
    ) -> None:
        make_offer(cast.mia, at=at, departs_at=at + timedelta(hours=1))
        make_offer(cast.otto, at=at, goal=FAR, departs_at=at + SOON, detour_minutes=0)

        request = wait()

        (rung,) = told("match_found")
        assert (rung.driver_id, rung.offer_id) == (cast.tom.pk, soon.pk)
        words = notices.driver_words(rung)
        assert words is not None and words.title == f"Somebody waits: {bench.name}"
        assert words.link == f"/carpool/waits/{request.pk}"
        address = f"residents/{cast.tom.pk}"
        followed = find(address)
        assert followed is not None
        (frame,) = [
            each
            for each in log.frames_after(followed.topic, address, 0, limit=50)
            if each.kind == "carpool.match_found"
        ]
        assert frame.data["request"]["waits_until"] is not None
        assert request.waits_until == at + timedelta(minutes=15)

    def test_rings_who_is_on_the_way_and_has_not_come_by(
        self, wait: Wait, cast: Cast, at: datetime
    ) -> None:
        """Tom left far away and comes by in minutes; Mia has come by before."""
        start = {"start": FAR, "detour_minutes": 20, "flexible_minutes": 0}
        left = at - timedelta(hours=1)
        tom = make_offer(cast.tom, at=left, departs_at=at - timedelta(minutes=15), **start)
        make_offer(cast.mia, at=left, departs_at=at - timedelta(minutes=25), **start)

        request = wait()

        assert [each.driver_id for each in told("match_found")] == [cast.tom.pk]
        booking = take(cast.tom, request, tom, at)
        booking.refresh_from_db()
        assert booking.pickup_at is not None
        assert at < booking.pickup_at < request.waits_until
        assert set(dict(queries.faults(at)).values()) == {0}

    def test_rings_nobody_who_has_come_by_meanwhile(
        self, wait: Wait, cast: Cast, bench: Stop, at: datetime
    ) -> None:
        left = {"start": bench.place, "flexible_minutes": 0, "detour_minutes": 0}
        offer = make_offer(cast.tom, at=at, departs_at=at + timedelta(minutes=2), **left)
        request = wait()
        with pytest.raises(actions.NoFit):
            take(cast.tom, request, offer, at + timedelta(minutes=4))

    def test_lets_nobody_else_book_what_has_left(
        self, cast: Cast, bench: Stop, at: datetime
    ) -> None:
        left = at - timedelta(hours=1)
        make_offer(
            cast.tom, at=left, start=FAR, detour_minutes=20, departs_at=at - timedelta(minutes=15)
        )
        wish = make_request(
            cast.nora, at=at, start=bench.place, earliest=at, latest_arrival=at + timedelta(hours=2)
        )

        assert queries.matches_for(wish, at=at) == []

    def test_rings_who_offers_a_ride_meanwhile(
        self, wait: Wait, cast: Cast, bench: Stop, at: datetime
    ) -> None:
        wait()
        assert not Match.objects.exists()

        later = at + timedelta(minutes=4)
        make_offer(cast.tom, at=later, start=bench.place, departs_at=later + SOON)

        assert [each.driver_id for each in told("match_found")] == [cast.tom.pk]

    def test_rings_nobody_whom_terms_or_a_block_keep_away(
        self, wait: Wait, cast: Cast, at: datetime
    ) -> None:
        for driver, terms in (
            (cast.tom, Terms(women_only=True)),
            (cast.mia, Terms(known_only=True)),
        ):
            make_offer(driver, at=at, departs_at=at + SOON, terms=terms)
        make_offer(cast.otto, at=at, departs_at=at + SOON)
        block(by=Actor(cast.otto.pk), resident_id=cast.nora.pk, at=at)

        wait()

        assert not Match.objects.exists()

    def test_is_one_wait_however_often_the_button_is_pressed(self, wait: Wait) -> None:
        assert wait().pk == wait().pk
        assert RideRequest.objects.count() == 1

    def test_is_for_one_ride_at_a_time(self, wait: Wait) -> None:
        wait()
        with pytest.raises(actions.StillWaiting):
            wait(goal=FAR)

    def test_rings_no_more_than_six_times_in_an_hour(
        self, wait: Wait, cast: Cast, at: datetime
    ) -> None:
        nora = Actor(cast.nora.pk)
        for minute in range(6):
            found = wait(at=at + timedelta(minutes=minute))
            actions.withdraw_request(by=nora, request_id=found.pk, at=at)

        with pytest.raises(TooMany) as refusal:
            wait(at=at + timedelta(minutes=10))
        assert refusal.value.retry_after == 50 * 60
        assert wait(at=at + timedelta(minutes=61)).pk
        assert wait(cast.mia).pk

    def test_ends_after_a_quarter_of_an_hour(
        self, wait: Wait, soon: RideOffer, cast: Cast, at: datetime
    ) -> None:
        request = wait(at=at - timedelta(minutes=15))
        assert tasks.end_waits() == 1
        assert tasks.end_waits() == 0
        request.refresh_from_db()
        assert request.status == "withdrawn"
        with pytest.raises(NotFound):
            take(cast.tom, request, soon, at)

    def test_is_ended_by_the_village_alone(self, wait: Wait, cast: Cast, at: datetime) -> None:
        with pytest.raises(Forbidden):
            actions.end_wait(by=Actor(cast.nora.pk), request_id=wait().pk, at=at)

    def test_counts_for_whoever_called_a_volunteer(
        self, wait: Wait, vera_for_edda: Actor, cast: Cast
    ) -> None:
        request = wait(vera_for_edda)

        entry = Entry.objects.get(kind="carpool.ride_requested")
        assert (request.person, request.via_helper) == (cast.edda, True)
        assert (entry.principal_id, entry.helper_id) == (cast.edda.pk, cast.vera.pk)

    def test_needs_a_mandate_that_covers_it(self, wait: Wait, cast: Cast) -> None:
        narrow = Actor(cast.edda.pk, cast.vera.pk, cast.mandate.pk, frozenset())
        with pytest.raises(OutOfScope):
            wait(narrow)

    def test_is_nothing_for_strangers_or_at_a_closed_stop(
        self, wait: Wait, bench: Stop, cast: Cast, at: datetime
    ) -> None:
        with pytest.raises(NotFound):
            wait(cast.strang)
        actions.close_stop(by=Actor(cast.stella.pk), stop_id=bench.pk, at=at)
        with pytest.raises(NotFound):
            wait()


class TestTakingAlong:
    def test_is_agreed_at_once(
        self, wait: Wait, soon: RideOffer, cast: Cast, bench: Stop, at: datetime
    ) -> None:
        request = wait()

        booking = take(cast.tom, request, soon, at)

        for row in (request, soon, booking):
            row.refresh_from_db()
        assert (booking.status, booking.rider, request.status) == (
            "confirmed",
            cast.nora,
            "matched",
        )
        assert soon.seats_left == 2
        (fact,) = told("rider_taken")
        words = ride_notices.taken_words(fact)
        assert words is not None and words.title == "Tom takes you along"
        assert bench.name in words.body
        assert booking.pickup_at is not None and at <= booking.pickup_at <= request.waits_until

    def test_is_for_the_first_driver(
        self, wait: Wait, soon: RideOffer, cast: Cast, at: datetime
    ) -> None:
        request, other = wait(), make_offer(cast.mia, at=at, departs_at=at + SOON)
        take(cast.tom, request, soon, at)

        # What is no longer open is nobody else's to see.
        with pytest.raises(NotFound):
            take(cast.mia, request, other, at)
        assert Booking.objects.count() == 1

    def test_is_refused_once_nobody_waits(
        self, wait: Wait, soon: RideOffer, cast: Cast, at: datetime
    ) -> None:
        request = wait()
        with pytest.raises(actions.RequestClosed):
            take(cast.tom, request, soon, at + timedelta(minutes=15))

    def test_takes_no_more_than_the_seats_there_are(
        self, wait: Wait, cast: Cast, bench: Stop, at: datetime
    ) -> None:
        offer = make_offer(cast.tom, at=at, start=bench.place, departs_at=at + SOON, seats=1)
        first = wait(seats=1)
        take(cast.tom, first, offer, at)

        with pytest.raises(actions.RideFull):
            take(cast.tom, wait(cast.mia), offer, at)

    def test_is_done_by_nobody_else(
        self, wait: Wait, soon: RideOffer, cast: Cast, at: datetime
    ) -> None:
        request = wait()
        with pytest.raises(NotFound):
            take(cast.mia, request, soon, at)
        with pytest.raises(Forbidden):
            take(cast.nora, request, make_offer(cast.nora, at=at, departs_at=at + SOON), at)

    def test_is_silent_about_a_block_among_riders(
        self, wait: Wait, soon: RideOffer, cast: Cast, at: datetime
    ) -> None:
        take(cast.tom, wait(cast.mia), soon, at)
        block(by=Actor(cast.mia.pk), resident_id=cast.nora.pk, at=at)
        request = wait()

        assert not Match.objects.filter(request=request).exists()
        with pytest.raises(actions.NoFit):
            take(cast.tom, request, soon, at)

    def test_starts_again_when_the_driver_cannot_after_all(
        self, wait: Wait, soon: RideOffer, cast: Cast, bench: Stop, at: datetime
    ) -> None:
        request = wait()
        booking = take(cast.tom, request, soon, at)
        make_offer(cast.mia, at=at, start=bench.place, departs_at=at + 2 * SOON)
        actions.cancel_booking(by=Actor(cast.tom.pk), booking_id=booking.pk, at=at)

        request.refresh_from_db()
        assert request.is_waiting(at)
        assert [each.driver_id for each in told("match_found")] == [cast.tom.pk, cast.mia.pk]


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_two_drivers_at_once_do_not_both_have_her(wait: Wait, cast: Cast, at: datetime) -> None:
    request = wait()
    rides = {who.pk: make_offer(who, at=at, departs_at=at + SOON) for who in (cast.tom, cast.mia)}

    def drive_by(who: Any) -> str:
        return actions.take_rider(
            by=Actor(who), request_id=request.pk, offer_id=rides[who].pk, at=at
        ).status

    came = all_at_once(drive_by, list(rides))

    assert came["confirmed"] == 1
    assert sum(came.values()) == 2


class TestTheDevice:
    def test_calls_by_its_key_and_is_told_who_comes(
        self, api: Api, cast: Cast, bench: Stop, soon: RideOffer, at: datetime
    ) -> None:
        machine = device(api, cast, bench)
        url = f"/api/v1/carpool/stops/{bench.pk}/waits"

        raised = machine.post(url, {"to": on_the_wire(TOWN)}, content_type=JSON)

        assert raised.status_code == 201, raised.content
        shown = raised.json()
        assert (shown["from"]["stop"], shown["status"]) == (str(bench.pk), "open")
        assert shown["person"]["display_name"] == bench.name
        answer = api(cast.tom).post(
            f"/api/v1/carpool/requests/{shown['id']}/take",
            {"offer": str(soon.pk)},
            content_type=JSON,
        )
        assert answer.status_code == 201, answer.content
        now = machine.get(f"/api/v1/carpool/requests/{shown['id']}").json()
        assert now["status"] == "matched"

    def test_takes_a_call_back(self, api: Api, cast: Cast, bench: Stop) -> None:
        machine = device(api, cast, bench)
        url = f"/api/v1/carpool/stops/{bench.pk}/waits"
        made = machine.post(url, {"to": on_the_wire(TOWN)}, content_type=JSON).json()

        answer = machine.post(f"/api/v1/carpool/requests/{made['id']}/withdraw")

        assert answer.json()["status"] == "withdrawn"

    def test_is_good_for_nothing_else(self, api: Api, cast: Cast, bench: Stop) -> None:
        machine = device(api, cast, bench)

        for path in ("/me", "/villages/lindental/carpool/offers", "/villages/lindental/articles"):
            assert machine.get(f"/api/v1{path}").status_code == 403

    def test_calls_from_where_it_stands(
        self, api: Api, cast: Cast, bench: Stop, at: datetime
    ) -> None:
        elsewhere = actions.open_stop(
            by=Actor(cast.stella.pk),
            village="lindental",
            place=Place("Mühle", Point(50.02, 11.52)),
            kind=StopKind.BENCH,
            at=at,
        )
        answer = device(api, cast, bench).post(
            f"/api/v1/carpool/stops/{elsewhere.pk}/waits",
            {"to": on_the_wire(TOWN)},
            content_type=JSON,
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")

    def test_lets_three_wait_who_came_by_one_after_the_other(
        self, cast: Cast, bench: Stop, wait: Wait, api: Api
    ) -> None:
        device(api, cast, bench)
        bench.refresh_from_db()
        account = Actor(bench.account_id)
        goals = [TOWN, FAR, Place("Mühle", Point(50.1, 11.52)), Place("See", Point(50.0, 11.7))]
        for goal in goals[:3]:
            wait(account, goal=goal)
        with pytest.raises(actions.StillWaiting):
            wait(account, goal=goals[3])

    def test_has_one_key_which_ends_with_the_next_and_with_the_bench(
        self, api: Api, cast: Cast, bench: Stop, at: datetime
    ) -> None:
        url, body = f"/api/v1/carpool/stops/{bench.pk}/waits", {"to": on_the_wire(TOWN)}
        first, second = device(api, cast, bench), device(api, cast, bench)
        assert first.post(url, body, content_type=JSON).status_code == 401
        assert second.post(url, body, content_type=JSON).status_code == 201
        actions.close_stop(by=Actor(cast.stella.pk), stop_id=bench.pk, at=at)
        assert second.post(url, body, content_type=JSON).status_code == 401

    def test_stands_at_a_bench(self, api: Api, cast: Cast, bench: Stop) -> None:
        Stop.objects.update(kind=StopKind.SQUARE)
        answer = api(cast.stella).post(f"/api/v1/carpool/stops/{bench.pk}/key")
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


class TestTheWire:
    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"to": on_the_wire(TOWN), "seats": 0},
            {"to": on_the_wire(TOWN), "seats": 500},
            {"to": on_the_wire(LINDE)},
            {"to": {"name": "Pole", "lat": 90, "lng": 0}},
            {"to": {"name": "Nowhere", "lat": 91, "lng": 0}},
            {"to": {"name": "Far", "lat": -33.9, "lng": 151.2}},
            {"to": on_the_wire(TOWN), "person": "somebody else"},
        ],
    )
    def test_refuses_what_makes_no_sense(
        self, api: Api, cast: Cast, bench: Stop, body: dict[str, Any]
    ) -> None:
        url = f"/api/v1/carpool/stops/{bench.pk}/waits"
        answer = api(cast.nora).post(url, body, content_type=JSON)
        assert answer.status_code == 422, answer.content
        assert not RideRequest.objects.exists()

    def test_lets_a_volunteer_wait_for_who_has_called(
        self, api: Api, cast: Cast, bench: Stop, vera_for_edda: Actor
    ) -> None:
        url = f"/api/v1/carpool/stops/{bench.pk}/waits"
        answer = api(cast.vera, **acting(vera_for_edda)).post(
            url, {"to": on_the_wire(TOWN)}, content_type=JSON
        )
        assert answer.json()["person"]["id"] == str(cast.edda.pk)
        assert actions.end_wait(
            by=SYSTEM, request_id=answer.json()["id"], at=timezone.now() + timedelta(minutes=16)
        )
