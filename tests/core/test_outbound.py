"""Addresses that somebody else gave: the village goes out, and never in."""

from __future__ import annotations

import ipaddress
import itertools
import socket
import threading
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.loopback import Loopback, answer, serving
from tests.support.outside import (
    HOSTILE,
    NOBODY,
    PUBLIC,
    PUBLIC_V6,
    QUICK,
    get,
    leading_to,
    redirect,
    resolved,
)
from village.core.outbound import (
    Hop,
    Limits,
    Network,
    OutboundFailed,
    OutboundRefused,
    OutboundTimeout,
    is_public,
    post,
)

pytestmark = pytest.mark.once


@pytest.fixture
def canary() -> Iterator[Loopback]:
    """Stand for everything inside; whoever reaches it has come in."""
    with serving(answer(b"secret")) as server:
        yield server
        assert server.heard == []


class TestTheGate:
    @pytest.mark.parametrize("url", HOSTILE)
    def test_lets_nobody_in(self, url: str, canary: Loopback) -> None:
        with pytest.raises(OutboundRefused) as refused:
            get(url, leading_to(canary))
        assert refused.value.code == "outbound.refused"

    def test_knows_over_a_hundred_forms(self) -> None:
        assert len(set(HOSTILE)) >= 100

    @pytest.mark.parametrize("url", ["http://news.example.org/", "http://news.example.org:443/"])
    def test_lets_out(self, url: str) -> None:
        with serving(answer(b"news")) as server:
            assert get(url, leading_to(server)).body == b"news"

    def test_opens_what_is_allowed_by_name_and_only_that(self, canary: Loopback) -> None:
        with serving(answer(b"demo")) as server:
            network = Network(resolve=resolved)
            assert get(server.url, network, allowed=frozenset({server.place})).body == b"demo"
            with pytest.raises(OutboundRefused):
                get(canary.url, network, allowed=frozenset({server.place}))

    def test_opens_no_other_port_of_an_allowed_host(self, canary: Loopback) -> None:
        with pytest.raises(OutboundRefused):
            get(canary.url, Network(resolve=resolved), allowed=frozenset({"127.0.0.1:80"}))

    def test_ignores_proxies_of_the_environment(
        self, canary: Loopback, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, canary.url)
        with serving(answer(b"news")) as server:
            assert get("http://news.example.org/", leading_to(server)).body == b"news"

    @given(st.ip_addresses())
    def test_opens_only_what_python_calls_global_too(
        self, address: ipaddress.IPv4Address | ipaddress.IPv6Address
    ) -> None:
        assert not is_public(str(address)) or address.is_global

    @pytest.mark.parametrize("address", [PUBLIC, PUBLIC_V6, "1.1.1.1", "2a01:4f8::1"])
    def test_opens_the_public_internet(self, address: str) -> None:
        assert is_public(address)

    @pytest.mark.parametrize("address", ["", "news.example.org", "127.1", "1.2.3.4/32"])
    def test_takes_nothing_for_an_address_that_is_none(self, address: str) -> None:
        assert not is_public(address)


class TestNames:
    def test_are_looked_up_once_and_the_checked_address_is_dialled(self) -> None:
        answers = iter([[PUBLIC], ["127.0.0.1"]])
        dialled: list[tuple[str, int]] = []
        with serving(answer(b"news")) as server:

            def dial(address: str, port: int, seconds: float) -> socket.socket:
                dialled.append((address, port))
                return server.connect()

            network = Network(resolve=lambda host, port: next(answers), dial=dial)
            assert get("http://rebinding.example/", network).body == b"news"
        assert dialled == [(PUBLIC, 80)]
        assert next(answers) == ["127.0.0.1"]

    def test_that_change_between_redirects_are_checked_anew(self, canary: Loopback) -> None:
        answers = iter([[PUBLIC], ["127.0.0.1"]])
        with serving(redirect("/again")) as server:
            network = Network(resolve=lambda host, port: next(answers), dial=server.connect)
            with pytest.raises(OutboundRefused):
                get("http://rebinding.example/", network)
            assert len(server.heard) == 1

    def test_have_a_second_address_when_the_first_does_not_answer(self) -> None:
        dialled: list[str] = []
        with serving(answer(b"news")) as server:

            def dial(address: str, port: int, seconds: float) -> socket.socket:
                dialled.append(address)
                if ":" in address:
                    raise ConnectionRefusedError("no IPv6 here")
                return server.connect()

            network = Network(resolve=resolved, dial=dial)
            assert get("http://both.example.org/", network).body == b"news"
        assert dialled == [PUBLIC_V6, PUBLIC]

    def test_without_any_address_are_a_failure(self) -> None:
        with pytest.raises(OutboundFailed):
            get("http://news.example.org/", Network(resolve=lambda host, port: []))

    def test_that_nobody_knows_are_a_failure(self, canary: Loopback) -> None:
        with pytest.raises(OutboundFailed):
            get("http://unknown.example.org/", leading_to(canary))

    def test_that_take_too_long_to_look_up_run_out_of_time(self) -> None:
        over = threading.Event()

        def resolve(host: str, port: int) -> Sequence[str]:
            over.wait(10)
            return []

        try:
            with pytest.raises(OutboundTimeout):
                get("http://news.example.org/", Network(resolve=resolve), limits=Limits(0.2))
        finally:
            over.set()


