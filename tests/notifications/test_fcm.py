"""Letters to phones, against a server that speaks the protocol."""

from __future__ import annotations

import json
import string
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.transports.base import Address, AddressKind, Transport, TransportError
from notifications.transports.fcm import outcome_of
from notifications.transports.lanes import Answer
from tests.support import fcm_script
from tests.support.fcm_server import fcm, transport
from tests.support.letters import fid, make_letter, token

pytestmark = pytest.mark.once
__all__ = ["fcm", "transport"]

LETTER = make_letter()
NOON = 1_800_000_000.0
# The words at which a reader of answers looks.
WORDS = st.sampled_from(
    ["name", "error", "status", "code", "message", "details", "errorCode", "fieldViolations"]
)


class TestSend:
    def test_reaches_a_phone_by_its_installation_id(self, fcm, transport):
        [outcome] = transport.send([(fid("eddas-phone"), LETTER)])

        assert outcome.accepted
        assert outcome.provider_id == fcm.accepted[0].name
        [message] = fcm.messages_to("eddas-phone")
        assert message["fid"] == "eddas-phone"
        assert message["notification"] == {"title": LETTER.title, "body": LETTER.body}

    def test_reaches_a_phone_by_its_registration_token_without_a_warning(self, fcm, transport):
        [outcome] = transport.send([(token("toms-phone"), LETTER)])

        assert outcome.accepted
        assert fcm.messages_to("toms-phone")[0]["token"] == "toms-phone"

    def test_asks_nobody_when_there_is_nothing_to_send(self, fcm, transport):
        assert transport.send([]) == []
        assert (fcm.token_requests, fcm.sends) == (0, 0)

    def test_answers_for_each_letter_in_order(self, fcm, transport):
        fcm.script(fcm_script.unregistered(), to="phone-17")
        fcm.script(fcm_script.unavailable(), to="phone-63")
        batch = [(fid(f"phone-{number}"), LETTER) for number in range(100)]

        outcomes = transport.send(batch)

        assert len(outcomes) == 100
        assert [n for n, outcome in enumerate(outcomes) if not outcome.accepted] == [17, 63]
        names = {each.target: each.name for each in fcm.accepted}
        assert all(
            outcome.provider_id == names[address.value]
            for (address, _), outcome in zip(batch, outcomes, strict=True)
            if outcome.accepted
        )

    def test_fetches_one_access_token_for_a_batch_and_for_the_next(self, fcm, transport):
        for _ in range(2):
            transport.send([(fid(f"phone-{number}"), LETTER) for number in range(30)])

        assert fcm.token_requests == 1

    def test_uses_a_few_connections_and_keeps_them(self, fcm, transport):
        for _ in range(3):
            transport.send([(fid(f"phone-{number}"), LETTER) for number in range(60)])

        assert fcm.sends == 180
        assert fcm.connections <= 16 + 1  # and the one for the access token

    def test_can_be_shared_by_threads(self, fcm, transport):
        def send(worker: int) -> list[bool]:
            batch = [(fid(f"phone-{worker}-{number}"), LETTER) for number in range(20)]
            return [outcome.accepted for outcome in transport.send(batch)]

        with ThreadPoolExecutor(4) as workers:
            results = list(workers.map(send, range(4)))

        assert results == [[True] * 20] * 4
        assert len({each.target for each in fcm.accepted}) == 80
        assert fcm.token_requests == 1

    def test_one_letter_in_a_bad_shape_does_not_stop_the_others(self, fcm, transport):
        bad = make_letter(data={"seq": 41})

        outcomes = transport.send([(fid("a"), LETTER), (fid("b"), bad), (fid("c"), LETTER)])

        assert [outcome.accepted for outcome in outcomes] == [True, False, True]
        assert outcomes[1].error_code == "MALFORMED_LETTER"
        assert outcomes[1].final and not outcomes[1].permanent

    @pytest.mark.parametrize("value", ["", "x" * 5000])
    def test_gives_up_an_address_that_cannot_be_one(self, fcm, transport, value):
        [outcome] = transport.send([(fid(value), LETTER)])

        assert outcome.permanent
        assert fcm.sends == 0

    def test_does_not_take_a_letter_for_the_post(self, fcm, transport):
        [outcome] = transport.send([(Address(AddressKind.EMAIL, "edda@example.org"), LETTER)])

        assert outcome.error_code == "WRONG_TRANSPORT"
        assert outcome.final and not outcome.permanent
        assert fcm.sends == 0

    def test_is_a_transport(self, transport):
        checked: Transport = transport

        assert checked.name == "fcm"


