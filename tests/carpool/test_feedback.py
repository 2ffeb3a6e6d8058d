"""Telling the moderator how a ride went, which nobody else ever sees."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from carpool import actions, facts
from carpool.models import Booking, Feedback, FeedbackKind
from carpool.notices import feedback as notices
from tests.carpool.factories import answer, book, make_offer
from tests.carpool.wire import JSON, Api, acting
from tests.support.cast import Cast
from village.core.actor import Actor
from village.core.errors import NotFound, OutOfScope
from village.journal import queries as log
from village.journal.models import StreamEntry
from village.journal.topics import find
from village.residents.actions import block
from village.residents.models import Grant, Membership, Resident, Role

pytestmark = pytest.mark.django_db
RUDE = "He shouted at me all the way."


@pytest.fixture
def at() -> datetime:
    """Give the moment by the clock that the API reads."""
    return timezone.now()


@pytest.fixture
def booking(cast: Cast, at: datetime) -> Booking:
    """Give nora's seat in tom's car."""
    return answer(book(cast.nora, make_offer(cast.tom, at=at)))


def told(who: Resident, booking: Booking, at: datetime, kind: str = "behaviour") -> Feedback:
    return actions.give_feedback(
        by=Actor(who.pk), booking_id=booking.pk, kind=FeedbackKind(kind), text=RUDE, at=at
    )


def fact_of(feedback: Feedback) -> facts.FeedbackGiven:
    return facts.FeedbackGiven(village=feedback.village_id, feedback_id=feedback.pk)


def moderates(who: Resident, at: datetime) -> None:
    membership = Membership.objects.get(resident=who)
    Grant.objects.create(membership=membership, role=Role.MODERATOR, granted_at=at)


class TestTelling:
    @pytest.mark.parametrize(("author", "about"), [("nora", "tom"), ("tom", "nora")])
    def test_is_of_the_other_side(
        self, cast: Cast, booking: Booking, at: datetime, author: str, about: str
    ) -> None:
        found = told(getattr(cast, author), booking, at)

        assert (found.author, found.about) == (getattr(cast, author), getattr(cast, about))

    def test_reaches_the_moderator_and_is_never_shown_to_the_other(
        self, api: Api, cast: Cast, booking: Booking, at: datetime
    ) -> None:
        url = f"/api/v1/carpool/bookings/{booking.pk}/feedback"
        sent = api(cast.nora).post(url, {"kind": "behaviour", "text": RUDE}, content_type=JSON)
        assert sent.status_code == 201, sent.content

        (shown,) = api(cast.max).get("/api/v1/villages/lindental/carpool/feedback").json()["items"]
        assert (shown["text"], shown["about"]["display_name"]) == (RUDE, "Tom")
        feedback = Feedback.objects.get()
        assert list(notices._moderators(fact_of(feedback))) == [cast.max.pk]
        words = notices.given_words(fact_of(feedback))
        assert words is not None and words.link == "/villages/lindental/rides/feedback"
        for path in (
            "/villages/lindental/carpool/feedback",
            f"/carpool/bookings/{booking.pk}",
            f"/carpool/offers/{booking.offer_id}",
            f"/carpool/offers/{booking.offer_id}/bookings",
        ):
            assert RUDE not in api(cast.tom).get(f"/api/v1{path}").content.decode()
        addresses = StreamEntry.objects.values_list("stream__address", flat=True).distinct()
        for address in addresses:
            followed = find(address)
            assert followed is not None
            frames = log.frames_after(followed.topic, address, 0, limit=100)
            assert RUDE not in json.dumps([frame.data for frame in frames])

    def test_is_possible_for_who_has_blocked_the_other(
        self, cast: Cast, booking: Booking, at: datetime
    ) -> None:
        block(by=Actor(cast.nora.pk), resident_id=cast.tom.pk, at=at)

        assert told(cast.nora, booking, at).about == cast.tom

    def test_of_the_way_comes_after_it(self, cast: Cast, booking: Booking, at: datetime) -> None:
        for kind in ("thanks", "late", "driving"):
            with pytest.raises(actions.TooEarly):
                told(cast.nora, booking, at, kind)
            assert told(cast.nora, booking, booking.offer.departs_at, kind).pk
        late = booking.offer.arrives_at + timedelta(days=31)
        with pytest.raises(actions.TooLate):
            told(cast.nora, booking, late)

    def test_is_done_once_for_each_kind(self, cast: Cast, booking: Booking, at: datetime) -> None:
        told(cast.nora, booking, at)
        with pytest.raises(actions.AlreadyTold):
            told(cast.nora, booking, at)
        assert Feedback.objects.count() == 1

    def test_is_nobody_elses(self, cast: Cast, booking: Booking, at: datetime) -> None:
        for who in (cast.mia, cast.max, cast.strang):
            with pytest.raises(NotFound):
                told(who, booking, at)

    def test_is_done_by_a_helper_for_the_rider_and_never_for_the_driver(
        self, cast: Cast, at: datetime, api: Api, vera_for_edda: Actor
    ) -> None:
        hers = book(vera_for_edda, make_offer(cast.tom, at=at))
        url = f"/api/v1/carpool/bookings/{hers.pk}/feedback"
        sent = api(cast.vera, **acting(vera_for_edda)).post(
            url, {"kind": "other"}, content_type=JSON
        )
        assert sent.json()["author"]["id"] == str(cast.edda.pk)
        driven = book(cast.nora, make_offer(cast.edda, at=at))
        with pytest.raises(OutOfScope):
            actions.give_feedback(
                by=vera_for_edda, booking_id=driven.pk, kind=FeedbackKind.OTHER, at=at
            )

    @pytest.mark.parametrize(
        "body",
        [{}, {"kind": "gossip"}, {"kind": "other", "text": "x" * 2001}, {"kind": "other", "a": 1}],
    )
    def test_refuses_what_makes_no_sense(
        self, api: Api, cast: Cast, booking: Booking, body: dict[str, object]
    ) -> None:
        url = f"/api/v1/carpool/bookings/{booking.pk}/feedback"
        assert api(cast.nora).post(url, body, content_type=JSON).status_code == 422


class TestModerating:
    def test_shows_nobody_what_is_about_herself(
        self, api: Api, cast: Cast, booking: Booking, at: datetime
    ) -> None:
        moderates(cast.tom, at)
        feedback = told(cast.nora, booking, at)
        url = f"/api/v1/carpool/feedback/{feedback.pk}/settle"

        assert (
            api(cast.tom).get("/api/v1/villages/lindental/carpool/feedback").json()["items"] == []
        )
        assert api(cast.tom).post(url).status_code == 404
        assert list(notices._moderators(fact_of(feedback))) == [cast.max.pk]

    def test_settles_it_once(self, api: Api, cast: Cast, booking: Booking, at: datetime) -> None:
        feedback = told(cast.nora, booking, at)
        url = f"/api/v1/carpool/feedback/{feedback.pk}/settle"

        first, second = api(cast.max).post(url).json(), api(cast.max).post(url).json()

        assert first["settled_at"] == second["settled_at"] is not None
        assert notices.given_words(fact_of(feedback)) is None

    def test_is_not_rung_for_thanks(self, cast: Cast, booking: Booking) -> None:
        thanks = told(cast.nora, booking, booking.offer.departs_at, "thanks")
        assert list(notices._moderators(fact_of(thanks))) == []
