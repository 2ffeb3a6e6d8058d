"""What a coordinator keeps an eye on, and what the village counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from tests.assist.conftest import Grant
from tests.support.cast import Cast
from village.assist import actions, watching
from village.assist.models import Term
from village.assist.watching import MANY_PEOPLE, Unusual
from village.core.actor import Actor
from village.journal.actions import record
from village.journal.facts import Fact

pytestmark = pytest.mark.django_db(transaction=False)
Api = Callable[..., Client]


class Helped(Fact, kind="tests.helped"):
    """Somebody did something."""


@pytest.fixture
def act(cast: Cast) -> Callable[..., None]:
    """Let vera act under edda's mandate, for anybody: ``act(at, uuid4())``."""

    def do(at: datetime, principal: Any, *, alone: bool = False) -> None:
        by = Actor(principal) if alone else Actor(principal, cast.vera.pk, cast.mandate.pk)
        record(Helped(village="lindental"), by=by, at=at)

    return do


class TestWatching:
    def test_shows_what_ends_within_thirty_days(
        self, cast: Cast, grant: Grant, at: datetime
    ) -> None:
        ending = grant(cast.nora.pk, term=Term.MONTH)
        assert list(watching.near_their_end(cast.centre, at=at)) == []
        later = at + timedelta(days=1)
        assert list(watching.near_their_end(cast.centre, at=later)) == [ending]

    def test_shows_a_volunteer_of_many_people_on_one_day(
        self, cast: Cast, act: Callable[..., None], at: datetime
    ) -> None:
        for _person in range(MANY_PEOPLE):
            act(at, uuid4())
        assert watching.unusual_volunteers(cast.centre, at=at) == []
        act(at, uuid4())
        assert watching.unusual_volunteers(cast.centre, at=at) == [Unusual(cast.vera.pk, 1, 0)]
        long_after = at + timedelta(days=31)
        assert watching.unusual_volunteers(cast.centre, at=long_after) == []

    def test_shows_who_helps_at_night_by_the_clocks_of_the_village(
        self, cast: Cast, act: Callable[..., None], at: datetime
    ) -> None:
        # Noon in UTC is one o'clock in the afternoon in the village, in winter.
        act(at + timedelta(hours=8, minutes=59), cast.edda.pk)
        tomorrow = at + timedelta(days=1)
        assert watching.unusual_volunteers(cast.centre, at=tomorrow) == []
        act(at + timedelta(hours=9), cast.edda.pk)
        assert watching.unusual_volunteers(cast.centre, at=tomorrow) == [
            Unusual(cast.vera.pk, 0, 1)
        ]

    def test_is_for_coordinators(self, api: Api, cast: Cast) -> None:
        path = f"/api/v1/centres/{cast.centre.pk}/watch"
        assert api(cast.carla).get(path).json()["near_their_end"] == []
        assert api(cast.vera).get(path).status_code == 403
        assert api(cast.tom).get(path).status_code == 404


class TestCounting:
    def test_tells_how_much_people_do_alone_and_names_nobody(
        self, api: Api, cast: Cast, act: Callable[..., None], grant_now: Grant
    ) -> None:
        now = timezone.now()
        revoked = grant_now(cast.nora.pk)
        actions.revoke_mandate(by=Actor(cast.carla.pk), mandate_id=revoked.pk, at=now)
        for alone in (True, False, False, False):
            act(now, cast.edda.pk, alone=alone)

        answer = api(cast.tom).get("/api/v1/villages/lindental/assisted")
        assert answer.json() == {
            "village": "lindental",
            "people_with_a_mandate": 1,
            "acts": {"tests.helped": 3},
            "share_alone": 0.25,
            "mandates_revoked": 1,
        }
        assert api(cast.strang).get("/api/v1/villages/lindental/assisted").status_code == 404

    def test_says_nothing_of_what_has_not_begun(self, cast: Cast, at: datetime) -> None:
        assert watching.figures_of("bergheim", at=at).share_alone is None
