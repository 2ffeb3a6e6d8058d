"""Letters to phones over lines that are slow, lost, or not to be trusted."""

from __future__ import annotations

import time

import pytest

from notifications.transports.fcm import FcmTransport
from tests.support import fcm_script
from tests.support.fcm_server import FcmServer, fcm, transport
from tests.support.letters import fid, make_letter
from tests.support.tls import make_tls

pytestmark = pytest.mark.once
__all__ = ["fcm", "transport"]

LETTER = make_letter()
NOON = 1_800_000_000.0


class TestRetryAfter:
    def test_comes_back_at_once_and_tells_how_long_to_wait(self, fcm, transport):
        fcm.script(fcm_script.quota_exceeded("7"))
        started = time.monotonic()

        [outcome] = transport.send([(fid("phone"), LETTER)])

        assert time.monotonic() - started < 1
        assert outcome.retryable
        assert outcome.retry_after == 7.0
        assert fcm.sends == 1

    @pytest.mark.parametrize(
        ("step", "seconds"),
        [
            (fcm_script.quota_exceeded(), 60.0),
            (fcm_script.unavailable("120"), 120.0),
            (fcm_script.unavailable(), None),
            (fcm_script.unavailable("soon"), None),
            (fcm_script.unavailable("-3"), None),
            (fcm_script.unavailable("nan"), None),
            (fcm_script.unavailable("999999999"), 86_400.0),
            (fcm_script.unavailable("Fri, 15 Jan 2027 08:01:30 GMT"), 90.0),
            (fcm_script.unavailable("Fri, 15 Jan 2021 08:01:30 GMT"), 0.0),
            (fcm_script.bad_gateway(), None),
            (fcm_script.refuse(500, {}), None),
        ],
    )
    def test_reads_what_the_server_asks_for(self, fcm, step, seconds):
        transport = FcmTransport(fcm.credentials, base_url=fcm.base_url, clock=lambda: NOON)
        fcm.script(step)

        [outcome] = transport.send([(fid("phone"), LETTER)])
        transport.close()

        assert outcome.retryable
        assert outcome.retry_after == seconds
        assert fcm.sends == 1

    def test_takes_the_letter_on_the_next_try(self, fcm, transport):
        fcm.script(fcm_script.unavailable())

        outcomes = [transport.send([(fid("phone"), LETTER)])[0] for _ in range(2)]

        assert [outcome.accepted for outcome in outcomes] == [False, True]


