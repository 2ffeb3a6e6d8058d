"""Other services book seats for their riders and write to drivers, by standard covoiturage."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import jsonschema
import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from carpool import actions, facts, queries, tasks, topics
from carpool.models import (
    Booking,
    PartnerMessage,
    PartnerTraveller,
    RideOffer,
    RideRequest,
    Stop,
    StopKind,
)
from carpool.notices import bookings as booking_notices
from carpool.notices import rides as notices
from carpool.places import Place
from carpool.standard import access, shapes
from carpool.terms import Terms
from tests.carpool.factories import LINDE, TOWN, make_offer, make_request
from tests.carpool.standard.schemas import BOOKING, ERROR
from tests.support.cast import Cast
from village.core.actor import SYSTEM, Actor
from village.core.errors import NotFound
from village.core.geo import Point
from village.core.limits import Flow
from village.journal import tasks as journal
from village.journal.facts import read_fact
from village.journal.holdings import Gone, Holding
from village.journal.models import Entry, Reading
from village.residents.models import Block, Resident

pytestmark = pytest.mark.django_db
BASE = "/carpool/standard/v1"
Json = dict[str, Any]


@pytest.fixture(autouse=True)
def operators(settings: Any) -> None:
    settings.CARPOOL_OPERATORS = {"rides.example": "a-long-key", "other.example": "another-key"}
    cache.clear()


@pytest.fixture
def at() -> datetime:
    """Give the moment by the clock that the service reads."""
    return timezone.now()


@pytest.fixture
def stops(cast: Cast, at: datetime) -> list[Place]:
    """Give three public stops on the way from the linden tree to the town."""
    half = Place("Halfway", Point(49.98337, 11.54297))
    return [
        Stop.objects.create(
            village=cast.lindental,
            name=place.name,
            kind=StopKind.SQUARE,
            lat=place.point.lat,
            lng=place.point.lng,
            created_at=at,
        ).place
        for place in (LINDE, half, TOWN)
    ]


@pytest.fixture
def offer(cast: Cast, stops: list[Place], at: datetime) -> RideOffer:
    """Give tom's ride from stop to stop, past the one halfway."""
    start, half, goal = stops
    return make_offer(cast.tom, at=at, start=start, via=[half], goal=goal, seats=2)


def service(key: str = "a-long-key") -> Client:
    return Client(headers={"X-API-Key": key})


def user(of: str = "rides.example", **changes: Any) -> Json:
    told = {"id": "rider-1", "operator": of, "alias": "Ana", "lastName": "Nobody's business"}
    return told | changes


def asked(offer: RideOffer, **changes: Any) -> Json:
    """Write what a service sends for one of its riders, from the start to the goal."""
    return {
        "id": str(uuid4()),
        "driver": shapes.person(offer.driver, offer.pk),
        "passenger": user(),
        "status": "WAITING_CONFIRMATION",
        "price": {"type": "FREE"},
        "passengerPickupDate": int(offer.departs_at.timestamp()),
        "passengerPickupLat": offer.start.point.lat,
        "passengerPickupLng": offer.start.point.lng,
        "passengerDropLat": offer.goal.point.lat,
        "passengerDropLng": offer.goal.point.lng,
        "driverJourneyId": str(offer.pk),
    } | changes


def post(body: Any, path: str = "bookings", by: Client | None = None) -> Any:
    sent = body if isinstance(body, bytes | str) else json.dumps(body)
    return (by or service()).post(f"{BASE}/{path}", sent, content_type="application/json")


def booked(offer: RideOffer, **changes: Any) -> Json:
    response = post(asked(offer, **changes))
    assert response.status_code == 201, response.content
    shown: Json = response.json()
    jsonschema.validate(shown, BOOKING)
    return shown


def patch(booking_id: str, status: str, by: Client | None = None, **query: str) -> Any:
    given = "&".join(f"{name}={value}" for name, value in {"status": status, **query}.items())
    return (by or service()).patch(f"{BASE}/bookings/{booking_id}?{given}")


def assert_refused(response: Any, status: int, word: str) -> None:
    assert response.status_code == status, response.content
    shown = response.json()
    jsonschema.validate(shown, ERROR)
    assert word in shown["error"]


def read_all() -> None:
    """Let every reader of the journal read what it has not."""
    for entry_id in Reading.objects.filter(done_at=None).values_list("entry", flat=True).distinct():
        journal.read_entry(entry_id)


