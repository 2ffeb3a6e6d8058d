"""Letters under strain: workers that die or linger, quotas, emergencies, and another try."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from notifications import actions, post
from notifications.models import Delivery, Device, FanOut, Throttle, Way
from notifications.tasks import send_due, send_emergencies
from notifications.transports.base import Outcome
from tests.support.cast import Cast
from village.core.actor import SYSTEM, Actor
from village.journal.notices import Importance, Notice
from village.journal.readers import Recorded
from village.residents.actions import block
from village.residents.models import Resident
from village.settings.stores import CELERY_BEAT_SCHEDULE

pytestmark = pytest.mark.django_db
Record = Callable[..., Recorded]
Prefers = Callable[..., None]
Phone = Callable[..., Device]


def tell(recorded: Recorded) -> None:
    actions.tell(by=SYSTEM, recorded=recorded, at=timezone.now())


def lease(at: datetime, **options: Any) -> list[actions.Errand]:
    return actions.lease_deliveries(by=SYSTEM, way=Way.PUSH, at=at, at_most=50, **options)


@pytest.fixture
def waiting(granted: Record, phone: Phone, edda: Resident) -> Delivery:
    """Give a push that waits for a worker."""
    phone(edda)
    tell(granted())
    return Delivery.objects.get()


class TestAWorkerThatDies:
    def test_is_followed_within_35_seconds(self, waiting: Delivery, settings: Any) -> None:
        now = timezone.now()
        [lost] = lease(now)
        clock = CELERY_BEAT_SCHEDULE["notifications-send"]["schedule"]
        lasts = timedelta(seconds=settings.LETTER_LEASE_SECONDS)

        assert lasts + clock <= timedelta(seconds=35)
        assert lease(now + lasts - timedelta(milliseconds=1)) == []
        [again] = lease(now + lasts)
        assert (again.deliveries, again.tries) == (lost.deliveries, 2)


class TestAWorkerThatLingers:
    def test_keeps_its_letters_for_as_long_as_it_lives(self, waiting: Delivery) -> None:
        now = timezone.now()
        errands = lease(now)
        for seconds in (20, 40, 60):
            actions.renew_lease(by=SYSTEM, errands=errands, at=now + timedelta(seconds=seconds))
        assert lease(now + timedelta(seconds=84)) == []
        assert len(lease(now + timedelta(seconds=85))) == 1

    def test_does_not_take_back_what_another_has_by_now(self, waiting: Delivery) -> None:
        now = timezone.now()
        late = lease(now)
        others = lease(now + timedelta(seconds=30))
        actions.renew_lease(by=SYSTEM, errands=late, at=now + timedelta(seconds=50))

        assert len(others) == 1
        assert len(lease(now + timedelta(seconds=55))) == 1

    @pytest.mark.django_db(transaction=True)
    def test_renews_them_while_a_transport_is_slow(
        self, waiting: Delivery, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.LETTER_LEASE_SECONDS = 0.6
        renewed = threading.Event()
        renew = actions.renew_lease

        def and_note(**words: Any) -> None:
            renew(**words)
            renewed.set()

        class Slow:
            name = "slow"

            def send(self, batch: Collection[Any]) -> list[Outcome]:
                assert renewed.wait(10)
                return [Outcome.taken("x") for _ in batch]

        monkeypatch.setattr(actions, "renew_lease", and_note)
        monkeypatch.setattr(post, "transport_for", lambda kind: Slow())
        assert send_due() == 1

        waiting.refresh_from_db()
        assert (waiting.state, waiting.tries) == ("sent", 1)


class TestQuotas:
    def test_are_kept_by_all_workers_together(
        self, granted: Record, phone: Phone, cast: Cast, settings: Any, now: datetime
    ) -> None:
        settings.LETTERS_PER_MINUTE = {"push": 12}  # which is two in ten seconds
        for person in (cast.edda, cast.tom, cast.nora):
            phone(person, f"of-{person.pk}")
            tell(granted(person=person.pk))
        now = timezone.now()

        assert [len(lease(now)), len(lease(now))] == [2, 0]
        assert len(lease(now + timedelta(seconds=4))) == 0
        assert len(lease(now + timedelta(seconds=5))) == 1

    def test_do_not_hold_an_emergency_and_others_wait_longer(
        self,
        granted: Record,
        published: Record,
        phone: Phone,
        cast: Cast,
        settings: Any,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        settings.LETTERS_PER_MINUTE = {"push": 6}
        phone(cast.edda)
        tell(granted())
        monkeypatch.setattr(Notice.declared["news.article"], "importance", Importance.EMERGENCY)
        for _ in range(3):
            tell(published())

        assert len(lease(timezone.now(), only_emergencies=True)) == 3
        assert Throttle.objects.get().tokens < 0
        assert lease(timezone.now()) == []
        Delivery.objects.filter(is_emergency=True).update(state="sent")
        assert len(lease(timezone.now() + timedelta(seconds=35))) == 1


class TestEmergencies:
    @pytest.fixture(autouse=True)
    def news_are(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Notice.declared["news.article"], "importance", Importance.EMERGENCY)

    def test_go_before_what_was_there_first(
        self, granted: Record, published: Record, phone: Phone, edda: Resident
    ) -> None:
        phone(edda)
        for _ in range(3):
            tell(granted())
        tell(published())

        [first] = actions.lease_deliveries(by=SYSTEM, way=Way.PUSH, at=timezone.now(), at_most=1)
        assert first.letter.kind == "news.article"
        assert first.letter.title == "News"

    def test_have_a_worker_that_carries_nothing_else(
        self, granted: Record, published: Record, phone: Phone, edda: Resident
    ) -> None:
        phone(edda)
        tell(granted())
        tell(published())

        assert send_emergencies() == 1
        assert send_due() == 1

    def test_are_told_to_many_by_that_worker(
        self, published: Record, phone: Phone, edda: Resident, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("notifications.actions.telling.AT_ONCE", 1)
        phone(edda)
        tell(published())
        assert FanOut.objects.get().is_emergency

        assert send_emergencies() == 1
        assert FanOut.objects.get().done_at


class TestPeopleApart:
    def test_are_told_nothing_of_each_other_that_was_still_underway(
        self,
        granted: Record,
        phone: Phone,
        cast: Cast,
        now: datetime,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(Notice.declared["assist.mandate_granted"], "is_official", False)
        phone(cast.edda)
        tell(granted())
        block(by=Actor(cast.edda.pk), resident_id=cast.carla.pk, at=now)

        assert send_due() == 0
        assert Delivery.objects.get().error_code == "APART"


class TestTheOperator:
    @pytest.fixture
    def dead(self, waiting: Delivery) -> Delivery:
        Delivery.objects.update(state="dead", error_code="HTTP_503", tries=8)
        return waiting

    def run(self, *words: str) -> str:
        out = StringIO()
        call_command("letters", *words, stdout=out)
        return out.getvalue()

    def test_sees_what_never_arrived(self, dead: Delivery) -> None:
        assert self.run("count").split() == ["1", "push", "dead", "HTTP_503"]
        line = self.run("dead")
        assert line.startswith(f"{dead.pk} push dead HTTP_503 assist.mandate_granted")
        assert dead.notification.title not in line

    def test_tries_it_once_more(self, dead: Delivery) -> None:
        assert self.run("again", "--error", "OTHER").startswith("0 ")
        assert self.run("again").startswith("1 ")
        assert send_due() == 1
        assert self.run("again").startswith("0 ")

    def test_tries_it_once_more_by_a_button(self, dead: Delivery, admin_client: Client) -> None:
        form = {"action": "send_again", "_selected_action": [dead.pk]}
        answer = admin_client.post("/operate/notifications/delivery/", form)
        assert answer.status_code == 302
        dead.refresh_from_db()
        assert (dead.state, dead.tries) == ("waiting", 0)


def test_a_night_of_letters_that_nobody_wants_holds_nobody_up(
    granted: Record, phone: Phone, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(post.AT_ONCE, Way.PUSH, 2)
    phone(cast.edda, "eddas")
    for _ in range(6):
        tell(granted())
    actions.mark_all_read(by=Actor(cast.edda.pk), at=timezone.now())
    phone(cast.tom, "toms")
    tell(granted(person=cast.tom.pk))

    started = time.monotonic()
    assert send_due() == 1
    assert time.monotonic() - started < 5
