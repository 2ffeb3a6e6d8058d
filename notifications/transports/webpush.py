"""
Push messages to browsers, over the push service that each browser named (RFC 8030, 8291, 8292).

The address of a browser is a URL that a client gave us, so connections go through the guarded
way out. The words are encrypted for the browser alone: the push service sees how long they are.
"""

# pywebpush and py_vapid declare few types.
# mypy: allow-untyped-calls
from __future__ import annotations

import json
import socket
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02
from pywebpush import WebPusher

from notifications.transports.base import Address, AddressKind, Letter, Outcome
from notifications.transports.lanes import Answer, Lanes, NoAnswer, Request
from notifications.transports.push import (
    BODY_BYTES,
    LONGEST_REST,
    LONGEST_TTL,
    NOT_FOR_PHONES,
    PATIENCE,
    REST_AFTER_429,
    TITLE_BYTES,
    cut,
    push_headers,
)
from notifications.transports.subscriptions import keys_are_good, origin_of
from village.core.outbound import (
    INTERNET,
    Deadline,
    Gate,
    Network,
    OutboundError,
    OutboundRefused,
    seconds_to_wait,
)

# RFC 8291, section 4: 4096 bytes with the header of 86, the delimiter and the tag of 16.
MOST_BYTES = 4096 - 86 - 1 - 16
# RFC 8292, section 2: at most a day; made anew well before.
TOKEN_SECONDS = 12 * 3600
TOKEN_USED_SECONDS = 10 * 3600
# Push services that are asked at once, and whose connections are kept.
SERVICES_AT_ONCE = 8
SERVICES_KEPT = 16
_LONGEST_NAME = 300


@dataclass(frozen=True, slots=True)
class _Parcel:
    """Hold what goes to one browser, and its place in the batch."""

    place: int
    origin: str
    request: Request


