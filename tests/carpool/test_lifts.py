"""Whoever needs a lift to an event gets two requests: there and back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from carpool import actions
from carpool.models import RideRequest, Stop, StopKind
from carpool.places import Place
from events.actions import cancel_occurrence, withdraw
from events.actions import sign_up as attend
from events.models import Occurrence
from tests.carpool.factories import LINDE
from tests.events.factories import make_event
from tests.support.cast import Cast
from village.acting.models import AssistedSession
from village.assist.actions import revoke_mandate
from village.core.actor import SYSTEM, Actor
from village.journal import tasks
from village.journal.models import Entry, Reading

pytestmark = pytest.mark.django_db


@pytest.fixture
def at() -> datetime:
    """Give the moment by the clock that the worker reads."""
    return timezone.now()


@pytest.fixture
def dinner(cast: Cast, at: datetime) -> Occurrence:
    """Give the date of the harvest dinner, which stella announced."""
    begins = at + timedelta(days=2)
    made = make_event(cast.stella, at=at, begins_at=begins, ends_at=begins + timedelta(hours=4))
    return made.occurrences.get()


def tell() -> None:
    """Tell the rides what the journal holds for them, as a worker does."""
    rides = Reading.objects.filter(reader__startswith="carpool.", done_at=None)
    for entry_id in set(rides.values_list("entry", flat=True)):
        tasks.read_entry(entry_id)
    assert not rides.exists()


def needs(by: Actor, dinner: Occurrence, at: datetime, *, lift: bool = True, size: int = 1) -> None:
    attend(by=by, occurrence_id=dinner.pk, party_size=size, needs_lift=lift, at=at)
    tell()


class TestNeedsALift:
    def test_looks_for_a_way_there_and_back_from_where_her_lifts_begin(
        self, cast: Cast, vera_for_edda: Actor, dinner: Occurrence, at: datetime
    ) -> None:
        actions.say_profile(by=vera_for_edda, village="lindental", is_woman=True, home=LINDE, at=at)

        needs(vera_for_edda, dinner, at, size=2)

        there, back = RideRequest.objects.order_by("earliest")
        assert (there.person, there.seats, there.via_helper) == (cast.edda, 2, True)
        assert (there.start, back.goal) == (LINDE, LINDE)
        assert there.latest_arrival == dinner.begins_at
        assert back.earliest == dinner.ends_at
        asked = Entry.objects.filter(kind="carpool.ride_requested")
        assert {each.helper_id for each in asked} == {cast.vera.pk}

    def test_begins_at_a_stop_of_the_village_when_she_says_nothing(
        self, cast: Cast, dinner: Occurrence, at: datetime
    ) -> None:
        Stop.objects.create(
            village=cast.lindental, name="Bus", kind=StopKind.BUS_STOP, lat=50.03, lng=11.5,
            created_at=at,
        )  # fmt: skip
        needs(Actor(cast.nora.pk), dinner, at)

        assert RideRequest.objects.get(leg="there").start.name == "Bus"

    def test_is_taken_back_with_the_sign_up_or_the_wish(
        self, cast: Cast, dinner: Occurrence, at: datetime
    ) -> None:
        nora = Actor(cast.nora.pk)
        actions.say_profile(by=nora, village="lindental", is_woman=False, home=LINDE, at=at)
        needs(nora, dinner, at)
        needs(nora, dinner, at, lift=False)
        assert {each.status for each in RideRequest.objects.all()} == {"withdrawn"}

        needs(nora, dinner, at)
        assert {each.status for each in RideRequest.objects.all()} == {"open"}
        withdraw(by=nora, occurrence_id=dinner.pk, at=at)
        tell()
        assert {each.status for each in RideRequest.objects.all()} == {"withdrawn"}

    def test_ends_when_the_date_is_called_off(
        self, cast: Cast, dinner: Occurrence, at: datetime
    ) -> None:
        nora = Actor(cast.nora.pk)
        actions.say_profile(by=nora, village="lindental", is_woman=False, home=LINDE, at=at)
        needs(nora, dinner, at)

        cancel_occurrence(by=Actor(cast.stella.pk), occurrence_id=dinner.pk, at=at)
        tell()

        assert not RideRequest.objects.open().exists()

    def test_told_twice_looks_once(self, cast: Cast, dinner: Occurrence, at: datetime) -> None:
        nora = Actor(cast.nora.pk)
        home = Place("home", LINDE.point)
        actions.say_profile(by=nora, village="lindental", is_woman=False, home=home, at=at)
        needs(nora, dinner, at)
        attendance = dinner.attendances.get()

        again = actions.arrange_lifts(by=SYSTEM, attendance_id=attendance.pk, at=at)

        assert again == 0
        assert RideRequest.objects.count() == 2


class TestAMandateThatHasEnded:
    """What was queued is looked at again when it runs."""

    @pytest.fixture
    def signed_up(self, vera_for_edda: Actor, dinner: Occurrence, at: datetime) -> None:
        actions.say_profile(by=vera_for_edda, village="lindental", is_woman=True, home=LINDE, at=at)
        attend(by=vera_for_edda, occurrence_id=dinner.pk, party_size=1, needs_lift=True, at=at)

    def end_it(self, cast: Cast, at: datetime) -> int:
        revoke_mandate(by=Actor(cast.edda.pk), mandate_id=cast.mandate.pk, at=at)
        return Entry.objects.latest("pk").pk

    def test_lets_no_lift_be_looked_for(self, cast: Cast, signed_up: None, at: datetime) -> None:
        revocation = self.end_it(cast, at)
        tell()
        assert not RideRequest.objects.exists()
        assert not Entry.objects.filter(pk__gt=revocation, mandate_id=cast.mandate.pk).exists()

    def test_lets_them_be_looked_for_before_it_ends(self, cast: Cast, signed_up: None) -> None:
        # Vera has got up already: what she did while Edda was there goes on.
        AssistedSession.objects.update(ended_at=timezone.now())
        tell()
        assert RideRequest.objects.filter(status="open", via_helper=True).count() == 2

    def test_leaves_no_lift_that_nobody_needs(
        self, cast: Cast, signed_up: None, vera_for_edda: Actor, dinner: Occurrence, at: datetime
    ) -> None:
        tell()
        withdraw(by=vera_for_edda, occurrence_id=dinner.pk, at=at)
        revocation = self.end_it(cast, at)
        tell()
        assert set(RideRequest.objects.values_list("status", flat=True)) == {"withdrawn"}
        assert not Entry.objects.filter(pk__gt=revocation, mandate_id=cast.mandate.pk).exists()