class TestRefusals:
    @pytest.mark.parametrize(
        ("step", "code"),
        [
            (fcm_script.unregistered(), "UNREGISTERED"),
            (fcm_script.sender_id_mismatch(), "SENDER_ID_MISMATCH"),
            (fcm_script.invalid_argument("message.token"), "INVALID_ARGUMENT"),
            (fcm_script.invalid_argument("message.fid"), "INVALID_ARGUMENT"),
            (
                fcm_script.invalid_argument(
                    words="The registration token is not a valid FCM registration token"
                ),
                "INVALID_ARGUMENT",
            ),
        ],
    )
    def test_gives_up_a_phone_that_fcm_knows_to_be_gone(self, fcm, transport, step, code):
        fcm.script(step)

        [outcome] = transport.send([(token("old-phone"), LETTER)])

        assert (outcome.accepted, outcome.permanent, outcome.error_code) == (False, True, code)
        assert fcm.sends == 1

    @pytest.mark.parametrize(
        "step",
        [fcm_script.invalid_argument("message.android.ttl"), fcm_script.invalid_argument()],
    )
    def test_does_not_blame_the_phone_for_the_letter(self, fcm, transport, step):
        fcm.script(step)

        [outcome] = transport.send([(token("phone"), LETTER)])

        assert outcome.final
        assert not outcome.permanent

    @pytest.mark.parametrize(
        ("content", "status"),
        [
            ("<title>404</title>", 404),
            ({"error": {"status": "NOT_FOUND"}}, 404),
            ({"error": "gone"}, 404),
            ({"error": {"details": ["UNREGISTERED", 7, {"errorCode": "UNREGISTERED"}]}}, 404),
            ([[]], 410),
            ("[" * 60_000, 400),
            ({"error": {"details": [{"fieldViolations": {"field": "message.token"}}]}}, 400),
        ],
    )
    def test_keeps_a_phone_when_something_else_answered(self, fcm, transport, content, status):
        fcm.script(fcm_script.refuse(status, content))

        [outcome] = transport.send([(token("phone"), LETTER)])

        assert outcome.retryable

    def test_stops_when_an_operator_is_needed(self, fcm, transport):
        fcm.script(*[fcm_script.third_party_auth_error()] * 2)

        with pytest.raises(TransportError, match="APNS") as caught:
            transport.send([(fid("iphone-1"), LETTER), (fid("iphone-2"), LETTER)])

        assert caught.value.permanent
        assert fcm.sends == 2
        assert fcm.token_requests == 1

    def test_stops_when_the_project_may_not_send(self, fcm, transport):
        fcm.script(fcm_script.permission_denied())

        with pytest.raises(TransportError) as caught:
            transport.send([(fid("phone"), LETTER)])

        assert caught.value.permanent

    def test_tells_what_was_taken_when_only_iphones_are_refused(self, fcm, transport, caplog):
        fcm.script(fcm_script.third_party_auth_error(), to="iphone")

        outcomes = transport.send([(fid("android"), LETTER), (fid("iphone"), LETTER)])

        assert [outcome.accepted for outcome in outcomes] == [True, False]
        assert outcomes[1].error_code == "THIRD_PARTY_AUTH_ERROR"
        assert outcomes[1].retryable
        assert "refuses the project" in caplog.text

    def test_says_nothing_of_the_phone_or_the_words_in_a_repr(self):
        pair = repr((token("secret-token"), LETTER))

        assert "secret-token" not in pair
        assert LETTER.body not in pair

    def test_keeps_what_it_tells_operators_short_and_clean(self, fcm, transport):
        fcm.script(fcm_script.invalid_argument(words="bad\x00\r\n" * 10_000))

        [outcome] = transport.send([(token("phone"), LETTER)])

        assert outcome.detail.isprintable()
        assert len(outcome.detail) <= 300


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


class TestOutcomeOf:
    @given(status=st.integers(200, 599), content=ANYTHING, rest=st.text(string.printable))
    def test_finds_an_outcome_in_whatever_comes_back(self, status, content, rest):
        answer = Answer(status, {"retry-after": rest}, json.dumps(content).encode())

        outcome = outcome_of(answer, now=NOON)

        assert outcome.accepted or outcome.error_code
        assert not outcome.permanent

    @given(data=st.binary(max_size=40))
    def test_finds_one_in_what_is_not_even_json(self, data):
        assert outcome_of(Answer(200, {}, data), now=NOON).retryable
