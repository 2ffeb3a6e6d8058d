"""Telling the moderator of a ride in a browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.utils import timezone

from carpool import actions
from carpool.models import Booking, FeedbackKind
from tests.carpool.factories import answer, book, make_offer
from tests.support.cast import Cast
from village.core.actor import Actor

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]
RUDE = "He shouted at me all the way."


@pytest.fixture
def at() -> datetime:
    return timezone.now()


@pytest.fixture
def booking(cast: Cast, at: datetime) -> Booking:
    """Give nora's seat in tom's car."""
    return answer(book(cast.nora, make_offer(cast.tom, at=at)))


class TestThePages:
    def test_tell_and_keep_apart(
        self, browser: Browser, cast: Cast, booking: Booking, at: datetime
    ) -> None:
        client, url = browser(cast.nora), f"/carpool/bookings/{booking.pk}/feedback"
        ride = client.get(f"/carpool/offers/{booking.offer_id}").content.decode()
        assert url in ride
        assert "Tom is never shown it" in client.get(url).content.decode()

        page = client.post(url, {"kind": "behaviour", "text": RUDE, "apart": "on"})

        assert "You and Tom are kept apart from now on" in page.content.decode()
        assert client.get(f"/carpool/offers/{booking.offer_id}").status_code == 404
        assert client.post(url, {"kind": "behaviour"}).status_code == 422
        assert client.post(url, {"kind": ""}).status_code == 422

    def test_show_it_to_the_moderator_alone(
        self, browser: Browser, cast: Cast, booking: Booking, at: datetime
    ) -> None:
        feedback = actions.give_feedback(
            by=Actor(cast.nora.pk),
            booking_id=booking.pk,
            kind=FeedbackKind.BEHAVIOUR,
            text=RUDE,
            at=at,
        )
        moderator = browser(cast.max)
        assert "/rides/feedback" in moderator.get("/villages/lindental/rides").content.decode()
        page = moderator.get("/villages/lindental/rides/feedback").content.decode()
        assert RUDE in page and "Nora about Tom" in page

        assert moderator.post(f"/carpool/feedback/{feedback.pk}/settle").status_code == 302

        page = moderator.get("/villages/lindental/rides/feedback").content.decode()
        assert "seen to" in page
        for who in (cast.tom, cast.nora):
            assert browser(who).get("/villages/lindental/rides/feedback").status_code == 403
