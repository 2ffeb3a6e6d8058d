"""A letter as a message of Firebase Cloud Messaging."""

# The libraries of Google and Firebase declare few types.
# mypy: allow-untyped-calls
from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64encode

from firebase_admin import messaging

from notifications.transports.base import Address, AddressKind, Letter

# https://firebase.google.com/docs/cloud-messaging/concept-options: a payload holds 4096 bytes
# at most. These limits leave half of it to the data; a lock screen shows less still.
TITLE_BYTES = 256
BODY_BYTES = 1536
# https://firebase.google.com/docs/cloud-messaging/concept-options#ttl: four weeks at most.
LONGEST_TTL = 2_419_200
# What other transports find in the data of a letter, and a phone has no use for.
NOT_FOR_PHONES = frozenset({"unsubscribe_url"})


def encode(address: Address, letter: Letter, *, now: float) -> bytes:
    """
    Return the body of the request that sends a letter, at a time in seconds since 1970.

    :raises ValueError: if the letter does not have the shape that the protocol asks for
    """
    ttl = min(max(0, letter.ttl_seconds), LONGEST_TTL)
    key = letter.collapse_key or None
    data = {name: value for name, value in letter.data.items() if name not in NOT_FOR_PHONES}
    message = messaging.Message(
        notification=messaging.Notification(
            title=_cut(letter.title, TITLE_BYTES), body=_cut(letter.body, BODY_BYTES)
        ),
        data={**data, "kind": letter.kind, "link": letter.link},
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
            headers=_webpush_headers(key, urgent=letter.urgent, ttl=ttl),
            notification=messaging.WebpushNotification(tag=key, language=letter.language),
            # A link that is not https is refused there, and the app reads it from the data.
            fcm_options=messaging.WebpushFCMOptions(link=letter.link)
            if letter.link.startswith("https://")
            else None,
        ),
    )
    if address.kind is AddressKind.FCM_TOKEN:
        # The library warns that tokens go, in favour of installation ids, when one is given to
        # the constructor. There are phones that know no other address yet, Flutter apps among
        # them, so it is set afterwards: a filter for the warning would not be safe in threads.
        message.token = address.value
    else:
        message.fid = address.value
    return f'{{"message": {message}}}'.encode()


def _apns_headers(key: str | None, *, urgent: bool, expires: int) -> dict[str, str]:
    # https://developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns
    headers = {"apns-priority": "10" if urgent else "5", "apns-expiration": str(expires)}
    if key:
        fits = key.isascii() and key.isprintable() and len(key) <= 64
        headers["apns-collapse-id"] = key if fits else _digest(key)
    return headers


def _webpush_headers(key: str | None, *, urgent: bool, ttl: int) -> dict[str, str]:
    # RFC 8030, sections 5.2 to 5.4.
    headers = {"TTL": str(ttl), "Urgency": "high" if urgent else "normal"}
    if key:
        headers["Topic"] = key if re.fullmatch(r"[\w-]{1,32}", key, re.ASCII) else _digest(key)
    return headers


def _digest(key: str) -> str:
    """Return 32 characters of the URL-safe alphabet that stand for the key."""
    return urlsafe_b64encode(hashlib.sha256(key.encode("utf-8", "replace")).digest()[:24]).decode()


def _cut(text: str, limit: int) -> str:
    """Return the text in at most so many bytes of UTF-8, with an ellipsis where it was cut."""
    data = text.encode("utf-8", "replace")
    if len(data) <= limit:
        return data.decode()
    return data[: limit - len("…".encode())].decode("utf-8", "ignore").rstrip() + "…"
