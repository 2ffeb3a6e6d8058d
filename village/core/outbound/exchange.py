"""One request and its answer, bounded as a whole."""

from __future__ import annotations

import ipaddress
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

import httpcore
import httpx

from village.core.outbound.errors import OutboundFailed, OutboundRefused, OutboundTooLarge
from village.core.outbound.gate import INTERNET, Deadline, Gate, Network

_MAX_URL = 2_000
_PORTS = {"http": 80, "https": 443}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BODILESS = _REDIRECTS | {304}
# Labels of a possible length, RFC 1035 section 2.3.4, from which TLS can ask for the name as well.
_NAME = re.compile(r"(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?")
_LONGEST_NAME = 254
# Who is asking is for the first address to know, not for wherever it sends us.
_FOR_THE_FIRST_ONLY = frozenset({"authorization", "cookie", "proxy-authorization"})


@dataclass(frozen=True, slots=True)
class Limits:
    """
    Bound one exchange as a whole, redirects included.

    ``body_bytes`` counts twice, as sent and again after inflation.
    """

    seconds: float = 15.0
    body_bytes: int = 5 * 1024 * 1024
    redirects: int = 3


@dataclass(frozen=True, slots=True)
class Hop:
    """One redirect that was followed: its status, and where it pointed."""

    status: int
    url: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer, inflated; header names are lower case, ``url`` is the last one asked."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    hops: tuple[Hop, ...] = ()


def fetch(
    url: str,
    *,
    headers: Mapping[str, str],
    limits: Limits,
    allowed: frozenset[str],
    network: Network = INTERNET,
) -> Fetched:
    """
    GET a URL that somebody else gave, following a few redirects, each checked anew.

    ``allowed`` names the hosts, as ``host:port``, that are exempt from the checks of address and
    port: a test's or a demo's own server. Any status is an answer, not an error.

    :raises OutboundRefused: the URL, or one it redirects to, is not a public web address.
    :raises OutboundTooLarge: the body passes ``limits.body_bytes``, inflated or not.
    :raises OutboundTimeout: ``limits.seconds`` have passed.
    :raises OutboundFailed: no connection, no proper HTTP, or too many redirects.
    """
    courier = _Courier(limits, allowed, network)
    hops: list[Hop] = []
    target = courier.checked(url)
    while True:
        answer = courier.ask("GET", target, headers, None)
        location = answer.headers.get("location", "")
        if answer.status not in _REDIRECTS or not location:
            return replace(answer, hops=tuple(hops))
        if len(hops) >= limits.redirects:
            raise OutboundFailed(f"more than {limits.redirects} redirects")
        following = courier.checked(_joined(target, location))
        if (following.scheme, following.netloc) != (target.scheme, target.netloc):
            headers = {k: v for k, v in headers.items() if k.lower() not in _FOR_THE_FIRST_ONLY}
        hops.append(Hop(answer.status, str(following)))
        target = following


def post(
    url: str,
    *,
    headers: Mapping[str, str],
    content: bytes,
    limits: Limits,
    allowed: frozenset[str],
    network: Network = INTERNET,
) -> Fetched:
    """
    POST to a URL that somebody else gave; a redirect is an answer like any other.

    :raises OutboundError: as :func:`fetch`.
    """
    courier = _Courier(limits, allowed, network)
    return courier.ask("POST", courier.checked(url), headers, content)