class TestBadLines:
    def test_waits_no_longer_than_it_was_told(self, fcm, transport):
        fcm.script(fcm_script.hang())
        started = time.monotonic()

        [outcome] = transport.send([(fid("phone"), LETTER)])

        assert time.monotonic() - started < 1.5
        assert (outcome.error_code, outcome.retryable) == ("TIMEOUT", True)

    def test_is_not_held_by_an_answer_that_drips(self, fcm, transport):
        fcm.script(fcm_script.drip())
        started = time.monotonic()

        [outcome] = transport.send([(fid("phone"), LETTER)])

        assert time.monotonic() - started < 1.5
        assert (outcome.error_code, outcome.retryable) == ("TIMEOUT", True)

    def test_a_phone_that_hangs_does_not_take_the_others_along(self, fcm, transport):
        fcm.script(fcm_script.hang(), to="phone-0")

        outcomes = transport.send([(fid(f"phone-{number}"), LETTER) for number in range(10)])

        assert [outcome.accepted for outcome in outcomes] == [False] + [True] * 9

    def test_a_whole_batch_ends_in_bounded_time_when_everything_hangs(self, fcm, transport):
        fcm.script(*[fcm_script.hang()] * 100)
        started = time.monotonic()

        outcomes = transport.send([(fid(f"phone-{number}"), LETTER) for number in range(100)])

        assert time.monotonic() - started < 2.5
        assert {outcome.error_code for outcome in outcomes} == {"TIMEOUT", "NOT_SENT"}
        assert all(outcome.retryable for outcome in outcomes)

    def test_tries_half_an_answer_again(self, fcm, transport):
        fcm.script(fcm_script.half_an_answer())

        [outcome] = transport.send([(fid("phone"), LETTER)])

        assert (outcome.error_code, outcome.retryable) == ("CUT_OFF", True)

    def test_a_duplicate_is_shown_once(self, fcm, transport):
        fcm.script(fcm_script.accept_in_silence())

        outcomes = [transport.send([(fid("phone"), LETTER)])[0] for _ in range(2)]

        assert [outcome.accepted for outcome in outcomes] == [False, True]
        assert len(fcm.messages_to("phone")) == 2
        assert len(fcm.shown_on("phone")) == 1

    @pytest.mark.parametrize("content", [{}, {"name": ""}, {"name": 7}, [], "<p>OK"])
    def test_tries_again_when_acceptance_has_no_name(self, fcm, transport, content):
        fcm.script(fcm_script.refuse(200, content))

        [outcome] = transport.send([(fid("phone"), LETTER)])

        assert (outcome.error_code, outcome.retryable) == ("MALFORMED_ANSWER", True)

    def test_does_not_read_an_endless_answer(self, fcm, transport):
        fcm.script(fcm_script.refuse(200, "x" * 1_000_000))

        [outcome] = transport.send([(fid("phone"), LETTER)])

        assert (outcome.error_code, outcome.retryable) == ("TOO_LONG", True)

    def test_notices_that_the_server_left_between_two_batches(self, fcm, transport):
        def accept_and_leave(exchange: fcm_script.Exchange) -> None:
            exchange.answer(200, exchange.accept())
            exchange.hang_up()

        fcm.script(accept_and_leave)

        [first] = transport.send([(fid("phone"), LETTER)])
        fcm.wait_for_end(2)  # this one, and that of the access token
        [second] = transport.send([(fid("phone"), LETTER)])

        assert first.accepted
        assert second.accepted

    def test_does_not_take_an_answer_to_nobodys_question_for_its_own(self, fcm, transport):
        fcm.script(fcm_script.answer_twice(), fcm_script.unregistered())

        outcomes = [transport.send([(fid("phone"), LETTER)])[0] for _ in range(2)]

        assert outcomes[0].provider_id == fcm.accepted[0].name
        assert outcomes[1].error_code == "UNREGISTERED"

    def test_tells_that_nobody_is_there(self, fcm):
        transport = FcmTransport(fcm.credentials, base_url="http://127.0.0.1:9", patience=0.4)

        outcomes = transport.send([(fid("a"), LETTER), (fid("b"), LETTER)])

        assert [outcome.error_code for outcome in outcomes] == ["UNREACHABLE"] * 2
        assert all(outcome.retryable for outcome in outcomes)


class TestEncryption:
    @pytest.fixture
    def certified(self, tmp_path):
        return make_tls(tmp_path)

    def test_sends_over_tls(self, certified, monkeypatch):
        context, trusted = certified
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        with FcmServer(tls=context) as fcm:
            transport = FcmTransport(fcm.credentials, base_url=fcm.base_url)

            outcomes = transport.send([(fid(f"phone-{n}"), LETTER) for n in range(40)])
            outcomes += transport.send([(fid(f"phone-{n}"), LETTER) for n in range(40)])
            transport.close()

            assert all(outcome.accepted for outcome in outcomes)
            assert fcm.connections <= 16 + 1

    def test_tells_nothing_to_a_server_it_cannot_trust(self, fcm, certified):
        context, _ = certified
        with FcmServer(tls=context) as impostor:
            transport = FcmTransport(fcm.credentials, base_url=impostor.base_url, patience=0.4)

            [outcome] = transport.send([(fid("phone"), LETTER)])

            assert outcome.error_code == "UNREACHABLE"
            assert impostor.sends == 0

    def test_a_slow_answer_over_tls_is_not_waited_for_either(self, certified, monkeypatch):
        context, trusted = certified
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        with FcmServer(tls=context) as fcm:
            fcm.script(fcm_script.hang(), to="phone-0")
            fcm.script(fcm_script.drip(), to="phone-1")
            transport = FcmTransport(fcm.credentials, base_url=fcm.base_url, patience=0.4)

            outcomes = transport.send([(fid(f"phone-{n}"), LETTER) for n in range(10)])
            transport.close()

            assert [outcome.accepted for outcome in outcomes] == [False] * 2 + [True] * 8
