"""Who is told of an entry of the journal, in which words, and who is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.utils import timezone

from notifications import actions, queries
from notifications.models import Delivery, Device, DeviceKind, Notification
from tests.support.cast import Cast
from village.core.actor import SYSTEM, Actor
from village.core.errors import Forbidden
from village.journal import tasks
from village.journal.models import Entry, Reading
from village.journal.notices import Importance, Notice
from village.journal.queries import frames_after
from village.journal.readers import Recorded
from village.residents.actions import leave_village
from village.residents.models import Resident
from village.residents.topics import residents_me

pytestmark = pytest.mark.django_db
Record = Callable[..., Recorded]
Prefers = Callable[..., None]
Phone = Callable[..., Device]


def tell(recorded: Recorded) -> None:
    actions.tell(by=SYSTEM, recorded=recorded, at=timezone.now())


def told() -> dict[str, Notification]:
    """Give the notifications by the names of their readers."""
    rows = Notification.objects.select_related("resident")
    return {each.resident.display_name: each for each in rows}


class TestTelling:
    def test_follows_the_fact_whenever_a_worker_reads_it(
        self, granted: Record, edda: Resident
    ) -> None:
        recorded = granted()
        assert not Notification.objects.exists()

        tasks.read_entry(recorded.entry_id)

        assert set(told()) == {"Edda"}
        assert not Reading.objects.filter(entry=recorded.entry_id, done_at=None).exists()

    def test_happens_once_however_often_it_is_asked_for(
        self, granted: Record, edda: Resident, phone: Phone
    ) -> None:
        phone(edda)
        recorded = granted()
        for _ in range(3):
            tell(recorded)

        assert Notification.objects.count() == Delivery.objects.count() == 1
        assert Entry.objects.filter(kind="notifications.notification_made").count() == 1

    def test_moves_her_screens(self, granted: Record, edda: Resident) -> None:
        tell(granted())

        *_, frame = frames_after(residents_me, f"residents/{edda.pk}", 0, limit=10)
        assert frame.kind == "notifications.notification_made"
        assert frame.data["id"] == str(Notification.objects.get().pk)
        assert frame.data["title"]
        assert frame.scope is None

    def test_shows_a_tombstone_for_what_was_erased(self, granted: Record, edda: Resident) -> None:
        tell(granted())
        Notification.objects.all().delete()

        *_, frame = frames_after(residents_me, f"residents/{edda.pk}", 0, limit=10)
        assert frame.data == {"gone": True}

    def test_is_the_villages_own_business(self, granted: Record, tom: Resident) -> None:
        with pytest.raises(Forbidden):
            actions.tell(by=Actor(tom.pk), recorded=granted(), at=timezone.now())

    def test_leaves_out_what_has_nothing_to_say_any_more(
        self, granted: Record, cast: Cast, edda: Resident
    ) -> None:
        recorded = granted()
        cast.mandate.delete()
        tell(recorded)

        assert not Notification.objects.exists()


class TestReaders:
    def test_are_only_those_who_asked_for_the_news(
        self, published: Record, prefers: Prefers, edda: Resident, tom: Resident
    ) -> None:
        prefers(edda, "print")
        prefers(tom, "inbox", notice="*")
        tell(published())

        assert set(told()) == {"Edda", "Tom"}

    def test_are_not_those_who_took_it_back(
        self, published: Record, prefers: Prefers, tom: Resident
    ) -> None:
        prefers(tom, "inbox", notice="*")
        prefers(tom, "inbox", "none")
        tell(published())

        assert not told()

    def test_do_not_hear_of_what_they_did_themselves(
        self, published: Record, prefers: Prefers, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        notice = Notice.declared["news.article"]
        monkeypatch.setattr(notice, "audience", lambda fact: [cast.mia.pk, cast.tom.pk])
        prefers(cast.mia, "inbox")
        prefers(cast.tom, "inbox")
        tell(published())

        assert set(told()) == {"Tom"}

    def test_hear_of_what_a_helper_did_for_them(
        self, granted: Record, cast: Cast, vera_for_edda: Actor
    ) -> None:
        recorded = granted()
        by_vera = Recorded(
            recorded.entry_id,
            recorded.fact,
            recorded.at,
            vera_for_edda.principal_id,
            vera_for_edda.helper_id,
            vera_for_edda.mandate_id,
        )
        tell(by_vera)

        assert set(told()) == {"Edda"}

    def test_live_in_the_village(
        self, granted: Record, edda: Resident, strang: Resident, at: datetime
    ) -> None:
        tell(granted(person=strang.pk))
        leave_village(by=Actor(edda.pk), village="lindental", resident_id=edda.pk, at=at)
        tell(granted())

        assert not told()


class TestWays:
    def test_of_what_concerns_her_are_inbox_and_every_phone(
        self, granted: Record, phone: Phone, edda: Resident
    ) -> None:
        phone(edda, "one")
        phone(edda, "two", DeviceKind.FCM_TOKEN)
        tell(granted())

        assert told()["Edda"].in_inbox
        deliveries = Delivery.objects.values_list("way", "device__address")
        assert sorted(deliveries) == [("push", "one"), ("push", "two")]

    def test_are_those_she_chose(
        self, granted: Record, phone: Phone, prefers: Prefers, tom: Resident
    ) -> None:
        phone(tom)
        prefers(tom, "push", "none", notice="*")
        prefers(tom, "email", notice="assist.mandate_granted")
        tell(granted(person=tom.pk))

        assert Delivery.objects.get().way == "email"

    def test_do_not_fill_an_inbox_that_was_not_asked_for(
        self, published: Record, prefers: Prefers, edda: Resident
    ) -> None:
        prefers(edda, "print")
        tell(published())

        assert Delivery.objects.get().way == "print"
        assert queries.inbox(Actor(edda.pk)).count() == 0
        assert not Entry.objects.filter(kind="notifications.notification_made").exists()

    def test_that_lead_nowhere_are_not_gone(
        self, published: Record, prefers: Prefers, tom: Resident
    ) -> None:
        prefers(tom, "email")
        prefers(tom, "push")
        tom.email = None
        tom.save()
        tell(published())

        assert not Notification.objects.exists()

    def test_of_an_emergency_do_not_follow_from_everything(
        self, prefers: Prefers, tom: Resident, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        prefers(tom, "push", "none", notice="*")
        notice = Notice.declared["news.article"]
        monkeypatch.setattr(notice, "importance", Importance.EMERGENCY)

        plan = queries.plan_of(notice, queries.choices_of([tom.pk])[tom.pk])
        assert plan == {"inbox": "now", "push": "now"}


class TestWords:
    def test_are_in_the_readers_language_and_the_villages_zone(
        self, published: Record, prefers: Prefers, edda: Resident, tom: Resident
    ) -> None:
        for reader, language in ((edda, "de"), (tom, "ja")):
            reader.language = language
            reader.save()
            prefers(reader, "inbox")
        tell(published())

        bodies = {name: (each.language, each.body) for name, each in told().items()}
        assert bodies == {
            "Edda": ("de", "de Europe/Berlin"),
            "Tom": ("ja", "ja Europe/Berlin"),
        }


class TestDevices:
    def test_belong_to_whoever_signed_in_last(
        self, phone: Phone, tom: Resident, nora: Resident
    ) -> None:
        first, second = phone(tom), phone(nora)

        assert first.pk == second.pk
        assert Device.objects.get().resident_id == nora.pk

    def test_are_not_more_than_anybody_carries(self, phone: Phone, tom: Resident) -> None:
        for number in range(13):
            phone(tom, f"phone-{number}")

        assert Device.objects.filter(resident=tom).count() == 10
        assert Device.objects.filter(address="phone-12").exists()

    def test_come_back_when_the_app_registers_again(self, phone: Phone, tom: Resident) -> None:
        phone(tom)
        Device.objects.update(retired_at=timezone.now(), retired_reason="UNREGISTERED")

        assert phone(tom).retired_at is None
