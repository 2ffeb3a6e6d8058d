"""What the streams of the rides show, and to whom they are open."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.utils import timezone

from carpool import actions
from carpool.models import Booking, RideOffer
from tests.carpool.factories import LINDE, TOWN, answer, book, cancel, make_offer, make_request
from tests.support.cast import GRID_KEY, Cast
from village.core.actor import Actor, Scope
from village.journal import queries as log
from village.journal.models import StreamEntry
from village.journal.topics import Frame, admitted, find
from village.residents.models import Resident

pytestmark = pytest.mark.django_db
As = Callable[[Resident], Actor]
BOARD = "villages/lindental/carpool"


def frames(address: str) -> list[Frame]:
    followed = find(address)
    assert followed is not None
    return log.frames_after(followed.topic, address, 0, limit=50)


def kinds(address: str) -> list[str]:
    return [frame.kind.removeprefix("carpool.") for frame in frames(address)]


def follows(by: Actor, address: str) -> bool:
    followed = find(address)
    return followed is not None and admitted({by}, followed) == {by}


@pytest.fixture
def busy(as_: As, cast: Cast, at: datetime) -> RideOffer:
    """Give tom's ride after nora came and mia went, and it was taken back."""
    offer, wish = make_offer(cast.tom, at=at), make_request(cast.nora, at=at)
    answer(book(cast.nora, offer, request_id=wish.pk))
    cancel(cast.mia, book(cast.mia, offer))
    actions.cancel_offer(by=as_(cast.tom), offer_id=offer.pk, at=at)
    actions.withdraw_request(by=as_(cast.nora), request_id=wish.pk, at=at)
    return offer


class TestFrames:
    def test_the_village_sees_rides_requests_and_the_seats_left(self, busy: RideOffer) -> None:
        assert kinds(BOARD) == [
            "ride_offered",
            "ride_requested",
            "seats_booked",
            "booking_answered",
            "seats_booked",
            "booking_cancelled",
            "ride_cancelled",
            "request_withdrawn",
        ]
        first, second = frames(BOARD)[:2]
        assert (first.data["id"], first.data["seats_left"]) == (str(busy.pk), 3)
        assert (second.data["status"], first.data["status"]) == ("withdrawn", "cancelled")

    def test_a_ride_has_a_stream_of_its_own(self, busy: RideOffer) -> None:
        assert kinds(f"carpool/offers/{busy.pk}") == [
            "seats_booked",
            "booking_answered",
            "seats_booked",
            "booking_cancelled",
            "ride_cancelled",
        ]

    def test_rider_and_driver_see_their_bookings(
        self, busy: RideOffer, tom: Resident, nora: Resident, mia: Resident
    ) -> None:
        assert kinds(f"residents/{nora.pk}") == [
            "match_found",
            "seats_booked",
            "booking_answered",
            "ride_cancelled",
        ]
        assert kinds(f"residents/{mia.pk}") == ["seats_booked", "booking_cancelled"]
        assert len(kinds(f"residents/{tom.pk}")) == 6
        first = frames(f"residents/{nora.pk}")[1]
        assert first.data["rider"]["display_name"] == "Nora"
        assert first.scope == Scope.RIDES_REQUEST

    def test_no_frame_tells_where_anybody_lives(self, busy: RideOffer) -> None:
        """No number that is sent is one of an exact place."""
        streams = StreamEntry.objects.values_list("stream__address", flat=True).distinct()
        shown = [frame.data for address in streams for frame in frames(address)]
        numbers: list[float] = []

        def keep(text: str) -> float:
            numbers.append(float(text))
            return numbers[-1]

        json.loads(json.dumps(shown), parse_float=keep)
        assert len(shown) > 15
        assert numbers
        exact = {LINDE.point.lat, LINDE.point.lng, TOWN.point.lat, TOWN.point.lng}
        assert not exact & set(numbers)

    def test_a_place_to_start_from_is_called_from(self, busy: RideOffer) -> None:
        assert frames(BOARD)[0].data["from"] == {
            "name": "Lindental, Linde",
            "stop": None,
            "lat": LINDE.about(GRID_KEY).point.lat,
            "lng": LINDE.about(GRID_KEY).point.lng,
        }

    def test_what_is_gone_is_a_tombstone(self, busy: RideOffer, nora: Resident) -> None:
        Booking.objects.all().delete()
        RideOffer.objects.all().delete()

        assert {frame.data.get("gone") for frame in frames(f"carpool/offers/{busy.pk}")} == {True}
        assert frames(f"residents/{nora.pk}")[0].data == {"gone": True}

    def test_a_board_kept_by_its_frames_is_the_board(
        self, api: Callable[..., Client], as_: As, cast: Cast
    ) -> None:
        """Whoever applies every frame knows what whoever loads the list again is shown."""
        # A list shows what is still to come, by the real clock.
        at = timezone.now()
        rides = [make_offer(cast.tom, at=at) for _ in range(3)]
        answer(book(cast.nora, rides[0], 2))
        answer(book(cast.mia, rides[1], 2), accept=False)
        actions.cancel_offer(by=as_(cast.tom), offer_id=rides[2].pk, at=at)

        kept = {frame.data["id"]: frame.data for frame in frames(BOARD)}
        listed = api(cast.nora).get(f"/api/v1/{BOARD}/offers").json()["items"]

        seats = {each["id"]: (each["seats_left"], each["from"], each["to"]) for each in listed}
        assert seats == {
            key: (ride["seats_left"], ride["from"], ride["to"])
            for key, ride in kept.items()
            if ride["status"] == "open"
        }


class TestDoors:
    def test_rides_are_open_to_their_village(
        self, as_: As, cast: Cast, vera_for_edda: Actor, at: datetime
    ) -> None:
        ride = f"carpool/offers/{make_offer(cast.tom, at=at).pk}"
        for address in (BOARD, ride):
            assert follows(as_(cast.nora), address)
            assert follows(vera_for_edda, address)
            assert not follows(as_(cast.strang), address)

    @pytest.mark.parametrize("key", ["1", "nonsense", "00000000-0000-4000-8000-000000000000"])
    def test_what_is_no_ride_lets_nobody_in(self, as_: As, tom: Resident, key: str) -> None:
        assert not follows(as_(tom), f"carpool/offers/{key}")

    def test_a_mandate_without_the_scope_lets_nobody_in(self, vera_for_edda: Actor) -> None:
        narrow = Actor(
            vera_for_edda.principal_id,
            vera_for_edda.helper_id,
            vera_for_edda.mandate_id,
            frozenset({Scope.NEWS_READ}),
        )
        assert not follows(narrow, BOARD)

    def test_every_snapshot_is_an_address_that_answers(
        self, api: Callable[..., Client], tom: Resident, nora: Resident, at: datetime
    ) -> None:
        offer = make_offer(tom, at=at)
        book(nora, offer)
        for address in (BOARD, f"carpool/offers/{offer.pk}"):
            followed = find(address)
            assert followed is not None
            body = api(nora).get(followed.topic.snapshot_at(address)).json()
            assert body["position"]["seq"] == log.top(address).seq