def accept(shown: Json, offer: RideOffer, at: datetime) -> None:
    actions.answer_booking(by=Actor(offer.driver_id), booking_id=shown["id"], accept=True, at=at)
    read_all()


class TestBooking:
    def test_asks_the_driver_for_a_seat(self, offer: RideOffer) -> None:
        shown = booked(offer)

        offer.refresh_from_db()
        booking = Booking.objects.get()
        assert (shown["status"], booking.status) == ("WAITING_CONFIRMATION", "requested")
        assert (str(booking.pk), offer.seats_left) == (shown["id"], 1)
        assert shown["passenger"] == {"id": "rider-1", "operator": "rides.example", "alias": "Ana"}
        assert shown["driver"]["alias"] == "T."
        assert booking.rider.display_name == "Ana (rides.example)"

    def test_tells_nobody_who_tom_is(self, offer: RideOffer, cast: Cast) -> None:
        assert str(cast.tom.pk) not in json.dumps(booked(offer))

    def test_keeps_of_the_rider_no_more_than_is_needed(self, offer: RideOffer) -> None:
        booked(offer)
        traveller = PartnerTraveller.objects.get()
        assert "Nobody's business" not in repr([vars(traveller), vars(traveller.resident)])
        assert not traveller.resident.is_active
        assert not traveller.resident.memberships.exists()

    def test_of_a_part_of_the_way_leaves_the_seat_free_on_the_rest(
        self, offer: RideOffer, stops: list[Place], cast: Cast, at: datetime
    ) -> None:
        _start, half, goal = stops
        offer_of_one = make_offer(cast.mia, at=at, start=stops[0], via=[half], goal=goal, seats=1)
        shown = booked(
            offer_of_one, passengerPickupLat=half.point.lat, passengerPickupLng=half.point.lng
        )
        assert shown["passengerPickupAddress"] == "Halfway"
        first = make_request(cast.nora, at=at, start=stops[0], goal=half)
        assert [each.pk for each, _ in queries.matches_of(offer_of_one, at=at)] == [first.pk]
        # Nobody else hears of a rider who found one ride.
        assert RideRequest.objects.filter(status="open").get() == first
        accept(shown, offer_of_one, at)
        cancelled = patch(shown["id"], "CANCELLED").json()
        assert cancelled["status"] == "CANCELLED"
        assert RideRequest.objects.filter(status="open").get() == first

    def test_is_confirmed_when_the_driver_says_yes(self, offer: RideOffer, at: datetime) -> None:
        shown = booked(offer)
        assert_refused(patch(shown["id"], "CONFIRMED"), 400, "does not follow")

        accept(shown, offer, at)

        now = service().get(f"{BASE}/bookings/{shown['id']}").json()
        jsonschema.validate(now, BOOKING)
        assert now["status"] == "CONFIRMED"
        kinds = set(Entry.objects.values_list("kind", flat=True))
        assert {"carpool.seats_booked", "carpool.booking_confirmed"} <= kinds

    def test_goes_on_to_its_end(self, offer: RideOffer, at: datetime) -> None:
        shown = booked(offer)
        accept(shown, offer, at)
        assert_refused(patch(shown["id"], "VALIDATED"), 400, "booking_settled")
        assert_refused(patch(shown["id"], "COMPLETED_PENDING_VALIDATION"), 400, "too_early")
        RideOffer.objects.update(departs_at=at - timedelta(minutes=1))

        for status in ("COMPLETED_PENDING_VALIDATION", "VALIDATED"):
            moved = patch(shown["id"], status, message="Done")
            assert (moved.status_code, moved.json()["status"]) == (200, status), moved.content
            jsonschema.validate(moved.json(), BOOKING)
            assert_refused(patch(shown["id"], status), 409, "status_already_set")
        assert Booking.objects.get().status == "completed"
        assert_refused(patch(shown["id"], "CANCELLED"), 400, "booking_settled")

    def test_is_taken_back(self, offer: RideOffer) -> None:
        shown = booked(offer)

        assert patch(shown["id"], "CANCELLED").json()["status"] == "CANCELLED"
        assert_refused(patch(shown["id"], "CANCELLED"), 409, "status_already_set")
        offer.refresh_from_db()
        assert offer.seats_left == 2

    def test_shows_what_the_driver_does(self, offer: RideOffer, at: datetime) -> None:
        shown = booked(offer)
        actions.answer_booking(
            by=Actor(offer.driver_id), booking_id=shown["id"], accept=False, at=at
        )
        read_all()
        now = service().get(f"{BASE}/bookings/{shown['id']}").json()
        assert now["status"] == "CANCELLED"

    def test_is_one_seat_for_one_rider(self, offer: RideOffer) -> None:
        shown = booked(offer)
        assert_refused(post(asked(offer, id=shown["id"])), 400, "booking_known")
        assert_refused(post(asked(offer)), 400, "already_booked")
        booked(offer, passenger=user(id="rider-2"))
        assert_refused(post(asked(offer, passenger=user(id="rider-3"))), 400, "ride_full")

    def test_is_nobody_elses_to_see_or_change(self, offer: RideOffer) -> None:
        shown, other = booked(offer), service("another-key")
        assert_refused(other.get(f"{BASE}/bookings/{shown['id']}"), 404, "missing_booking")
        assert_refused(patch(shown["id"], "CANCELLED", by=other), 404, "missing_booking")

    def test_that_is_not_there_is_missing(self, offer: RideOffer, cast: Cast) -> None:
        own = Booking.objects.create(
            village=cast.lindental,
            offer=offer,
            rider=cast.nora,
            seats=1,
            created_at=offer.created_at,
        )
        for missing in (uuid4(), own.pk):
            assert_refused(service().get(f"{BASE}/bookings/{missing}"), 404, "missing_booking")
            assert_refused(patch(str(missing), "CANCELLED"), 404, "missing_booking")
        assert_refused(patch(str(uuid4()), "ASLEEP"), 400, "status")
        assert_refused(patch(str(uuid4()), "CANCELLED", message="x" * 501), 400, "message")

    def test_is_possible_only_on_rides_that_are_told_outside(
        self, offer: RideOffer, stops: list[Place], cast: Cast, at: datetime
    ) -> None:
        start, _half, goal = stops
        private = make_offer(cast.mia, at=at)
        among_women = make_offer(
            cast.otto, at=at, start=start, goal=goal, terms=Terms(women_only=True)
        )
        for hidden in (private, among_women):
            assert_refused(post(asked(hidden)), 404, "missing_journey")
        for changes in (
            {"driverJourneyId": str(uuid4())},
            {"driverJourneyId": "no-uuid"},
            {"driver": shapes.person(cast.mia, offer.pk)},
        ):
            assert_refused(post(asked(offer, **changes)), 404, "missing_journey")
        actions.cancel_offer(by=Actor(cast.tom.pk), offer_id=offer.pk, at=at)
        assert_refused(post(asked(offer)), 404, "missing_journey")
        assert not Booking.objects.exists()

    @pytest.mark.parametrize(
        "changes",
        [
            {"id": "no-uuid"},
            {"status": "CONFIRMED"},
            {"passenger": {"id": "rider-1"}},
            {"passenger": {"id": "r", "operator": "other.example", "alias": "Ana"}},
            {"passenger": {"id": "r", "operator": "rides.example", "alias": "A\u0000na"}},
            {"passengerPickupLat": 91},
            {"passengerPickupLat": "50"},
            {"passengerDropLat": 50.9},
            {"passengerPickupLat": TOWN.point.lat, "passengerPickupLng": TOWN.point.lng},
            {"passengerPickupDate": -1},
            {"driverJourneyId": None},
            {"price": {"type": "A GIFT"}},
            {"price": None},
        ],
    )
    def test_refuses_what_makes_no_sense(self, offer: RideOffer, changes: Json) -> None:
        assert_refused(post(asked(offer, **changes)), 400, "")
        assert not Booking.objects.exists()

    @pytest.mark.parametrize(
        "body",
        [b"", b"[]", b"{", b"\xff", b"null", b'{"id": 1e999}', b"[" * 5000, b" " * 4_000_000],
    )
    def test_refuses_what_cannot_be_read(self, offer: RideOffer, body: bytes) -> None:
        for path in ("bookings", "messages"):
            assert_refused(post(body, path), 400, "")


