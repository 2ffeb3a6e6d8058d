"""What becomes of letters: against a server that speaks FCM's protocol, and in the demo."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from notifications import actions, queries
from notifications.models import Delivery, Device, DeviceKind, Notification, SentLetter, Way
from notifications.tasks import send_due
from notifications.transports import choose
from notifications.transports.base import AddressKind, Outcome
from tests.support import fcm_script
from tests.support.fcm_server import FcmServer, fcm
from village.core.actor import SYSTEM, Actor
from village.journal.readers import Recorded
from village.residents.actions import leave_village
from village.residents.models import Resident

__all__ = ["fcm"]

pytestmark = pytest.mark.django_db
Record = Callable[..., Recorded]
Phone = Callable[..., Device]
Prefers = Callable[..., None]


@pytest.fixture
def google(fcm: FcmServer, settings: Any) -> Iterator[FcmServer]:
    """Send pushes to the stand-in for Google."""
    settings.FCM_CREDENTIALS = json.dumps(fcm.credentials)
    settings.FCM_BASE_URL = fcm.base_url
    transport: Any = choose.transport_for(AddressKind.FCM_FID)
    yield fcm
    transport.close()


@pytest.fixture
def delivery(granted: Record, phone: Phone, edda: Resident) -> Delivery:
    """Give the letter of a mandate on its way to edda's phone."""
    phone(edda)
    actions.tell(by=SYSTEM, recorded=granted(), at=timezone.now())
    return Delivery.objects.select_related("notification").get()


def become_due() -> None:
    Delivery.objects.update(due_at=timezone.now())


