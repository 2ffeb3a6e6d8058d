"""A letter as a message of Firebase Cloud Messaging."""

# The libraries of Google and Firebase declare few types.
# mypy: allow-untyped-calls
from __future__ import annotations

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
            title=cut(letter.title, TITLE_BYTES), body=cut(letter.body, BODY_BYTES)
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
            headers=push_headers(key, urgent=letter.urgent, ttl=ttl),
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
        headers["apns-collapse-id"] = key if fits else digest(key)
    return headers
