"""Letters as messages of Firebase Cloud Messaging."""

# The libraries of Google and Firebase declare few types.
# mypy: allow-untyped-calls
from __future__ import annotations

import json

from firebase_admin import messaging

from notifications.transports.base import Address, AddressKind, Letter
from notifications.transports.push import (
    BODY_BYTES,
    LONGEST_TTL,
    NOT_FOR_PHONES,
    TITLE_BYTES,
    cut,
    digest,
    push_headers,
)


class Messages:
    """
    Write the requests of one batch, sent at a time in seconds since 1970.

    Most letters of a batch say the same to many: what they have in common is shaped once, and
    only the phone and the data are put in for each.
    """

    def __init__(self, *, now: float) -> None:
        self._now = now
        self._shaped: dict[tuple[object, ...], str] = {}

    def body(self, address: Address, letter: Letter) -> bytes:
        """
        Give the body of the request that sends a letter to a phone.

        :raises ValueError: if the letter does not have the shape that the protocol asks for
        """
        data = {name: value for name, value in letter.data.items() if name not in NOT_FOR_PHONES}
        if not all(isinstance(value, str) for value in data.values()):
            raise ValueError("what an app needs is text by name")
        data |= {"kind": letter.kind, "link": letter.link}
        phone = "token" if address.kind is AddressKind.FCM_TOKEN else "fid"
        own = json.dumps({phone: address.value, "data": data})
        return f'{{"message": {own[:-1]}, {self._shape_of(letter)[1:]}}}'.encode()

    def _shape_of(self, letter: Letter) -> str:
        words = (letter.title, letter.body, letter.link, letter.collapse_key, letter.language)
        key = (*words, letter.urgent, letter.ttl_seconds)
        if (shape := self._shaped.get(key)) is None:
            shape = self._shaped[key] = _shape(letter, self._now)
        return shape


def _shape(letter: Letter, now: float) -> str:
    """Write a message as JSON, without the phone it goes to and without its data."""
    ttl = min(max(0, letter.ttl_seconds), LONGEST_TTL)
    key = letter.collapse_key or None
    message = messaging.Message(
        notification=messaging.Notification(
            title=cut(letter.title, TITLE_BYTES), body=cut(letter.body, BODY_BYTES)
        ),
        android=messaging.AndroidConfig(
            collapse_key=key,
            priority="high" if letter.urgent else "normal",
            ttl=ttl,
            notification=messaging.AndroidNotification(tag=key) if key else None,
        ),
        apns=messaging.APNSConfig(
            headers=_apns_headers(key, urgent=letter.urgent, expires=int(now) + ttl if ttl else 0),
            payload=messaging.APNSPayload(messaging.Aps(sound="default")),
        ),
        webpush=messaging.WebpushConfig(
            headers=push_headers(key, urgent=letter.urgent, ttl=ttl),
            notification=messaging.WebpushNotification(tag=key, language=letter.language),
            # A link that is not https is refused there, and the app reads it from the data.
            fcm_options=messaging.WebpushFCMOptions(link=letter.link)
            if letter.link.startswith("https://")
            else None,
        ),
        # The library writes no message that goes nowhere.
        fid="-",
    )
    shape = json.loads(str(message))
    del shape["fid"]
    return json.dumps(shape)


def _apns_headers(key: str | None, *, urgent: bool, expires: int) -> dict[str, str]:
    # https://developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns
    headers = {"apns-priority": "10" if urgent else "5", "apns-expiration": str(expires)}
    if key:
        fits = key.isascii() and key.isprintable() and len(key) <= 64
        headers["apns-collapse-id"] = key if fits else digest(key)
    return headers