class TestRedirects:
    @pytest.mark.parametrize(
        "target",
        [
            "http://127.0.0.1/",
            "http://[::1]/",
            "http://0x7f.1/",
            "http://localhost/",
            "http://printer.lan/",
            "//169.254.169.254/latest",
            "http://news.example.org:6379/",
            "http://edda:geheim@news.example.org/",
            "file:///etc/passwd",
            "gopher://127.0.0.1/",
            "http://[",
            "http://127.0.0.1\\@news.example.org/",
        ],
    )
    def test_lead_nobody_in(self, target: str, canary: Loopback) -> None:
        with serving(redirect(target)) as server, pytest.raises(OutboundRefused):
            get("http://news.example.org/", leading_to(server))
        assert len(server.heard) == 1

    def test_lead_nobody_to_the_canarys_own_port(self, canary: Loopback) -> None:
        chain = iter([redirect("/a"), redirect("/b"), redirect(canary.url)])

        def converse(connected: socket.socket, over: threading.Event) -> None:
            connected.sendall(next(chain))

        with serving(converse) as server, pytest.raises(OutboundRefused):
            get("http://news.example.org/", leading_to(server))
        assert len(server.heard) == 3

    def test_are_followed_three_times_and_remembered(self) -> None:
        chain = iter(
            [
                redirect("/feed", "301 Moved Permanently"),
                redirect("http://other.example.org/feed#top", "308 Permanent Redirect"),
                redirect("?page=1"),
                answer(b"news"),
            ]
        )

        def converse(connected: socket.socket, over: threading.Event) -> None:
            connected.sendall(next(chain))

        with serving(converse) as server:
            fetched = get("http://news.example.org/", leading_to(server))
        assert fetched.body == b"news"
        assert fetched.url == "http://other.example.org/feed?page=1"
        assert fetched.hops == (
            Hop(301, "http://news.example.org/feed"),
            Hop(308, "http://other.example.org/feed"),
            Hop(302, "http://other.example.org/feed?page=1"),
        )

    def test_end_after_the_third(self) -> None:
        with serving(redirect("/again")) as server, pytest.raises(OutboundFailed):
            get("http://news.example.org/", leading_to(server))
        assert len(server.heard) == 4

    def test_without_a_target_are_an_answer(self) -> None:
        with serving(answer(status="302 Found")) as server:
            assert get("http://news.example.org/", leading_to(server)).status == 302

    def test_to_another_host_do_not_tell_who_asks(self) -> None:
        chain = iter([redirect("/b"), redirect("http://other.example.org/"), answer()])

        def converse(connected: socket.socket, over: threading.Event) -> None:
            connected.sendall(next(chain))

        headers = {"Authorization": "vapid x", "Cookie": "a=b", "If-None-Match": '"1"'}
        with serving(converse) as server:
            get("http://news.example.org/", leading_to(server), headers=headers)
        told = [b"vapid" in heard and b"cookie" in heard for heard in server.heard]
        assert told == [True, True, False]
        assert all(b'if-none-match: "1"' in heard for heard in server.heard)

    def test_keep_no_cookies(self) -> None:
        chain = iter([answer(status="302 Found", location="/b", set_cookie="a=b"), answer()])

        def converse(connected: socket.socket, over: threading.Event) -> None:
            connected.sendall(next(chain))

        with serving(converse) as server:
            get("http://news.example.org/", leading_to(server))
        assert b"cookie" not in server.heard[1]


class TestPost:
    def test_sends_what_it_is_given(self) -> None:
        with serving(answer(status="201 Created")) as server:
            fetched = post(
                "http://news.example.org/push",
                headers={"TTL": "60"},
                content=b"sealed",
                limits=QUICK,
                allowed=NOBODY,
                network=leading_to(server),
            )
        assert fetched.status == 201
        request = server.heard[0].lower()
        assert request.startswith(b"post /push http/1.1\r\n")
        assert b"ttl: 60\r\n" in request
        assert b"content-length: 6\r\n" in request

    def test_follows_nobody(self) -> None:
        with serving(redirect("http://127.0.0.1/")) as server:
            fetched = post(
                "http://news.example.org/push",
                headers={},
                content=b"sealed",
                limits=QUICK,
                allowed=NOBODY,
                network=leading_to(server),
            )
        assert (fetched.status, len(server.heard)) == (302, 1)

    def test_goes_through_the_same_gate(self, canary: Loopback) -> None:
        for url in itertools.islice(HOSTILE, 0, None, 10):
            with pytest.raises(OutboundRefused):
                post(
                    url,
                    headers={},
                    content=b"",
                    limits=QUICK,
                    allowed=NOBODY,
                    network=leading_to(canary),
                )