class TestPushes:
    def test_reach_the_phone(self, google: FcmServer, delivery: Delivery) -> None:
        assert send_due() == 1
        assert send_due() == 0

        [message] = google.messages_to("a-phone")
        assert message["data"]["link"] == delivery.notification.link
        assert message["data"]["notification"] == str(delivery.notification_id)
        assert message["android"]["priority"] == "high"
        assert message["android"]["collapse_key"] == delivery.notification.thread
        delivery.refresh_from_db()
        assert (delivery.state, delivery.tries) == ("sent", 1)
        assert delivery.provider_id == google.accepted[0].name

    def test_wait_as_long_as_they_are_told_to(self, google: FcmServer, delivery: Delivery) -> None:
        google.script(fcm_script.quota_exceeded("120"))
        begun = timezone.now()
        assert send_due() == 0

        delivery.refresh_from_db()
        assert (delivery.state, delivery.error_code) == ("waiting", "QUOTA_EXCEEDED")
        assert delivery.due_at >= begun + timedelta(seconds=120)
        assert send_due() == 0 and google.sends == 1

        become_due()
        assert send_due() == 1
        assert google.sends == 2

    def test_give_up_a_phone_that_is_gone_at_once(
        self, google: FcmServer, delivery: Delivery, granted: Record
    ) -> None:
        google.script(fcm_script.unregistered())
        send_due()

        device = Device.objects.get()
        assert device.retired_at and device.retired_reason == "UNREGISTERED"
        delivery.refresh_from_db()
        assert (delivery.state, delivery.error_code) == ("failed", "UNREGISTERED")
        actions.tell(by=SYSTEM, recorded=granted(), at=timezone.now())
        # Without a phone her own way is another one.
        send_due()
        assert google.sends == 1

    def test_that_nobody_will_ever_take_are_not_tried_again(
        self, google: FcmServer, delivery: Delivery
    ) -> None:
        google.script(fcm_script.invalid_argument("message.data"))
        send_due()

        delivery.refresh_from_db()
        assert delivery.state == "failed"
        assert Device.objects.get().retired_at is None

    def test_are_given_up_after_eight_tries(self, google: FcmServer, delivery: Delivery) -> None:
        google.script(*[fcm_script.unavailable()] * 8)
        for _ in range(10):
            become_due()
            send_due()

        delivery.refresh_from_db()
        assert (delivery.state, delivery.tries) == ("dead", 8)
        assert google.sends == 8

    def test_lose_no_try_while_google_refuses_the_village(
        self, google: FcmServer, delivery: Delivery
    ) -> None:
        google.script(fcm_script.permission_denied())
        begun = timezone.now()
        assert send_due() == 0

        delivery.refresh_from_db()
        assert (delivery.state, delivery.tries) == ("waiting", 0)
        assert delivery.due_at >= begun + timedelta(minutes=10)

    def test_come_due_again_when_a_worker_dies_with_them(
        self, google: FcmServer, delivery: Delivery, now: datetime
    ) -> None:
        later = now + timedelta(minutes=1)
        [_] = actions.lease_deliveries(by=SYSTEM, way=Way.PUSH, at=later, at_most=9)
        assert not actions.lease_deliveries(by=SYSTEM, way=Way.PUSH, at=later, at_most=9)

        later += timedelta(minutes=6)
        [errand] = actions.lease_deliveries(by=SYSTEM, way=Way.PUSH, at=later, at_most=9)
        assert errand.tries == 2

    def test_do_not_stop_the_other_ways_when_their_transport_breaks(
        self,
        delivery: Delivery,
        granted: Record,
        prefers: Prefers,
        tom: Resident,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        prefers(tom, "print", notice="assist.mandate_granted")
        actions.tell(by=SYSTEM, recorded=granted(person=tom.pk), at=timezone.now())
        monkeypatch.setattr(choose, "_fcm", lambda *_: 1 / 0)
        monkeypatch.setattr(choose.settings, "FCM_CREDENTIALS", "{}")

        assert send_due() == 1
        assert SentLetter.objects.get().way == "print"

    def test_say_it_when_their_credentials_are_no_use(
        self, delivery: Delivery, settings: Any
    ) -> None:
        settings.FCM_CREDENTIALS = "{not json"
        assert send_due() == 0

        delivery.refresh_from_db()
        assert (delivery.state, delivery.tries) == ("waiting", 0)


class TestWhatIsNotWantedAnyMore:
    def reason(self, delivery: Delivery) -> str:
        send_due()
        delivery.refresh_from_db()
        assert delivery.state == "dead"
        assert not SentLetter.objects.exists()
        return delivery.error_code

    def test_because_she_has_read_it(self, delivery: Delivery, edda: Resident) -> None:
        actions.mark_all_read(by=Actor(edda.pk), at=timezone.now())
        assert self.reason(delivery) == "READ"

    def test_because_she_moved_away(self, delivery: Delivery, edda: Resident) -> None:
        leave_village(
            by=Actor(edda.pk), village="lindental", resident_id=edda.pk, at=timezone.now()
        )
        assert self.reason(delivery) == "MOVED_AWAY"

    def test_because_the_phone_is_somebody_elses_now(
        self, delivery: Delivery, phone: Phone, tom: Resident
    ) -> None:
        phone(tom)
        assert self.reason(delivery) == "HANDED_ON"

    def test_because_the_phone_was_signed_out(self, delivery: Delivery) -> None:
        Device.objects.update(session_key="gone")
        assert self.reason(delivery) == "SIGNED_OUT"

    def test_because_the_phone_was_given_up(self, delivery: Delivery) -> None:
        Device.objects.update(retired_at=timezone.now())
        assert self.reason(delivery) == "RETIRED"

    def test_because_it_is_too_old(self, delivery: Delivery) -> None:
        Notification.objects.update(created_at=timezone.now() - timedelta(days=4))
        assert self.reason(delivery) == "TOO_OLD"


class TestOtherWays:
    def test_a_letter_on_paper_waits_in_the_outbox(
        self, published: Record, prefers: Prefers, edda: Resident
    ) -> None:
        prefers(edda, "print")
        actions.tell(by=SYSTEM, recorded=published(), at=timezone.now())
        assert send_due() == 1

        letter = queries.outbox().get()
        assert (letter.way, letter.to, letter.title) == ("print", "Edda", "News")
        assert (letter.link, letter.language) == ("/news/a", "en")

    def test_a_mail_goes_to_her_address(
        self, published: Record, prefers: Prefers, tom: Resident
    ) -> None:
        prefers(tom, "email")
        actions.tell(by=SYSTEM, recorded=published(), at=timezone.now())
        assert send_due() == 1

        [sent] = mail.outbox
        assert sent.to == [tom.email]
        assert sent.subject == "News"

    def test_a_push_of_the_demo_waits_in_the_outbox(
        self, granted: Record, phone: Phone, edda: Resident
    ) -> None:
        phone(edda, "kitchen", DeviceKind.DEVELOPMENT)
        actions.tell(by=SYSTEM, recorded=granted(), at=timezone.now())
        assert send_due() == 1

        assert (queries.outbox().get().way, queries.outbox().get().to) == ("push", "Edda")

    def test_are_carried_in_a_few_queries_for_a_whole_batch(
        self,
        published: Record,
        prefers: Prefers,
        tom: Resident,
        nora: Resident,
        edda: Resident,
        now: datetime,
        django_assert_max_num_queries: Any,
    ) -> None:
        for reader in (tom, nora, edda):
            prefers(reader, "print")
        actions.tell(by=SYSTEM, recorded=published(), at=now)

        later = timezone.now()
        # The savepoint, the letters, who lives here, who is apart, the lease; no more than that.
        with django_assert_max_num_queries(7):
            errands = actions.lease_deliveries(by=SYSTEM, way=Way.PRINT, at=later, at_most=9)
        assert len(errands) == 3


class TestKeepingOutcomes:
    def test_sent_is_sent_although_the_lease_has_run_out(
        self, delivery: Delivery, now: datetime
    ) -> None:
        first_at, second_at = now + timedelta(minutes=1), now + timedelta(minutes=10)
        [first] = actions.lease_deliveries(by=SYSTEM, way=Way.PUSH, at=first_at, at_most=9)
        [second] = actions.lease_deliveries(by=SYSTEM, way=Way.PUSH, at=second_at, at_most=9)

        late = Outcome.later("TIMEOUT", "")
        keep = actions.keep_outcomes
        assert keep(by=SYSTEM, kept=[(first, late)], jitter=0, at=second_at) == 0
        delivery.refresh_from_db()
        assert delivery.due_at > second_at and delivery.error_code == ""
        taken = Outcome.taken("x")
        assert keep(by=SYSTEM, kept=[(first, taken)], jitter=0, at=second_at) == 1
        assert keep(by=SYSTEM, kept=[(second, late)], jitter=0, at=second_at) == 0
        delivery.refresh_from_db()
        assert delivery.state == "sent"
