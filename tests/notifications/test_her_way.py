"""What must reach a person goes the way by which she wants to be reached, whatever else was set."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from notifications.actions import tell
from notifications.models import Delivery, Device, DeviceKind, Mute, Preference, Timing, Way
from tests.support.cast import Cast
from village.assist.facts import EverythingFrozen
from village.assist.models import Reach, ReachedBy
from village.core.actor import SYSTEM, Actor
from village.journal.actions import record
from village.journal.facts import Fact
from village.journal.models import Entry
from village.journal.notices import Notice
from village.journal.queries import recorded
from village.messaging.facts import MessageWritten
from village.messaging.models import Case, Department, Message
from village.residents.models import Resident

pytestmark = pytest.mark.django_db


@pytest.fixture
def edda(cast: Cast, at: datetime) -> Resident:
    """Give edda, who has a phone number and an app as well."""
    Resident.objects.filter(pk=cast.edda.pk).update(phone="+49921471100", email="e@village.example")
    Device.objects.create(
        resident=cast.edda,
        kind=DeviceKind.DEVELOPMENT,
        address="eddas-phone",
        registered_at=at,
        last_seen_at=at,
    )
    return Resident.objects.get(pk=cast.edda.pk)


def ways_after(fact: Fact, by: Actor, at: datetime) -> set[str]:
    record(fact, by=by, at=at)
    tell(by=SYSTEM, recorded=recorded(Entry.objects.latest("pk")), at=at)
    return set(Delivery.objects.values_list("way", flat=True))


class TestAWarning:
    def warn(self, edda: Resident, at: datetime) -> set[str]:
        return ways_after(EverythingFrozen(village="lindental", person=edda.pk), SYSTEM, at)

    @pytest.mark.parametrize(
        ("order", "first"),
        [
            (["print", "push"], Way.PRINT),
            (["voice", "print"], Way.VOICE),
            (["sms"], Way.SMS),
            (["email", "print"], Way.EMAIL),
            (["push", "print"], Way.PUSH),
            ([], Way.PRINT),
        ],
    )
    def test_goes_by_the_first_of_her_ways(
        self, edda: Resident, at: datetime, order: list[ReachedBy], first: Way
    ) -> None:
        Reach.objects.create(resident=edda, ways=order)
        # An app that is there hears of what is personal besides.
        assert self.warn(edda, at) == {first, Way.PUSH}

    def test_goes_by_it_whatever_was_chosen_for_notices(self, edda: Resident, at: datetime) -> None:
        Reach.objects.create(resident=edda, ways=["print"])
        for key in ("*", "assist.everything_frozen"):
            for way in (Way.PRINT, Way.PUSH):
                Preference.objects.create(resident=edda, notice=key, way=way, timing=Timing.NONE)
        assert self.warn(edda, at) == {Way.PRINT}

    def test_passes_over_a_way_that_leads_nowhere(self, edda: Resident, at: datetime) -> None:
        Resident.objects.filter(pk=edda.pk).update(phone=None)
        Device.objects.all().delete()
        Reach.objects.create(resident=edda, ways=["voice", "push", "sms", "email"])
        assert self.warn(edda, at) == {Way.EMAIL}

    def test_takes_a_way_that_there_is_here(
        self, edda: Resident, at: datetime, settings: Any
    ) -> None:
        settings.VILLAGE_DEMO = False
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        Reach.objects.create(resident=edda, ways=["print", "voice"])
        assert self.warn(edda, at) & {Way.EMAIL, Way.PRINT}

    def test_goes_on_paper_to_whoever_has_nothing_digital(self, cast: Cast, at: datetime) -> None:
        assert self.warn(cast.edda, at) == {Way.PRINT}

    def test_goes_as_she_has_chosen_where_nobody_has_asked_her(
        self, edda: Resident, at: datetime
    ) -> None:
        assert self.warn(edda, at) == {Way.PUSH}


class TestAnAnswerOfTheTownHall:
    def answer(self, cast: Cast, at: datetime) -> set[str]:
        common: dict[str, Any] = {"village": cast.lindental, "created_at": at}
        department = Department.objects.create(name="Roads", **common)
        case = Case.objects.create(
            department=department, author=cast.edda, title="My bin", via_helper=True, **common
        )
        message = Message.objects.create(
            case=case, number=1, author=cast.otto, text="Tuesday.", written_at=at, **common
        )
        fact = MessageWritten(
            village="lindental",
            case=case.pk,
            department=department.pk,
            author=cast.edda.pk,
            writer=cast.otto.pk,
            message=message.pk,
        )
        return ways_after(fact, Actor(cast.otto.pk), at)

    def test_reaches_the_person_by_her_own_way(self, cast: Cast, at: datetime) -> None:
        Reach.objects.create(resident=cast.edda, ways=["print"])
        # A helper who may choose how she is told of it has switched it off.
        Preference.objects.create(
            resident=cast.edda, notice="messaging.answer", way=Way.PRINT, timing=Timing.NONE
        )
        assert self.answer(cast, at) == {Way.PRINT}

    def test_reaches_her_although_the_whole_village_is_muted(
        self, cast: Cast, at: datetime
    ) -> None:
        Reach.objects.create(resident=cast.edda, ways=["print"])
        Mute.objects.create(resident=cast.edda, village=cast.lindental, created_at=at)

        assert self.answer(cast, at) == {Way.PRINT}

    def test_goes_as_she_has_chosen_where_nobody_has_asked_her(
        self, cast: Cast, at: datetime
    ) -> None:
        assert self.answer(cast, at) == set()


class TestWhatGoesHerWay:
    def test_is_every_statement_and_every_warning_about_helpers(self) -> None:
        theirs = ("acting.", "assist.")
        hers = {key for key, notice in Notice.declared.items() if notice.goes_her_way}
        about = {key for key in Notice.declared if key.startswith(theirs)}
        from_the_town_hall = {
            "messaging.answer",
            "messaging.defect_in_work",
            "messaging.defect_done",
            "messaging.defect_not_ours",
        }
        assert about and hers == about | from_the_town_hall | {"residents.contact_changed"}
        # No mandate covers where a warning goes, or reading it.
        assert {Notice.declared[key].scope for key in about} == {None}