def written(offer: RideOffer, **changes: Any) -> Json:
    return {
        "from": user(),
        "to": shapes.person(offer.driver, offer.pk),
        "message": "May I bring a bag?",
        "recipientCarpoolerType": "DRIVER",
        "driverJourneyId": str(offer.pk),
    } | changes


class TestMessages:
    def test_reach_the_driver(self, offer: RideOffer, cast: Cast) -> None:
        assert post(written(offer), "messages").status_code == 201

        message = PartnerMessage.objects.get()
        fact = facts.PartnerWrote(
            village="lindental", message_id=message.pk, recipient_id=cast.tom.pk
        )
        words = notices.wrote_words(fact)
        assert words is not None and words.body == "May I bring a bag?"
        assert words.title == "Ana (rides.example) writes about your ride"
        address = f"/carpool/offers/{offer.pk}"
        page = _browser(cast.tom).get(address).content.decode()
        assert "May I bring a bag?" in page
        assert "May I bring a bag?" not in _browser(cast.nora).get(address).content.decode()

    def test_reach_who_looks_for_a_ride(self, stops: list[Place], cast: Cast, at: datetime) -> None:
        wish = make_request(cast.nora, at=at, start=stops[0], goal=stops[2])
        body = written(
            make_offer(cast.tom, at=at),
            to=shapes.person(cast.nora, wish.pk),
            recipientCarpoolerType="PASSENGER",
            passengerJourneyId=str(wish.pk),
        )
        assert post(body, "messages").status_code == 201
        assert PartnerMessage.objects.get().recipient == cast.nora

    def test_are_about_a_booking_too(self, offer: RideOffer) -> None:
        shown = booked(offer)
        body = written(offer, bookingId=shown["id"], driverJourneyId=None)
        assert post(body, "messages").status_code == 201
        assert_refused(
            post(written(offer, bookingId=str(uuid4())), "messages"), 404, "missing_journey"
        )

    def test_find_nobody_by_a_guess(self, offer: RideOffer, cast: Cast) -> None:
        for changes, word in (
            ({"to": user(str(cast.tom.pk))}, "missing_user"),
            ({"to": shapes.person(cast.mia, offer.pk)}, "missing_user"),
            ({"driverJourneyId": str(uuid4())}, "missing_journey"),
            ({"driverJourneyId": None}, "missing_journey"),
            ({"recipientCarpoolerType": "PASSENGER"}, "missing_journey"),
        ):
            assert_refused(post(written(offer, **changes), "messages"), 404, word)
        assert not PartnerMessage.objects.exists()

    def test_are_few(self, offer: RideOffer) -> None:
        for _ in range(actions.MESSAGES_A_DAY):
            assert post(written(offer), "messages").status_code == 201
        refused = post(written(offer), "messages")
        assert_refused(refused, 429, "many")
        assert int(refused["Retry-After"]) > 0

    @pytest.mark.parametrize("text", ["", "   ", "x" * 501, "a\u0000b", None])
    def test_have_words(self, offer: RideOffer, text: str | None) -> None:
        assert_refused(post(written(offer, message=text), "messages"), 400, "message")


