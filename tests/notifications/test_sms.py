"""Letters as text messages: over a gateway on this machine that answers well or badly."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from notifications import actions
from notifications.models import Delivery
from notifications.tasks import send_due
from notifications.transports.base import Address, AddressKind, Outcome
from notifications.transports.sms import SmsTransport, text_of
from tests.support.letters import fid, make_letter
from tests.support.loopback import Conversation, Loopback, answer, serving
from village.core.actor import SYSTEM
from village.core.sms.length import parts
from village.journal.readers import Recorded
from village.residents.models import Resident

NUMBER = "+4915112345678"
SITE = "https://lindental.example"
Record = Callable[..., Recorded]
Prefers = Callable[..., None]


def said_to(server: Loopback) -> list[dict[str, str]]:
    """Give what the gateway was told."""
    return [json.loads(heard.partition(b"\r\n\r\n")[2]) for heard in server.heard]


def to(number: str = NUMBER) -> Address:
    return Address(AddressKind.SMS, number)


@pytest.fixture
def sent(settings: Any) -> Callable[..., tuple[Outcome, Loopback]]:
    """Send one letter over a gateway that answers so."""

    def send(reply: Conversation | bytes, **changes: Any) -> tuple[Outcome, Loopback]:
        with serving(reply) as server:
            settings.SMS_URL = server.url
            [outcome] = SmsTransport(site_url=SITE).send([(to(), make_letter(**changes))])
        return outcome, server

    return send


Sent = Callable[..., tuple[Outcome, Loopback]]


def silent(connected: socket.socket, over: threading.Event) -> None:
    over.wait(5)


class TestALetter:
    def test_is_all_there_is_to_read_with_the_whole_link(self, sent: Sent) -> None:
        outcome, server = sent(answer(b'{"id": "m-1"}', status="201 Created"))

        assert outcome == Outcome.taken("m-1")
        [said] = said_to(server)
        assert said["to"] == NUMBER
        assert said["text"] == (
            "Tom takes you along\nFriday at 9:30 at the town hall.\n"
            "https://lindental.example/carpool/bookings/7"
        )
        assert parts(said["text"]) == 1

    def test_goes_in_any_script_and_costs_two_messages_at_most(self, sent: Sent) -> None:
        _, server = sent(answer(), title="避難してください", body="川があふれます。" * 40)

        [said] = said_to(server)
        assert said["text"].startswith("避難してください\n川があふれます。")
        assert said["text"].endswith("...\nhttps://lindental.example/carpool/bookings/7")
        assert parts(said["text"]) == 2

    def test_costs_no_more_for_the_quotes_of_a_keyboard(self) -> None:
        words = text_of(make_letter(title="„Die Linde“ – geöffnet", body="a" * 60, link=""), SITE)
        assert parts(words) == 1 and words.startswith('"Die Linde" - geöffnet')

    def test_needs_no_link(self) -> None:
        assert text_of(make_letter(title="Hello", body="", link=""), SITE) == "Hello"

    def test_goes_to_no_other_kind_of_address(self, settings: Any) -> None:
        with serving(answer()) as server:
            settings.SMS_URL = server.url
            [outcome] = SmsTransport(site_url=SITE).send([(fid("a-phone"), make_letter())])
        assert outcome.error_code == "WRONG_TRANSPORT" and outcome.final
        assert server.heard == []

    def test_goes_beside_others_each_with_its_own_outcome(self, settings: Any) -> None:
        settings.SMS_BAD_NUMBERS = ["unknown_number"]

        def choosy(connected: socket.socket, over: threading.Event) -> None:
            is_bad = b"+4915100000" in server.heard[-1]
            bad = answer(b'{"error": "unknown_number"}', status="422 No")
            connected.sendall(bad if is_bad else answer(b'{"id": "a"}'))

        with serving(choosy) as server:
            settings.SMS_URL = server.url
            # One after the other, so that the gateway knows whom it answers.
            outcomes = [
                SmsTransport(site_url=SITE).send([(to(number), make_letter())])[0]
                for number in (NUMBER, "+4915100000", NUMBER, "not a number")
            ]
        assert [each.accepted for each in outcomes] == [True, False, True, False]
        assert [each.permanent for each in outcomes] == [False, True, False, True]


class TestItsGateway:
    def test_that_is_busy_is_asked_again_when_it_says(self, sent: Sent) -> None:
        outcome, _ = sent(answer(status="429 Slow Down", retry_after="7"))
        assert outcome == Outcome.later("HTTP_429", "", 7.0)
        assert outcome.retryable

    def test_that_will_never_take_it_is_not_asked_again(self, sent: Sent) -> None:
        outcome, _ = sent(answer(b'{"error": "spam"}', status="400 No"))
        assert outcome == Outcome.refused("spam", "")
        assert not outcome.permanent and not outcome.retryable

    def test_that_does_not_answer_is_asked_again(self, sent: Sent, settings: Any) -> None:
        settings.SMS_SECONDS = 0.2
        outcome, _ = sent(silent)
        assert outcome == Outcome.later("TIMEOUT", "")

    def test_that_hangs_up_is_asked_again(self, sent: Sent) -> None:
        outcome, server = sent(answer(b'{"id": "m-1"}')[:-5])
        assert outcome.retryable and len(server.heard) == 1


@pytest.mark.django_db
class TestTheVillage:
    @pytest.fixture
    def delivery(self, nora: Resident, prefers: Prefers, published: Record) -> Delivery:
        """Give a letter on its way to nora's phone."""
        Resident.objects.filter(pk=nora.pk).update(phone=NUMBER)
        prefers(nora, "sms")
        actions.tell(by=SYSTEM, recorded=published(), at=timezone.now())
        return Delivery.objects.get(way="sms")

    def carried(self, settings: Any, delivery: Delivery, reply: bytes) -> Loopback:
        with serving(reply) as server:
            settings.SMS_URL = server.url
            send_due()
        delivery.refresh_from_db()
        return server

    def test_tells_her_once(self, settings: Any, delivery: Delivery) -> None:
        server = self.carried(settings, delivery, answer(b'{"id": "m-1"}'))
        assert (delivery.state, delivery.provider_id) == ("sent", "m-1")
        assert send_due() == 0
        [said] = said_to(server)
        assert said["to"] == NUMBER and said["text"].startswith("News\n")

    def test_waits_as_long_as_it_is_told_to(self, settings: Any, delivery: Delivery) -> None:
        before = timezone.now()
        self.carried(settings, delivery, answer(status="429 Slow Down", retry_after="120"))
        assert (delivery.state, delivery.error_code) == ("waiting", "HTTP_429")
        assert delivery.due_at >= before + timedelta(seconds=120)

    def test_gives_up_what_is_refused(self, settings: Any, delivery: Delivery) -> None:
        self.carried(settings, delivery, answer(b'{"error": "spam"}', status="400 No"))
        assert (delivery.state, delivery.error_code) == ("failed", "spam")