class _Courier:
    """What all requests of one exchange share: its limits, its clock and its way out."""

    def __init__(self, limits: Limits, allowed: frozenset[str], network: Network) -> None:
        self._limits = limits
        self._allowed = allowed
        self._network = network
        self._deadline = Deadline(limits.seconds)

    def checked(self, url: str) -> httpx.URL:
        # Only what the words tell; addresses are checked where the connection is made.
        if len(url) > _MAX_URL:
            raise OutboundRefused("the URL is too long")
        try:
            target = httpx.URL(url)
        except (httpx.InvalidURL, ValueError) as error:
            raise OutboundRefused(f"not a URL: {error}") from error
        if target.scheme not in _PORTS:
            raise OutboundRefused("only http and https are open")
        if target.userinfo:
            raise OutboundRefused("a URL may not carry a name or a password")
        if not _is_host(target.raw_host.decode("ascii")):
            raise OutboundRefused("the host is neither a name nor an address")
        if _port(target) not in _PORTS.values() and _place(target) not in self._allowed:
            raise OutboundRefused("only the ports 80 and 443 are open")
        return target

    def ask(
        self, method: str, target: httpx.URL, headers: Mapping[str, str], content: bytes | None
    ) -> Fetched:
        sent = {name.lower(): value for name, value in headers.items()} | {
            "host": target.netloc.decode("ascii"),
            "accept-encoding": "gzip",
            "connection": "close",
        }
        # One connection for one request: nothing is pooled, so nothing outlives its check.
        connection = httpcore.HTTPConnection(
            httpcore.Origin(target.raw_scheme, target.raw_host, _port(target)),
            ssl_context=self._network.trust() if target.scheme == "https" else None,
            network_backend=Gate(
                self._network, self._deadline, trusted=_place(target) in self._allowed
            ),
        )
        url = httpcore.URL(
            scheme=target.raw_scheme,
            host=target.raw_host,
            port=target.port,
            target=target.raw_path,
        )
        try:
            with (
                connection,
                connection.stream(method, url, headers=list(sent.items()), content=content) as got,
            ):
                received = _folded(got.headers)
                body = b"" if got.status in _BODILESS else self._body(got, received)
                return Fetched(got.status, received, body, str(target))
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise OutboundFailed(f"the exchange broke: {error}") from error

    def _body(self, response: httpcore.Response, headers: Mapping[str, str]) -> bytes:
        coding = headers.get("content-encoding", "identity").strip().lower()
        if coding not in {"", "identity", "gzip", "x-gzip"}:
            raise OutboundFailed("the answer has a coding that nobody asked for")
        # 16 + MAX_WBITS reads the gzip format of RFC 1952.
        inflater = zlib.decompressobj(16 + zlib.MAX_WBITS) if coding.endswith("gzip") else None
        most, sent, body = self._limits.body_bytes, 0, bytearray()
        # h11 has checked that it is a number.
        if int(headers.get("content-length", "0")) > most:
            raise OutboundTooLarge(f"more than {most} bytes announced")
        for chunk in response.iter_stream():
            sent += len(chunk)
            try:
                room = most + 1 - len(body)
                body += inflater.decompress(chunk, room) if inflater else chunk
            except zlib.error as error:
                raise OutboundFailed(f"the gzip body is damaged: {error}") from error
            if sent > most or len(body) > most:
                raise OutboundTooLarge(f"more than {most} bytes")
        if inflater and sent and not inflater.eof:
            raise OutboundFailed("the gzip body is cut off")
        return bytes(body)


def _is_host(host: str) -> bool:
    if _NAME.fullmatch(host):
        return len(host) <= _LONGEST_NAME
    try:
        # A zone, as in fe80::1%eth0, names an interface of this machine.
        return ipaddress.IPv6Address(host).scope_id is None
    except ValueError:
        return False


def _port(target: httpx.URL) -> int:
    return _PORTS[target.scheme] if target.port is None else target.port


def _place(target: httpx.URL) -> str:
    host = target.raw_host.decode("ascii")
    return f"[{host}]:{_port(target)}" if ":" in host else f"{host}:{_port(target)}"


def _joined(target: httpx.URL, location: str) -> str:
    try:
        return str(target.join(location).copy_with(fragment=None))
    except (httpx.InvalidURL, ValueError) as error:
        raise OutboundRefused(f"a redirect to what is no URL: {error}") from error


def _folded(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    folded: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        folded[name] = f"{folded[name]}, {value}" if name in folded else value
    return folded
