"""How the village gets its access to Firebase Cloud Messaging."""

from __future__ import annotations

import json
import time

import pytest

from notifications.transports.base import TransportError
from notifications.transports.fcm import FcmTransport
from tests.support import fcm_script
from tests.support.fcm_server import fcm, transport
from tests.support.letters import fid, make_letter

pytestmark = pytest.mark.once
__all__ = ["fcm", "transport"]

LETTER = make_letter()


class TestAccess:
    def test_fetches_another_token_when_the_old_one_is_unknown(self, fcm, transport):
        transport.send([(fid("phone"), LETTER)])
        fcm.expire_tokens()

        with pytest.raises(TransportError) as caught:
            transport.send([(fid("phone"), LETTER)])
        [outcome] = transport.send([(fid("phone"), LETTER)])

        assert not caught.value.permanent
        assert outcome.accepted
        assert fcm.token_requests == 2

    def test_stops_when_the_key_was_withdrawn(self, fcm, transport):
        fcm.script_token(
            fcm_script.refuse(400, {"error": "invalid_grant", "error_description": "revoked"})
        )

        with pytest.raises(TransportError, match="revoked") as caught:
            transport.send([(fid("phone"), LETTER)])

        assert caught.value.permanent
        assert fcm.sends == 0

    @pytest.mark.parametrize(
        "step",
        [
            fcm_script.refuse(503, "<p>Sorry"),
            fcm_script.refuse(429, {}, retry_after="30"),
            fcm_script.refuse(200, []),
            fcm_script.refuse(200, {"access_token": 7, "expires_in": 3600}),
            fcm_script.refuse(200, {"access_token": "a\r\nb", "expires_in": 3600}),
            fcm_script.refuse(200, {"access_token": "a", "expires_in": "for ever"}),
            fcm_script.hang(),
            fcm_script.drip(),
        ],
    )
    def test_comes_back_soon_when_there_is_no_token_now(self, fcm, transport, step):
        fcm.script_token(step)
        started = time.monotonic()

        with pytest.raises(TransportError) as caught:
            transport.send([(fid("phone"), LETTER)])

        assert time.monotonic() - started < 1.5
        assert not caught.value.permanent
        assert fcm.token_requests == 1
        assert transport.send([(fid("phone"), LETTER)])[0].accepted

    def test_a_key_of_somebody_else_is_refused(self, fcm):
        stolen = {**fcm.credentials, "client_email": "strang@bergheim.iam.gserviceaccount.com"}
        transport = FcmTransport(stolen, base_url=fcm.base_url)

        with pytest.raises(TransportError, match="invalid_grant"):
            transport.send([(fid("phone"), LETTER)])

    def test_reads_the_credentials_from_a_file(self, fcm, tmp_path):
        path = tmp_path / "key.json"
        path.write_text(json.dumps(fcm.credentials))

        transport = FcmTransport(path, base_url=fcm.base_url)

        assert transport.send([(fid("phone"), LETTER)])[0].accepted
        transport.close()

    @pytest.mark.parametrize(
        "credentials",
        [{}, {"type": "service_account"}, {"type": "authorized_user"}, "/nowhere/key.json", ""],
    )
    def test_says_clearly_that_it_has_no_credentials(self, credentials):
        with pytest.raises(TransportError, match="credentials cannot be used") as caught:
            FcmTransport(credentials)

        assert caught.value.permanent

    @pytest.mark.parametrize("project", ["../other", "a/b", "a b", "Ä"])
    def test_refuses_a_project_that_would_lead_elsewhere(self, fcm, project):
        with pytest.raises(TransportError, match="not the id of a Firebase project"):
            FcmTransport(fcm.credentials, project_id=project)

    @pytest.mark.parametrize("url", ["http://fcm.example.org", "ftp://127.0.0.1", "fcm", ""])
    def test_does_not_send_its_token_in_clear_over_a_network(self, fcm, url):
        with pytest.raises(TransportError, match="credentials cannot be used"):
            FcmTransport(fcm.credentials, base_url=url)
