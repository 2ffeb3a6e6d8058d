"""Letters that a mail server does not take."""

from __future__ import annotations

import pytest

from notifications.transports.base import TransportError
from tests.support.letters import email, make_letter
from tests.support.smtp_server import HANG_UP, make_transport, smtp, transport

pytestmark = pytest.mark.once
__all__ = ["smtp", "transport"]

EDDA = email("edda@lindental.example")
TOM = email("tom@lindental.example")
NORA = email("nora@lindental.example")
UNSUBSCRIBE = "https://lindental.example/u/secret"


class TestRefusals:
    @pytest.mark.parametrize(
        ("reply", "permanent", "final"),
        [
            ("550 5.1.1 no such person", True, False),
            ("550 5.2.1 the mailbox is disabled", True, False),
            ("550 nobody here", True, False),
            ("553 no", True, False),
            ("550 5.7.1 your address has a bad name", False, True),
            ("552 5.2.2 the mailbox is full", False, True),
            ("554 no", False, True),
            ("450 4.2.1 come back later", False, False),
            ("451 4.7.1 greylisted", False, False),
            ("421 4.3.2 shutting down", False, False),
        ],
    )
    def test_blames_the_reader_only_when_the_mailbox_is_at_fault(
        self, smtp, transport, reply, permanent, final
    ):
        smtp.replies[EDDA.value] = reply

        first, second = transport.send([(EDDA, make_letter()), (TOM, make_letter())])

        assert (first.accepted, first.permanent, first.final) == (False, permanent, final)
        assert first.error_code == f"SMTP_{reply[:3]}"
        assert second.accepted

    @pytest.mark.parametrize(
        ("reply", "retryable"), [("554 5.6.0 no", False), ("452 4.3.1 the disk is full", True)]
    )
    def test_does_not_blame_the_reader_for_the_letter(self, smtp, transport, reply, retryable):
        smtp.replies["DATA"] = reply

        [outcome] = transport.send([(EDDA, make_letter())])

        assert outcome.retryable is retryable
        assert not outcome.permanent

    def test_goes_on_after_a_lost_connection(self, smtp, transport):
        smtp.replies[EDDA.value] = HANG_UP

        outcomes = transport.send([(EDDA, make_letter()), (TOM, make_letter())])

        assert [outcome.accepted for outcome in outcomes] == [False, True]
        assert (outcomes[0].error_code, outcomes[0].retryable) == ("CONNECTION_LOST", True)
        assert smtp.connections == 2

    def test_stops_when_the_server_refuses_the_village(self, smtp, transport):
        smtp.replies["MAIL"] = "550 5.7.1 you may not send from here"

        with pytest.raises(TransportError, match="may not send") as caught:
            transport.send([(EDDA, make_letter()), (TOM, make_letter())])

        assert caught.value.permanent

    def test_comes_back_when_the_server_has_no_time_for_the_village(self, smtp, transport):
        smtp.replies["MAIL"] = "451 4.3.2 later"

        with pytest.raises(TransportError) as caught:
            transport.send([(EDDA, make_letter())])

        assert not caught.value.permanent

    def test_answers_for_the_rest_when_the_server_goes_away(self, smtp, transport):
        smtp.replies[EDDA.value] = HANG_UP
        smtp.replies["GREETING"] = HANG_UP

        outcomes = transport.send([(EDDA, make_letter()), (TOM, make_letter())])

        assert [outcome.error_code for outcome in outcomes] == ["CONNECTION_LOST", "NOT_SENT"]
        assert all(outcome.retryable for outcome in outcomes)

    def test_stops_when_there_is_no_server(self):
        with pytest.raises(TransportError, match="cannot be reached") as caught:
            make_transport(9).send([(EDDA, make_letter())])

        assert not caught.value.permanent
