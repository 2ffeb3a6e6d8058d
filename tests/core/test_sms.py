"""Text messages: what a gateway gets, and what its answer comes to."""

from __future__ import annotations

import json
import socket
import threading
from typing import Any
from urllib.parse import parse_qs

import pytest
from prometheus_client import REGISTRY

from notifications.models import SentLetter, Way
from tests.support.loopback import Loopback, answer, serving
from village.core import sms
from village.core.sms import Gateway, Outcome

NUMBER = "+4915112345678"
TEXT = "Dein Code für Lindental: 123456 — 村"


def body_of(server: Loopback) -> bytes:
    [heard] = server.heard
    return heard.partition(b"\r\n\r\n")[2]


def sent_to(reply: bytes, **how: Any) -> tuple[Outcome, Loopback]:
    with serving(reply) as server:
        return Gateway(server.url, **how)(NUMBER, TEXT), server


class TestAGateway:
    def test_gets_json_in_its_own_words(self) -> None:
        outcome, server = sent_to(
            answer(b'{"messages": [{"id": 42}]}', status="201 Created"),
            headers={"Authorization": "Bearer key"},
            fields={"to": "recipient", "text": "message"},
            extra={"encoding": "unicode"},
            sender="Lindental",
            answer_id="messages.0.id",
        )
        assert outcome == Outcome(accepted=True, provider_id="42")
        assert json.loads(body_of(server)) == {
            "encoding": "unicode",
            "recipient": NUMBER,
            "message": TEXT,
            "from": "Lindental",
        }
        assert b"authorization: Bearer key" in server.heard[0]
        assert b"content-type: application/json" in server.heard[0]

    def test_gets_a_form_without_the_plus(self) -> None:
        outcome, server = sent_to(answer(b"OK"), is_form=True, plus=False)
        assert outcome.accepted
        assert parse_qs(body_of(server).decode()) == {"to": [NUMBER[1:]], "text": [TEXT]}

    @pytest.mark.parametrize("number", ["", "015112345678", "+49", "+49151 1234", "+0151123456789"])
    def test_gets_no_number_that_is_none(self, number: str) -> None:
        with serving(answer()) as server:
            outcome = Gateway(server.url)(number, TEXT)
        assert outcome == Outcome(
            False, error_code="MALFORMED_NUMBER", permanent=True, bad_number=True
        )
        assert server.heard == []


class TestItsAnswer:
    @pytest.mark.parametrize(
        ("reply", "expected"),
        [
            (answer(status="429 Slow Down", retry_after="7"), Outcome.later("HTTP_429", 7.0)),
            (answer(status="429 Slow Down"), Outcome.later("HTTP_429", 60.0)),
            (answer(status="503 Busy"), Outcome.later("HTTP_503")),
            (answer(status="503 Busy", retry_after="999999999"), Outcome.later("HTTP_503", 86400)),
            (answer(status="503 Busy", retry_after="soon"), Outcome.later("HTTP_503")),
            (answer(b'{"error": "text_empty"}', status="400 No"), Outcome.refused("text_empty")),
            (
                answer(b'{"error": "unknown_number"}', status="422 No"),
                Outcome.refused("unknown_number", bad_number=True),
            ),
            (answer(status="401 Who"), Outcome.later("HTTP_401", 900.0)),
            (answer(status="302 There", location="/"), Outcome.later("HTTP_302", 900.0)),
            (answer(b"[" * 9000, status="400 No"), Outcome.refused("HTTP_400")),
        ],
    )
    def test_says_what_to_do_next(self, reply: bytes, expected: Outcome) -> None:
        outcome, server = sent_to(reply, bad_numbers=frozenset({"unknown_number"}))
        assert outcome == expected
        assert outcome.retryable is not outcome.permanent
        assert len(server.heard) == 1

    @pytest.mark.parametrize(
        ("said", "expected"),
        [
            (b'{"status": "0", "id": "a"}', Outcome.taken("a")),
            (b'{"status": 0, "id": "a"}', Outcome.taken("a")),
            (b'{"status": "7", "error": "barred"}', Outcome.refused("barred")),
            (b"<html>", Outcome.later("MALFORMED_ANSWER")),
            (b"{}", Outcome.later("MALFORMED_ANSWER")),
        ],
    )
    def test_of_200_to_everything_is_read_closely(self, said: bytes, expected: Outcome) -> None:
        assert sent_to(answer(said), answer_taken="status=0")[0] == expected

    def test_that_is_cut_off_leaves_it_open(self) -> None:
        whole = answer(b'{"id": "a"}')
        assert sent_to(whole[:-4])[0] == Outcome.later("FAILED")

    def test_that_is_late_leaves_it_open(self) -> None:
        def silent(connected: socket.socket, over: threading.Event) -> None:
            over.wait(5)

        with serving(silent) as server:
            assert Gateway(server.url, seconds=0.2)(NUMBER, TEXT) == Outcome.later("TIMEOUT")

    def test_that_nobody_gives_leaves_it_open(self) -> None:
        with serving(answer()) as server:
            pass
        assert Gateway(server.url, seconds=1)(NUMBER, TEXT) == Outcome.later("FAILED")

    def test_is_not_asked_for_by_a_malformed_address(self) -> None:
        assert Gateway("ftp://gateway/")(NUMBER, TEXT) == Outcome.later("MISCONFIGURED", 900.0)

    def test_names_itself_without_strange_letters(self) -> None:
        outcome, _ = sent_to(answer('{"error": "a\\u2028b\\u0000 ü"}'.encode(), status="400 No"))
        assert outcome.error_code == "a b"


class TestTheVillage:
    def test_sends_over_the_gateway_that_is_set(self, settings: Any) -> None:
        with serving(answer(b'{"id": "a"}')) as server:
            settings.SMS_URL, settings.SMS_AUTHORIZATION = server.url, "Key abc"
            assert sms.send(NUMBER, TEXT) == Outcome.taken("a")
        assert b"authorization: Key abc" in server.heard[0]

    def test_shows_text_messages_of_the_demo_at_the_outbox(self, db: None) -> None:
        assert sms.is_there()
        assert sms.send(NUMBER, TEXT).accepted
        [kept] = SentLetter.objects.all()
        assert (kept.way, kept.to, kept.title) == (Way.SMS, NUMBER, TEXT)

    def test_sends_none_without_a_gateway(self, settings: Any) -> None:
        settings.SMS_CARRIER = ""
        before = REGISTRY.get_sample_value(*COUNTED) or 0
        assert not sms.is_there()
        assert sms.send(NUMBER, TEXT) == Outcome.later("NO_GATEWAY")
        assert REGISTRY.get_sample_value(*COUNTED) == before + 1


COUNTED = ("village_text_messages_total", {"outcome": "later"})
