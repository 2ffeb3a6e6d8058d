"""Letters to browsers: what they read, and what becomes of those that do not arrive."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from notifications.transports import vapid
from notifications.transports.base import Address, AddressKind, Outcome
from notifications.transports.lanes import NoAnswer
from notifications.transports.webpush import WebPushTransport, outcome_of, payload
from tests.support.letters import fid, make_letter
from tests.support.push_crypto import Browser, encoded, point_of
from tests.support.push_server import PushServer, answer, drip, hang
from village.core.outbound import Network

KEY = vapid.key_of("", "a secret of this test")
Send = Callable[..., list[Outcome]]


@pytest.fixture
def service() -> Iterator[PushServer]:
    with PushServer(vapid.public_text(KEY)) as service:
        yield service
        assert not service.faults


@pytest.fixture
def transport(service: PushServer) -> Iterator[WebPushTransport]:
    transport = WebPushTransport(
        KEY, contact="mailto:v@village.example", allowed=frozenset({service.place}), patience=0.4
    )
    yield transport
    transport.close()


def to(browser: Browser) -> Address:
    return Address(AddressKind.WEBPUSH, browser.endpoint, browser.keys)


class TestLetters:
    def test_are_read_by_the_browser_they_are_for_and_by_no_other(
        self, service: PushServer, transport: WebPushTransport
    ) -> None:
        browser, other = service.subscribe(), service.subscribe()
        [outcome] = transport.send([(to(browser), make_letter(title="Grüß Gott, 山田さん"))])

        assert outcome.accepted and outcome.provider_id.startswith(service.origin)
        [told] = service.read_by(browser)
        assert told["title"] == "Grüß Gott, 山田さん"
        assert (told["link"], told["language"]) == ("/carpool/bookings/7", "de")
        assert service.read_by(other) == []
        with pytest.raises(InvalidTag):
            stolen = Browser("https://elsewhere.example")
            sent: list[bytes] = []
            service._take = lambda _b, _h, body: sent.append(body)  # type: ignore[method-assign]
            transport.send([(to(browser), make_letter())])
            stolen.read(sent[0])

    def test_say_how_long_they_keep_and_what_they_replace(
        self, service: PushServer, transport: WebPushTransport
    ) -> None:
        letter = make_letter(urgent=True, ttl_seconds=60, collapse_key="x" * 200)
        transport.send([(to(service.subscribe()), letter)])

        [pushed] = service.pushed
        assert (pushed.headers["ttl"], pushed.headers["urgency"]) == ("60", "high")
        assert len(pushed.headers["topic"]) == 32

    def test_of_a_batch_go_over_a_few_connections_with_one_sign(
        self, service: PushServer, transport: WebPushTransport
    ) -> None:
        browsers = [service.subscribe() for _ in range(60)]
        outcomes = transport.send([(to(each), make_letter()) for each in browsers])
        outcomes += transport.send([(to(each), make_letter()) for each in browsers])

        assert all(each.accepted for each in outcomes)
        assert service.connections <= 16
        assert len({each.headers["authorization"] for each in service.pushed}) == 1

    @pytest.mark.parametrize("letters", ["e", "ü", "漢", "👵🏽", '"', "\\", "\n", "\x01", "\ud800"])
    def test_fit_whatever_their_script(
        self, service: PushServer, transport: WebPushTransport, letters: str
    ) -> None:
        long = make_letter(
            title=letters * 300,
            body=letters * 20_000,
            link="/x" * 150,
            collapse_key="carpool/" + "ß" * 190,
        )
        [outcome] = transport.send([(to(service.subscribe()), long)])

        assert outcome.accepted
        assert service.pushed[0].size <= 4096
        assert len(payload(long)) > 700

    def test_hold_nothing_that_only_a_mail_needs(self) -> None:
        assert b"secret" not in payload(make_letter(data={"unsubscribe_url": "/secret"}))


class TestRefusals:
    @pytest.mark.parametrize("status", [404, 410])
    def test_of_a_browser_that_is_gone_end_it_at_once(
        self, service: PushServer, transport: WebPushTransport, status: int
    ) -> None:
        gone, here = service.subscribe(), service.subscribe()
        service.script(answer(status), to=gone)
        first, second = transport.send([(to(gone), make_letter()), (to(here), make_letter())])

        assert first.permanent and second.accepted

    @pytest.mark.parametrize(
        ("status", "header", "rest"),
        [
            (429, "7", 7.0),
            (429, None, 60.0),
            (503, "30", 30.0),
            (503, None, None),
            (500, None, None),
        ],
    )
    def test_that_pass_say_how_long_to_wait_and_take_no_time(
        self,
        service: PushServer,
        transport: WebPushTransport,
        status: int,
        header: str | None,
        rest: float | None,
    ) -> None:
        service.script(answer(status, **({"Retry_After": header} if header else {})))
        started = time.monotonic()
        [outcome] = transport.send([(to(service.subscribe()), make_letter())])

        assert outcome.retryable and outcome.retry_after == rest
        assert time.monotonic() - started < 0.4

    @pytest.mark.parametrize("status", [400, 401, 403, 413])
    def test_about_our_key_or_our_letter_do_not_end_a_browser(
        self, service: PushServer, transport: WebPushTransport, status: int
    ) -> None:
        service.script(answer(status))
        [outcome] = transport.send([(to(service.subscribe()), make_letter())])

        assert outcome.final and not outcome.permanent

    @pytest.mark.parametrize("slow", [hang, drip])
    def test_by_silence_hold_nobody_up_for_long(
        self, service: PushServer, transport: WebPushTransport, slow: Callable[[], object]
    ) -> None:
        silent, quick = service.subscribe(), service.subscribe()
        service.script(slow(), to=silent)  # type: ignore[arg-type]
        started = time.monotonic()
        first, second = transport.send([(to(silent), make_letter()), (to(quick), make_letter())])

        assert first.error_code == "TIMEOUT" and first.retryable
        assert second.accepted
        assert time.monotonic() - started < 1.2

    def test_of_one_service_do_not_hold_up_another(self, service: PushServer) -> None:
        with PushServer(vapid.public_text(KEY)) as slow:
            both = frozenset({slow.place, service.place})
            transport = WebPushTransport(
                KEY, contact="mailto:v@x.example", allowed=both, patience=1
            )
            slow.script(*[hang()] * 20)
            batch = [(to(slow.subscribe()), make_letter()) for _ in range(20)]
            started = time.monotonic()
            *_, last = transport.send([*batch, (to(service.subscribe()), make_letter())])
            transport.close()

            assert last.accepted
            assert time.monotonic() - started < 3

    @pytest.mark.parametrize(
        "endpoint",
        [
            "http://push.example/x",
            "https://push.example:8443/x",
            "https://user@push.example/x",
            "ftp://push.example/x",
            "https:///x",
            "nonsense",
        ],
    )
    def test_of_what_is_no_push_service_come_without_a_question(
        self, transport: WebPushTransport, endpoint: str
    ) -> None:
        [outcome] = transport.send([(to(Browser(endpoint)), make_letter())])
        assert outcome.permanent

    def test_of_a_service_inside_our_own_network_come_without_a_connection(self) -> None:
        dialled: list[str] = []

        def dial(address: str, port: int, seconds: float) -> object:
            dialled.append(address)
            raise OSError

        inside = Network(resolve=lambda host, port: ["10.0.0.7"], dial=dial)  # type: ignore[arg-type]
        transport = WebPushTransport(KEY, contact="mailto:v@x.example", network=inside)
        [outcome] = transport.send([(to(Browser("https://push.example/x")), make_letter())])

        assert outcome.permanent and outcome.error_code == "NOT_PUBLIC"
        assert not dialled

    @pytest.mark.parametrize("keys", [{}, {"p256dh": "AA", "auth": "AA"}])
    def test_of_keys_that_are_none_end_the_browser(
        self, service: PushServer, transport: WebPushTransport, keys: dict[str, str]
    ) -> None:
        address = Address(AddressKind.WEBPUSH, service.subscribe().endpoint, keys)
        [outcome] = transport.send([(address, make_letter())])

        assert outcome.permanent and service.requests == 0

    def test_of_a_phone_are_the_transports_own(self, transport: WebPushTransport) -> None:
        [outcome] = transport.send([(fid("phone"), make_letter())])
        assert outcome.final

    def test_of_a_line_that_is_cut_may_be_tried_again(self) -> None:
        assert outcome_of(NoAnswer("CUT_OFF", ""), now=0).retryable


class TestOurKey:
    def test_is_the_same_in_every_process_and_another_for_another_village(self) -> None:
        made = {vapid.public_text(vapid.key_of("", secret)) for secret in ("one", "two")}

        assert len(made) == 2
        vapid.key_of.cache_clear()
        assert vapid.public_text(vapid.key_of("", "one")) in made

    def test_can_be_given(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()

        for given in (pem, pem.replace("\n", "\\n")):
            found = vapid.public_text(vapid.key_of(given, "unused"))
            assert found == encoded(point_of(key.public_key()))

    def test_is_refused_when_it_is_none(self) -> None:
        with pytest.raises(ValueError, match=r"PEM|key"):
            vapid.key_of("no key at all " + os.urandom(4).hex(), "unused")