class TestTheDoor:
    def test_is_shut_without_a_key(self, offer: RideOffer) -> None:
        for client in (Client(), service("made-up")):
            assert_refused(post(asked(offer), by=client), 401, "key")
            assert_refused(post(written(offer), "messages", by=client), 401, "key")
            assert_refused(client.get(f"{BASE}/bookings/{uuid4()}"), 401, "key")
            assert_refused(patch(str(uuid4()), "CANCELLED", by=client), 401, "key")

    def test_is_narrow(self, monkeypatch: pytest.MonkeyPatch, offer: RideOffer) -> None:
        monkeypatch.setattr(access, "QUESTIONS", Flow("few", 2, 60))
        for _ in range(2):
            assert post(written(offer), "messages").status_code == 201
        refused = post(written(offer), "messages")
        assert_refused(refused, 429, "rate.limited")
        assert refused["Retry-After"] == "60"
        assert Client().get(f"{BASE}/status").status_code == 200

    def test_says_that_it_is_there_to_everybody(self) -> None:
        assert Client().get(f"{BASE}/status").status_code == 200

    def test_takes_no_other_verbs(self) -> None:
        assert service().get(f"{BASE}/bookings").status_code == 405
        assert service().delete(f"{BASE}/bookings/{uuid4()}").status_code == 405


