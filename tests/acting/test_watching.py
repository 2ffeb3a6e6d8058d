"""What a coordinator keeps an eye on, and what the village counts."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from events.facts import AttendanceConfirmed
from notifications.facts import InboxRead
from tests.assist.conftest import Grant, grant  # noqa: F401 - fixtures
from tests.support.cast import Cast, sit
from village.acting import watching
from village.acting.figures import PEOPLE_AT_LEAST, Figures, figures_of
from village.acting.models import PreparedAct, WaitsFor
from village.acting.pages.watching import _duration
from village.acting.watching import MANY_PEOPLE, Unusual
from village.assist.actions import revoke_mandate
from village.assist.models import Mandate, Term
from village.core.actor import Actor, Scope
from village.journal.actions import record
from village.journal.facts import Fact
from village.messaging.facts import CaseOpened
from village.residents.models import Resident

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
        self,
        cast: Cast,
        grant: Grant,  # noqa: F811
        at: datetime,
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
    @pytest.fixture
    def helped(self, cast: Cast) -> Callable[[int], list[Resident]]:
        """Give so many people a mandate."""

        def give(number: int) -> list[Resident]:
            people = [Resident.objects.create_user(f"Elder {each}") for each in range(number)]
            for person in people:
                Mandate.objects.create(
                    village=cast.lindental,
                    centre=cast.centre,
                    person=person,
                    scopes=[Scope.AUTHORITY_WRITE, Scope.EVENTS_JOIN],
                    starts_at=timezone.now() - timedelta(days=9),
                    ends_at=timezone.now() + timedelta(days=9),
                    created_at=timezone.now(),
                )
            return people

        return give

    def test_tells_how_much_people_do_alone_and_names_nobody(
        self, api: Api, cast: Cast, helped: Callable[[int], list[Resident]]
    ) -> None:
        begun = timezone.now() - timedelta(hours=2)
        for number, person in enumerate(helped(PEOPLE_AT_LEAST)):
            mandate = Mandate.objects.get(person=person)
            begun += timedelta(minutes=10)
            sit(cast.vera, mandate, begun=begun)
            now = begun + timedelta(minutes=number + 1)
            by = Actor(person.pk, cast.vera.pk, mandate.pk)
            for each in (by, by, by, Actor(person.pk)):
                record(wrote(person), by=each, at=now)
            record(InboxRead(village="lindental", resident_id=person.pk), by=each, at=now)
            revoke_mandate(by=Actor(person.pk), mandate_id=mandate.pk, at=now)
        # One person of another kind of act is one whom her neighbours would know.
        record(came(person), by=by, at=now)

        answer = api(cast.tom).get("/api/v1/villages/lindental/assisted")
        assert answer.json() == {
            "village": "lindental",
            # Edda alone is left.
            "people_with_a_mandate": None,
            "acts": {"authority.write": 15},
            "share_alone": 5 / 21,
            "median_wait_seconds": 180,
            "mandates_revoked": 5,
            "graduated": 0,
        }
        assert api(cast.strang).get("/api/v1/villages/lindental/assisted").status_code == 404
        page = api(cast.tom).get("/villages/lindental/assisted").content.decode()
        told = re.findall(r"<dt>(.+?)</dt><dd><strong>(.+?)</strong>", page)
        assert told == [
            ("People who have a mandate now", "not told"),
            ("Of all that people with a mandate did, they did by themselves", "24%"),
            ("From a request to the first act, in the middle", "3 minutes"),
            ("Mandates ended before their time", "5"),
            ("Mandates that shrank because somebody does it herself now", "0"),
            ("Writing to the town hall", "15 times"),
        ]
        assert not any(
            person.display_name in page for person in Resident.objects.all() if person != cast.tom
        )
        assert api(cast.strang).get("/villages/lindental/assisted").status_code == 404

    @pytest.mark.parametrize("few", [1, PEOPLE_AT_LEAST - 2])
    def test_keeps_to_itself_what_could_name_somebody(
        self, cast: Cast, helped: Callable[[int], list[Resident]], few: int
    ) -> None:
        now = timezone.now()
        for person in helped(few):
            mandate = Mandate.objects.get(person=person)
            sit(cast.vera, mandate, begun=now - timedelta(minutes=1))
            for _time in range(PEOPLE_AT_LEAST):
                record(wrote(person), by=Actor(person.pk, cast.vera.pk, mandate.pk), at=now)
        assert figures_of("lindental", at=now) == Figures(None, {}, None, None, 0, 0)

    def test_counts_everybody_from_five_on(
        self, cast: Cast, helped: Callable[[int], list[Resident]]
    ) -> None:
        helped(PEOPLE_AT_LEAST - 1)
        figures = figures_of("lindental", at=timezone.now())
        assert figures.people_with_a_mandate == PEOPLE_AT_LEAST

    def test_counts_the_wait_for_a_yes_to_what_was_prepared(
        self, cast: Cast, helped: Callable[[int], list[Resident]]
    ) -> None:
        now = timezone.now()
        for person in helped(PEOPLE_AT_LEAST):
            PreparedAct.objects.create(
                village=cast.lindental,
                mandate=Mandate.objects.get(person=person),
                volunteer=cast.vera,
                waits_for=WaitsFor.PERSON,
                scope=Scope.EVENTS_JOIN,
                created_at=now - timedelta(hours=7),
                settled_at=now - timedelta(hours=1),
                is_done=True,
            )
        assert figures_of("lindental", at=now).median_wait == timedelta(hours=6)

    def test_forgets_what_was_a_year_ago(
        self, cast: Cast, helped: Callable[[int], list[Resident]]
    ) -> None:
        now = timezone.now()
        for person in helped(PEOPLE_AT_LEAST):
            record(wrote(person), by=Actor(person.pk), at=now)
        assert figures_of("lindental", at=now).share_alone == 1
        assert figures_of("lindental", at=now + timedelta(days=365)).share_alone is None

    def test_says_nothing_of_what_has_not_begun(self, cast: Cast, at: datetime) -> None:
        assert figures_of("bergheim", at=at) == Figures(0, {}, None, None, 0, 0)


def wrote(person: Resident) -> CaseOpened:
    return CaseOpened(
        village="lindental", author=person.pk, case=uuid4(), department=uuid4(), message=uuid4()
    )


def came(person: Resident) -> AttendanceConfirmed:
    return AttendanceConfirmed(
        village="lindental",
        event_id=uuid4(),
        occurrence_id=uuid4(),
        attendance_id=uuid4(),
        resident_id=person.pk,
    )


class TestHelpInNumbers:
    def test_is_found_where_stewards_and_coordinators_look(self, api: Api, cast: Cast) -> None:
        for person, path in (
            (cast.carla, f"/centres/{cast.centre.pk}/desk"),
            (cast.carla, f"/centres/{cast.centre.pk}/watch"),
            (cast.stella, "/villages/lindental/setup"),
        ):
            page = api(person).get(path).content.decode()
            assert 'href="/villages/lindental/assisted"' in page, path

    def test_names_nobody_where_there_is_little(self, api: Api, cast: Cast) -> None:
        page = api(cast.stella).get("/villages/lindental/assisted").content.decode()
        assert "Too little to be told without naming anybody." in page
        assert "Edda" not in page

    @pytest.mark.parametrize(
        ("wait", "words"),
        [
            (timedelta(seconds=59), "1 minute"),
            (timedelta(minutes=119), "119 minutes"),
            (timedelta(hours=26), "26 hours"),
        ],
    )
    def test_tells_a_wait_as_people_do(self, wait: timedelta, words: str) -> None:
        assert _duration(wait) == words

    def test_is_not_shown_for_somebody_else(self, api: Api, cast: Cast) -> None:
        path = f"/for/{cast.mandate.pk}/villages/lindental/assisted"
        assert api(cast.vera).get(path).status_code == 403
