"""The server that stands in for FCM is no more lenient than FCM."""

from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.support.fcm_protocol import violations
from tests.support.fcm_server import FcmServer, fcm

pytestmark = pytest.mark.once
__all__ = ["fcm"]


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    try:
        with urlopen(Request(url, body, headers), timeout=5) as answer:
            return int(answer.status)
    except HTTPError as error:
        error.close()
        return error.code


class TestViolations:
    def test_finds_nothing_wrong_with_a_plain_message(self):
        assert violations({"message": {"fid": "phone"}}) == []

    @pytest.mark.parametrize(
        "message",
        [
            {},
            {"fid": ""},
            {"fid": "phone", "token": "phone"},
            {"fid": "phone", "words": "hello"},
            {"fid": "phone", "data": {"seq": 7}},
            {"fid": "phone", "data": {"from": "edda"}},
            {"fid": "phone", "data": {"google.x": "y"}},
            {"fid": "phone", "data": {"seq": "x" * 5000}},
            {"fid": "phone", "android": {"ttl": 3600}},
            {"fid": "phone", "android": {"ttl": "-1s"}},
            {"fid": "phone", "android": {"ttl": "2419201s"}},
            {"fid": "phone", "android": {"priority": "urgent"}},
            {"fid": "phone", "apns": {"headers": {"apns-expiration": "soon"}}},
            {"fid": "phone", "apns": {"headers": {"apns-collapse-id": "x" * 65}}},
            {"fid": "phone", "webpush": {"headers": {"Topic": "carpool.booking:7"}}},
            {"fid": "phone", "webpush": {"fcm_options": {"link": "http://x.example"}}},
        ],
    )
    def test_finds_what_fcm_would_find(self, message):
        assert violations({"message": message})

    @pytest.mark.parametrize("request_", [{}, [], None, {"message": []}, {"messages": {}}])
    def test_finds_a_request_that_is_none(self, request_):
        assert violations(request_)


class TestServer:
    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({}, 401),
            ({"Authorization": "Bearer made-up"}, 401),
            ({"Authorization": "Basic made-up"}, 401),
        ],
    )
    def test_takes_nothing_from_strangers(self, fcm: FcmServer, headers: Any, status: int):
        body = json.dumps({"message": {"fid": "phone"}}).encode()
        headers = {"Content-Type": "application/json", **headers}

        url = f"{fcm.base_url}/v1/projects/{fcm.project_id}/messages:send"

        assert post(url, body, headers) == status
        assert not fcm.accepted

    def test_knows_no_other_project(self, fcm: FcmServer):
        assert post(f"{fcm.base_url}/v1/projects/bergheim/messages:send", b"{}", {}) == 404

    @pytest.mark.parametrize("body", [b"", b"grant_type=password", b"assertion=a.b.c", b"\xff"])
    def test_gives_no_token_without_a_signed_assertion(self, fcm: FcmServer, body: bytes):
        assert post(fcm.token_url, body, {}) == 400