def test_what_is_not_of_another_service_confirms_nothing(
    offer: RideOffer, cast: Cast, at: datetime
) -> None:
    own = actions.book_seats(by=Actor(cast.nora.pk), offer_id=offer.pk, seats=1, at=at)
    actions.answer_booking(by=Actor(cast.tom.pk), booking_id=own.pk, accept=True, at=at)

    assert not actions.confirm_for_partner(by=SYSTEM, booking_id=own.pk, at=at)
    assert not actions.confirm_for_partner(by=SYSTEM, booking_id=uuid4(), at=at)
    assert tasks.lapse_bookings() == 0


def _browser(who: Resident) -> Client:
    client = Client()
    client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def wish(cast: Cast, stops: list[Place], at: datetime) -> RideRequest:
    """Give nora, who looks for a ride from stop to stop."""
    return make_request(cast.nora, at=at, start=stops[0], goal=stops[2])


def driven(wish: RideRequest, **changes: Any) -> Json:
    """Write what a service sends for one of its drivers, from the start to the goal."""
    return {
        "id": str(uuid4()),
        "driver": user(id="driver-1", alias="Ben"),
        "passenger": shapes.person(wish.person, wish.pk),
        "status": "WAITING_CONFIRMATION",
        "price": {"type": "FREE"},
        "passengerPickupDate": int((wish.earliest + timedelta(minutes=20)).timestamp()),
        "passengerPickupLat": wish.start.point.lat,
        "passengerPickupLng": wish.start.point.lng,
        "passengerDropLat": wish.goal.point.lat,
        "passengerDropLng": wish.goal.point.lng,
        "passengerJourneyId": str(wish.pk),
    } | changes


def asked_along(wish: RideRequest, **changes: Any) -> Json:
    response = post(driven(wish, **changes))
    assert response.status_code == 201, response.content
    shown: Json = response.json()
    jsonschema.validate(shown, BOOKING)
    return shown


def read(shown: Json) -> str:
    answer = service().get(f"{BASE}/bookings/{shown['id']}")
    jsonschema.validate(answer.json(), BOOKING)
    return str(answer.json()["status"])


def answered_last() -> facts.BookingAnswered:
    entry = Entry.objects.latest("pk")
    fact = read_fact(entry.kind, entry.data)
    assert isinstance(fact, facts.BookingAnswered)
    return fact