class WebPushTransport:
    """
    Send letters to browsers by their subscriptions.

    ``contact`` is whom a push service may write to (``mailto:``). ``allowed`` names places
    (``host:port``) that are trusted although they are not public: those of tests.
    """

    name = "webpush"

    def __init__(
        self,
        key: ec.EllipticCurvePrivateKey,
        *,
        contact: str,
        allowed: frozenset[str] = frozenset(),
        patience: float = PATIENCE,
        network: Network = INTERNET,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._vapid = Vapid02(key)
        self._contact, self._allowed = contact, allowed
        self._patience, self._network, self._clock = patience, network, clock
        self._lock = Lock()
        self._lanes: OrderedDict[str, Lanes] = OrderedDict()
        self._tokens: OrderedDict[str, tuple[str, float]] = OrderedDict()

    def send(self, batch: Sequence[tuple[Address, Letter]]) -> list[Outcome]:
        """
        Send a batch; one outcome for each letter, in the same order.

        Takes four times the patience at most, however slowly some push service answers.
        """
        outcomes: list[Outcome] = []
        services: dict[str, list[_Parcel]] = {}
        for place, (address, letter) in enumerate(batch):
            packed = self._packed(place, address, letter)
            if isinstance(packed, _Parcel):
                services.setdefault(packed.origin, []).append(packed)
                packed = Outcome.later("NOT_SENT", "The batch took too long; this was not sent")
            outcomes.append(packed)
        latest = monotonic() + 2 * self._patience

        def deliver(parcels: list[_Parcel]) -> None:
            if monotonic() > latest:
                return
            lanes = self._lanes_to(parcels[0].origin)
            answers = lanes.post_all([each.request for each in parcels])
            for parcel, answer in zip(parcels, answers, strict=True):
                outcomes[parcel.place] = outcome_of(answer, now=self._clock())

        if len(services) == 1:
            deliver(*services.values())
        elif services:
            with ThreadPoolExecutor(min(len(services), SERVICES_AT_ONCE)) as pool:
                list(pool.map(deliver, services.values()))
        return outcomes

    def close(self) -> None:
        """Close the connections that are at rest."""
        with self._lock:
            for lanes in self._lanes.values():
                lanes.close()
            self._lanes.clear()

    def _packed(self, place: int, address: Address, letter: Letter) -> _Parcel | Outcome:
        if address.kind is not AddressKind.WEBPUSH:
            return Outcome.refused("WRONG_TRANSPORT", f"Web Push does not reach {address.kind}")
        origin = origin_of(address.value, self._allowed)
        if not origin or not keys_are_good(address.keys):
            return Outcome.gone("MALFORMED_ADDRESS", "This is no subscription of a browser")
        info = {"endpoint": address.value, "keys": dict(address.keys)}
        body = WebPusher(info).encode(payload(letter), content_encoding="aes128gcm")["body"]
        ttl = min(max(0, letter.ttl_seconds), LONGEST_TTL)
        headers = [
            ("Authorization", self._token(origin)),
            ("Content-Encoding", "aes128gcm"),
            ("Content-Type", "application/octet-stream"),
            *push_headers(letter.collapse_key or None, urgent=letter.urgent, ttl=ttl).items(),
        ]
        parts = urlsplit(address.value)
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        return _Parcel(place, origin, Request(path, headers, body))

    def _token(self, origin: str) -> str:
        """Give the sign by which a push service knows us; one is good for all that goes there."""
        now = self._clock()
        with self._lock:
            token, good_until = self._tokens.get(origin, ("", 0.0))
            if now >= good_until:
                # A fresh dict each time: py_vapid keeps what it adds to the one it is given.
                claims = {"aud": origin, "exp": int(now) + TOKEN_SECONDS, "sub": self._contact}
                token = str(self._vapid.sign(claims)["Authorization"])
                self._tokens[origin] = (token, now + TOKEN_USED_SECONDS)
                while len(self._tokens) > SERVICES_KEPT:
                    self._tokens.popitem(last=False)
            return token

    def _lanes_to(self, origin: str) -> Lanes:
        with self._lock:
            lanes = self._lanes.get(origin)
            if lanes is None:
                lanes = Lanes(origin, patience=self._patience, dial=self._dial)
                self._lanes[origin] = lanes
            self._lanes.move_to_end(origin)
            while len(self._lanes) > SERVICES_KEPT:
                self._lanes.popitem(last=False)[1].close()
            return lanes

    def _dial(self, host: str, port: int, seconds: float) -> socket.socket:
        """
        Open a connection to a push service, if it is one that everybody can reach.

        :raises NoAnswer: if it is not
        """
        trusted = f"{host}:{port}" in self._allowed
        try:
            gate = Gate(self._network, Deadline(seconds), trusted=trusted)
            return gate.connect(host, port)
        except OutboundRefused as error:
            raise NoAnswer("NOT_PUBLIC", str(error)) from error
        except OutboundError as error:
            raise NoAnswer("UNREACHABLE", str(error)) from error


def outcome_of(answer: Answer | NoAnswer, *, now: float) -> Outcome:
    """
    Read what became of a letter from a push service's answer.

    Source: RFC 8030, sections 5, 7.3 and 8.4; RFC 8292, section 4.2, for 401 and 403: these are
    about our key, and a browser is not given up for them.
    """
    if isinstance(answer, NoAnswer):
        if answer.code == "NOT_PUBLIC":
            return Outcome.gone(answer.code, str(answer))
        return Outcome.later(answer.code, str(answer))
    if 200 <= answer.status < 300:
        return Outcome.taken(answer.headers.get("location", "") or f"HTTP_{answer.status}")
    code, detail = f"HTTP_{answer.status}", answer.data.decode("utf-8", "replace")
    if answer.status in (404, 410):
        return Outcome.gone("UNSUBSCRIBED", f"{code}: {detail}")
    header = answer.headers.get("retry-after", "")
    rest = seconds_to_wait(header, now=now, at_most=LONGEST_REST)
    if answer.status == 429:
        return Outcome.later(code, detail, REST_AFTER_429 if rest is None else rest)
    if answer.status in (408, 425) or answer.status >= 500:
        return Outcome.later(code, detail, rest)
    return Outcome.refused(code, detail)


def payload(letter: Letter) -> bytes:
    """Give what the browser's service worker is told, in at most ``MOST_BYTES``."""
    told = {
        **{name: text for name, text in letter.data.items() if name not in NOT_FOR_PHONES},
        "title": cut(letter.title, TITLE_BYTES),
        "kind": letter.kind,
        "link": letter.link if len(letter.link) <= _LONGEST_NAME else "",
        "tag": letter.collapse_key[:_LONGEST_NAME],
        "language": letter.language,
    }
    room = min(BODY_BYTES, MOST_BYTES - len(_json({**told, "body": ""})))
    body = cut(letter.body, max(0, room))
    while body and len(_json({**told, "body": body})) > MOST_BYTES:
        # What needs escapes is longer than it looks.
        body = cut(body, len(body.encode()) * 3 // 4)
    return _json({**told, "body": body})


def _json(told: dict[str, str]) -> bytes:
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")
