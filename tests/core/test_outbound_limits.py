"""Answers from outside: how long, how large, how strange, and from whom."""

from __future__ import annotations

import datetime
import gzip
import socket
import ssl
import threading
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.loopback import answer, serving
from tests.support.outside import get, leading_to, redirect, resolved
from village.core.outbound import (
    Limits,
    Network,
    OutboundError,
    OutboundFailed,
    OutboundRefused,
    OutboundTimeout,
    OutboundTooLarge,
)

pytestmark = pytest.mark.once


def drip(piece: bytes, first: bytes = b"") -> Callable[[socket.socket, threading.Event], None]:
    """Send a little every twentieth of a second, for ever."""

    def converse(connected: socket.socket, over: threading.Event) -> None:
        connected.sendall(first)
        while not over.wait(0.05):
            connected.sendall(piece)

    return converse


class TestTime:
    @pytest.mark.parametrize(
        "converse",
        [
            drip(b"X-Slow: 1\r\n", b"HTTP/1.1 200 OK\r\n"),
            drip(b"HTTP/1.1 103 Early Hints\r\n\r\n"),
            drip(b"x", b"HTTP/1.1 200 OK\r\n\r\n"),
            drip(b"1\r\nx\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
            drip(b""),
        ],
        ids=["headers", "hints", "body", "chunks", "silence"],
    )
    def test_is_over_however_slowly_it_drips(
        self, converse: Callable[[socket.socket, threading.Event], None]
    ) -> None:
        begun = time.monotonic()
        with serving(converse) as server:
            with pytest.raises(OutboundTimeout) as late:
                get("http://news.example.org/", leading_to(server), limits=Limits(seconds=0.3))
            assert time.monotonic() - begun < 2
        assert late.value.code == "outbound.timeout"

    def test_counts_over_all_redirects(self) -> None:
        def converse(connected: socket.socket, over: threading.Event) -> None:
            over.wait(0.2)
            connected.sendall(redirect("/again"))

        limits = Limits(seconds=0.5, redirects=100)
        with serving(converse) as server, pytest.raises(OutboundTimeout):
            get("http://news.example.org/", leading_to(server), limits=limits)
        assert 2 <= len(server.heard) <= 3


class TestSize:
    def test_of_fifty_megabytes_is_not_read_to_the_end(self) -> None:
        sent = []

        def converse(connected: socket.socket, over: threading.Event) -> None:
            connected.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            for _ in range(50):
                connected.sendall(b"x" * 1024 * 1024)
                sent.append(1)

        with serving(converse) as server, pytest.raises(OutboundTooLarge) as large:
            get("http://news.example.org/", leading_to(server))
        assert large.value.code == "outbound.too_large"
        assert len(sent) < 25

    def test_that_is_announced_is_not_even_begun(self) -> None:
        huge = b"HTTP/1.1 200 OK\r\nContent-Length: 52428800\r\n\r\n"
        with serving(huge) as server, pytest.raises(OutboundTooLarge):
            get("http://news.example.org/", leading_to(server))

    def test_of_a_gzip_bomb_is_never_unfolded(self) -> None:
        bomb = gzip.compress(bytes(50 * 1024 * 1024))
        assert len(bomb) < 100_000
        with serving(answer(bomb, content_encoding="gzip")) as server:
            tracemalloc.start()
            try:
                with pytest.raises(OutboundTooLarge):
                    get("http://news.example.org/", leading_to(server))
                peak = tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()
        assert peak < 6 * 1024 * 1024

    def test_of_gzip_inside_of_gzip_is_one_layer(self) -> None:
        inner = gzip.compress(b"news")
        with serving(answer(gzip.compress(inner), content_encoding="gzip")) as server:
            assert get("http://news.example.org/", leading_to(server)).body == inner

    @pytest.mark.parametrize("size", [0, 1, 1024 * 1024 - 1, 1024 * 1024])
    @pytest.mark.parametrize("coding", ["identity", "gzip"])
    def test_up_to_the_limit_is_welcome(self, size: int, coding: str) -> None:
        body = b"x" * size
        sent = gzip.compress(body) if coding == "gzip" else body
        with serving(answer(sent, content_encoding=coding)) as server:
            assert get("http://news.example.org/", leading_to(server)).body == body

    def test_one_byte_beyond_the_limit_is_not(self) -> None:
        body = gzip.compress(b"x" * (1024 * 1024 + 1))
        sent = answer(body, content_encoding="gzip")
        with serving(sent) as server, pytest.raises(OutboundTooLarge):
            get("http://news.example.org/", leading_to(server))


class TestAnswers:
    def test_carry_status_headers_and_body(self) -> None:
        sent = answer(b"news", status="404 Not Found", ETag='"1"', Vary="a") + b""
        with serving(sent.replace(b"Vary: a", b"Vary: a\r\nVary: b")) as server:
            fetched = get("http://news.example.org/feed?a=1", leading_to(server))
        assert (fetched.status, fetched.body, fetched.hops) == (404, b"news", ())
        assert fetched.headers["etag"] == '"1"'
        assert fetched.headers["vary"] == "a, b"
        request = server.heard[0].lower()
        assert request.startswith(b"get /feed?a=1 http/1.1\r\nhost: news.example.org\r\n")
        assert b"accept-encoding: gzip\r\n" in request

    def test_may_be_that_nothing_changed(self) -> None:
        unchanged = answer(status="304 Not Modified", content_length="99999999")
        with serving(unchanged) as server:
            fetched = get("http://news.example.org/", leading_to(server))
        assert (fetched.status, fetched.body) == (304, b"")

    @pytest.mark.parametrize(
        "sent",
        [
            b"",
            b"SSH-2.0-OpenSSH_9.2\r\n",
            b"\x16\x03\x01",
            b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nnews",
            b"HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000,
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            answer(b"news", content_encoding="br"),
            answer(b"news", content_encoding="gzip"),
            answer(gzip.compress(b"news" * 99)[:-9], content_encoding="gzip"),
            answer(gzip.compress(b"news"), content_encoding="gzip, gzip"),
        ],
    )
    def test_that_make_no_sense_are_a_failure(self, sent: bytes) -> None:
        with serving(sent) as server, pytest.raises(OutboundFailed) as failed:
            get("http://news.example.org/", leading_to(server))
        assert failed.value.code == "outbound.failed"

    def test_never_come_from_a_closed_door(self) -> None:
        def dial(address: str, port: int, seconds: float) -> socket.socket:
            raise ConnectionRefusedError("closed")

        with pytest.raises(OutboundFailed):
            get("http://news.example.org/", Network(resolve=resolved, dial=dial))

    def test_that_fail_have_words_for_people(self) -> None:
        kinds = (OutboundRefused, OutboundTooLarge, OutboundTimeout, OutboundFailed)
        assert all(issubclass(kind, OutboundError) and kind.words for kind in kinds)
        assert len({kind.code for kind in kinds}) == len(kinds)


class TestSecureConnections:
    @pytest.fixture
    def seal(self, tmp_path: Path) -> Path:
        """Issue a certificate for news.example.org, signed by nobody else."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "news.example.org")])
        today = datetime.datetime.now(datetime.UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(today - datetime.timedelta(days=1))
            .not_valid_after(today + datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("news.example.org")]), False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
            .sign(key, hashes.SHA256())
        )
        path = tmp_path / "seal.pem"
        path.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return path

    def trusting(self, seal: Path) -> Callable[[], ssl.SSLContext]:
        return lambda: ssl.create_default_context(cafile=str(seal))

    def secured(
        self, seal: Path, asked_for: list[str | None]
    ) -> Callable[[socket.socket, threading.Event], None]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(seal)
        context.sni_callback = lambda _object, name, _context: asked_for.append(name)

        def converse(connected: socket.socket, over: threading.Event) -> None:
            with context.wrap_socket(connected, server_side=True) as secure:
                secure.recv(65536)
                secure.sendall(answer(b"news"))

        return converse

    def test_are_made_with_the_name_at_the_checked_address(self, seal: Path) -> None:
        asked_for: list[str | None] = []
        with serving(self.secured(seal, asked_for), listens=False) as server:
            network = Network(resolved, server.connect, self.trusting(seal))
            assert get("https://news.example.org/", network).body == b"news"
        assert asked_for == ["news.example.org"]

    def test_are_not_made_with_another_name(self, seal: Path) -> None:
        with serving(self.secured(seal, []), listens=False) as server:
            network = Network(resolved, server.connect, self.trusting(seal))
            with pytest.raises(OutboundFailed):
                get("https://other.example.org/", network)

    def test_are_not_made_with_somebody_nobody_vouches_for(self, seal: Path) -> None:
        with (
            serving(self.secured(seal, []), listens=False) as server,
            pytest.raises(OutboundFailed),
        ):
            get("https://news.example.org/", leading_to(server))

    def test_are_not_made_with_a_server_that_speaks_in_the_clear(self) -> None:
        with serving(answer(b"news")) as server, pytest.raises(OutboundFailed):
            get("https://news.example.org/", leading_to(server))

    def test_run_out_of_time_while_shaking_hands(self) -> None:
        with serving(drip(b"")) as server, pytest.raises(OutboundTimeout):
            get("https://news.example.org/", leading_to(server), limits=Limits(seconds=0.3))