class TestDriversOfOtherServices:
    def test_find_and_ask_who_looks_for_a_ride(self, wish: RideRequest, cast: Cast) -> None:
        shown = asked_along(wish)

        booking = Booking.objects.get()
        assert (shown["status"], booking.status) == ("WAITING_CONFIRMATION", "accepted")
        assert (booking.rider, booking.request) == (cast.nora, wish)
        assert shown["driver"] == {"id": "driver-1", "operator": "rides.example", "alias": "Ben"}
        assert shown["passenger"]["alias"] == "N."
        assert shown["passengerJourneyId"] == str(wish.pk)
        assert str(cast.nora.pk) not in json.dumps(shown)
        assert not booking.offer.driver.is_active
        assert booking.lapses_at is not None

    def test_are_answered_by_herself_alone(
        self, wish: RideRequest, cast: Cast, at: datetime
    ) -> None:
        shown = asked_along(wish)
        fact = answered_last()
        assert list(booking_notices.answered.audience(fact)) == [cast.nora.pk]
        words = booking_notices.answered_words(fact)
        assert words is not None and words.title == "Ben (rides.example) takes you along"
        # Nobody says yes for her: not what asks for others either.
        read_all()
        assert read(shown) == "WAITING_CONFIRMATION"
        assert_refused(patch(shown["id"], "CONFIRMED"), 400, "does not follow")

        page = _browser(cast.nora).get(f"/carpool/offers/{Booking.objects.get().offer_id}")
        assert "Yes, I come" in page.content.decode() and "Ben (rides" in page.content.decode()
        actions.confirm_booking(by=Actor(cast.nora.pk), booking_id=shown["id"], at=at)
        assert read(shown) == "CONFIRMED"

    @pytest.mark.parametrize(
        ("price", "told"),
        [
            ({"type": "FREE"}, None),
            ({"type": "PAYING", "amount": 0.2, "currency": "EUR"}, "It costs you 0.20 euros."),
            ({"type": "UNKNOWN"}, "does not say what it costs you"),
            ({}, "does not say what it costs you"),
        ],
    )
    def test_tell_her_what_it_costs_before_she_says_yes(
        self, wish: RideRequest, cast: Cast, price: Json, told: str | None
    ) -> None:
        asked_along(wish, price=price)
        offer = RideOffer.objects.get()
        page = _browser(cast.nora).get(f"/carpool/offers/{offer.pk}").content.decode()
        assert "Yes, I come" in page
        if told is None:
            assert offer.cents_per_km == 0 and "cost" not in page
        else:
            assert 0 < offer.cents_per_km <= queries.cents_per_km("lindental")
            assert told in page

    @pytest.mark.parametrize(
        "price",
        [
            {"type": "PAYING", "amount": 500, "currency": "EUR"},
            {"type": "FREE", "amount": 500},
            {"type": "PAYING", "amount": 0.2, "currency": "CHF"},
        ],
    )
    def test_ask_no_more_than_is_shared_here(self, wish: RideRequest, price: Json) -> None:
        assert post(driven(wish, price=price)).status_code == 400
        assert not Booking.objects.exists() and RideRequest.objects.open().get() == wish

    def test_go_on_to_the_end(self, wish: RideRequest, cast: Cast, at: datetime) -> None:
        shown = asked_along(wish)
        actions.confirm_booking(by=Actor(cast.nora.pk), booking_id=shown["id"], at=at)
        assert_refused(patch(shown["id"], "COMPLETED_PENDING_VALIDATION"), 400, "too_early")
        RideOffer.objects.update(departs_at=at - timedelta(minutes=1))
        for status in ("COMPLETED_PENDING_VALIDATION", "VALIDATED"):
            moved = patch(shown["id"], status)
            assert (moved.status_code, moved.json()["status"]) == (200, status), moved.content
            jsonschema.validate(moved.json(), BOOKING)
            assert_refused(patch(shown["id"], status), 409, "status_already_set")
        assert list(queries.faults(at)) == [(name, 0) for name, _ in queries.faults(at)]

    def test_are_told_no(self, wish: RideRequest, cast: Cast, at: datetime) -> None:
        shown = asked_along(wish)
        actions.cancel_booking(by=Actor(cast.nora.pk), booking_id=shown["id"], at=at)
        assert read(shown) == "CANCELLED"
        assert RideRequest.objects.open().get() == wish

    def test_may_take_it_back_and_she_looks_on(
        self, wish: RideRequest, cast: Cast, at: datetime
    ) -> None:
        shown = asked_along(wish)
        actions.confirm_booking(by=Actor(cast.nora.pk), booking_id=shown["id"], at=at)
        assert patch(shown["id"], "CANCELLED").json()["status"] == "CANCELLED"
        assert RideRequest.objects.open().get() == wish
        ended = Entry.objects.get(kind="carpool.booking_cancelled").data
        assert ended["by_driver"] is True
        # Somebody else can ask her now.
        asked_along(wish)

    def test_wait_no_longer_than_a_few_hours(self, wish: RideRequest, at: datetime) -> None:
        shown = asked_along(wish)
        Booking.objects.update(lapses_at=at - timedelta(seconds=1))
        assert tasks.lapse_bookings() == 1
        assert read(shown) == "CANCELLED"
        assert RideRequest.objects.open().get() == wish

    def test_find_nobody_who_has_been_asked_already(
        self, wish: RideRequest, stops: list[Place], cast: Cast, at: datetime
    ) -> None:
        shown = asked_along(wish)
        other = driven(wish, driver=user(id="driver-2"))
        assert_refused(post(other), 404, "missing_journey")
        toms = make_request(cast.tom, at=at, start=stops[0], goal=stops[2])
        assert_refused(post(driven(toms, id=shown["id"])), 400, "booking_known")
        assert Booking.objects.count() == 1

    def test_find_nobody_who_is_not_told_outside(
        self, wish: RideRequest, stops: list[Place], cast: Cast, at: datetime
    ) -> None:
        private = make_request(cast.tom, at=at)
        for body in (
            driven(private),
            driven(wish, passengerJourneyId=str(uuid4())),
            driven(wish, passengerJourneyId="no-uuid"),
            driven(wish, passenger=shapes.person(cast.mia, wish.pk)),
        ):
            assert_refused(post(body), 404, "missing_journey")
        actions.withdraw_request(by=Actor(cast.nora.pk), request_id=wish.pk, at=at)
        assert_refused(post(driven(wish)), 404, "missing_journey")
        assert not Booking.objects.exists() and not PartnerTraveller.objects.exists()

    @pytest.mark.parametrize(
        ("changes", "word"),
        [
            ({"passengerJourneyId": None}, "passengerJourneyId"),
            ({"passengerPickupLat": 50.9}, "no_fit"),
            ({"passengerDropLat": LINDE.point.lat, "passengerDropLng": LINDE.point.lng}, "no_fit"),
            ({"passengerPickupDate": 1}, "ride_gone"),
            ({"passengerPickupDate": 4_000_000_000}, "no_fit"),
            ({"driver": user("other.example")}, "operator"),
        ],
    )
    def test_are_told_what_makes_no_sense(
        self, wish: RideRequest, changes: Json, word: str
    ) -> None:
        assert_refused(post(driven(wish, **changes)), 400, word)
        assert not Booking.objects.exists() and not RideOffer.objects.exists()
        assert RideRequest.objects.open().get() == wish

    def test_are_nobody_elses_to_see(self, wish: RideRequest, cast: Cast, at: datetime) -> None:
        shown = asked_along(wish)
        offer = Booking.objects.get().offer
        assert queries.offer_or_404(Actor(cast.nora.pk), offer.pk) == offer
        with pytest.raises(NotFound):
            queries.offer_or_404(Actor(cast.tom.pk), offer.pk)
        assert not queries.offers(Actor(cast.tom.pk), "lindental", mine=False, at=at).exists()
        assert not queries.public_rides("lindental", at, at + timedelta(days=1))
        fact = answered_last()
        assert topics.offer_card(fact) is None
        assert_refused(
            service("another-key").get(f"{BASE}/bookings/{shown['id']}"), 404, "missing_booking"
        )

    def test_who_is_blocked_is_told_no_more_than_that_it_does_not_fit(
        self, wish: RideRequest, cast: Cast, at: datetime
    ) -> None:
        shown = asked_along(wish)
        driver = Booking.objects.get().offer.driver_id
        actions.cancel_booking(by=Actor(cast.nora.pk), booking_id=shown["id"], at=at)
        Block.objects.create(
            village=cast.lindental, blocker=cast.nora, blocked_id=driver, created_at=at
        )
        assert_refused(post(driven(wish)), 400, "no_fit")

    def test_write_to_her(self, wish: RideRequest, cast: Cast) -> None:
        shown = asked_along(wish)
        body = {
            "from": user(id="driver-1", alias="Ben"),
            "to": shown["passenger"],
            "message": "I have a blue car.",
            "recipientCarpoolerType": "PASSENGER",
            "bookingId": shown["id"],
        }
        assert post(body, "messages").status_code == 201
        assert PartnerMessage.objects.get().recipient == cast.nora

    def test_leave_nothing_behind_when_she_is_erased(
        self, wish: RideRequest, cast: Cast, at: datetime
    ) -> None:
        asked_along(wish)
        gone = Gone(cast.nora.pk, at)
        for key in ("carpool.bookings", "carpool.requests"):
            Holding.declared[key].forget(gone)
        assert not RideOffer.objects.exists() and not Booking.objects.exists()
        assert not RideRequest.objects.exists()


def test_who_rides_with_another_driver_looks_no_further_when_an_answer_lapses(
    cast: Cast, stops: list[Place], at: datetime
) -> None:
    """She asked two drivers; one said yes, and what the other did not say opens nothing again."""
    wish = make_request(cast.nora, at=at, start=stops[0], goal=stops[2])
    rides = [
        make_offer(driver, at=at, start=stops[0], goal=stops[2]) for driver in (cast.tom, cast.mia)
    ]
    first, second = (
        actions.book_seats(
            by=Actor(cast.nora.pk), offer_id=each.pk, seats=1, request_id=wish.pk, at=at
        )
        for each in rides
    )
    actions.answer_booking(by=Actor(cast.tom.pk), booking_id=first.pk, accept=True, at=at)
    Booking.objects.filter(pk=second.pk).update(lapses_at=at)
    assert actions.expire_booking(by=SYSTEM, booking_id=second.pk, at=at)
    wish.refresh_from_db()
    assert wish.status == "matched"
