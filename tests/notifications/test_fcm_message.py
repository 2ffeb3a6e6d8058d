"""What a letter to a phone looks like."""

from __future__ import annotations

import json
from typing import Any

import pytest

from notifications.transports.base import Address
from notifications.transports.fcm_message import Messages
from tests.support.fcm_server import fcm, transport
from tests.support.letters import fid, make_letter

__all__ = ["fcm", "transport"]

LETTER = make_letter()
NOON = 1_800_000_000.0
# The first 24 bytes of the SHA-256 of the letter's key, in base64url.
DIGEST = "XHan2IpnQEnVvPpBJH9mKNuaR37kI2Ev"


def wire(letter: Any = LETTER, address: Address | None = None) -> dict[str, Any]:
    message = json.loads(Messages(now=NOON).body(address or fid("phone"), letter))["message"]
    assert isinstance(message, dict)
    return message


class TestMessage:
    def test_is_what_the_protocol_asks_for(self):
        assert wire() == {
            "fid": "phone",
            "notification": {"title": LETTER.title, "body": LETTER.body},
            "data": {
                "topic": "carpool/offers/7",
                "seq": "41",
                "kind": "carpool.ride_booked",
                "link": "/carpool/bookings/7",
            },
            "android": {
                "collapse_key": "carpool.booking:7",
                "priority": "normal",
                "ttl": "3600s",
                "notification": {"tag": "carpool.booking:7"},
            },
            "apns": {
                "headers": {
                    "apns-priority": "5",
                    "apns-expiration": str(int(NOON) + 3600),
                    "apns-collapse-id": "carpool.booking:7",
                },
                "payload": {"aps": {"sound": "default"}},
            },
            "webpush": {
                "headers": {
                    "TTL": "3600",
                    "Urgency": "normal",
                    "Topic": DIGEST,
                },
                "notification": {"tag": "carpool.booking:7", "lang": "de"},
            },
        }

    def test_hurries_when_it_is_urgent(self):
        message = wire(make_letter(urgent=True))

        assert message["android"]["priority"] == "high"
        assert message["apns"]["headers"]["apns-priority"] == "10"
        assert message["webpush"]["headers"]["Urgency"] == "high"

    def test_topics_of_web_push_differ_when_the_subjects_do(self):
        topics = {
            wire(make_letter(collapse_key=key))["webpush"]["headers"]["Topic"]
            for key in ("carpool.booking:7", "carpool.booking:8", "fits-as-it-is", "長い鍵" * 50)
        }

        assert len(topics) == 4
        assert "fits-as-it-is" in topics
        assert all(len(topic) <= 32 for topic in topics)

    def test_leaves_out_the_key_of_a_letter_that_stands_alone(self):
        message = wire(make_letter(collapse_key=""))

        assert "collapse_key" not in message["android"]
        assert "notification" not in message["android"]
        assert "apns-collapse-id" not in message["apns"]["headers"]
        assert "Topic" not in message["webpush"]["headers"]

    def test_keeps_the_secret_of_the_unsubscribe_link_to_the_post(self):
        message = wire(make_letter(data={"unsubscribe_url": "https://village.example/u/secret"}))

        assert "secret" not in json.dumps(message)

    def test_lets_a_browser_open_only_https(self):
        assert "fcm_options" not in wire(make_letter(link="http://village.example/"))["webpush"]
        link = "https://village.example/carpool"
        assert wire(make_letter(link=link))["webpush"]["fcm_options"] == {"link": link}

    @pytest.mark.parametrize(
        ("seconds", "ttl", "expires"),
        [(0, "0s", "0"), (-5, "0s", "0"), (10**9, "2419200s", str(int(NOON) + 2_419_200))],
    )
    def test_lives_as_long_as_fcm_allows(self, seconds, ttl, expires):
        message = wire(make_letter(ttl_seconds=seconds))

        assert message["android"]["ttl"] == ttl
        assert message["apns"]["headers"]["apns-expiration"] == expires

    @pytest.mark.parametrize(
        "words", ["Grüße " * 5000, "村のお知らせ" * 5000, "👵🏽" * 5000, "\x00\ud800 odd" * 900, ""]
    )
    def test_is_taken_however_long_and_odd_the_words_are(self, fcm, transport, words):
        letter = make_letter(title=words, body=words, collapse_key=words)

        message = wire(make_letter(title=words, body=words))
        [outcome] = transport.send([(fid("phone"), make_letter(title=words, body=words))])

        assert outcome.accepted
        assert len(message["notification"]["body"].encode()) <= 1536
        assert not words or message["notification"]["body"].endswith("…")
        assert transport.send([(fid("phone"), letter)])[0].retryable is False

    def test_is_refused_and_not_tried_again_when_its_data_are_too_big(self, transport):
        [outcome] = transport.send([(fid("phone"), make_letter(data={"seq": "x" * 5000}))])

        assert outcome.final and not outcome.permanent

    def test_is_refused_when_its_data_use_a_word_of_fcm(self, transport):
        [outcome] = transport.send([(fid("phone"), make_letter(data={"from": "edda"}))])

        assert outcome.final and not outcome.permanent
