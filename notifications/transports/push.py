"""What pushes of every kind share: how much fits, and what replaces what."""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64encode

# https://firebase.google.com/docs/cloud-messaging/concept-options: a payload holds 4096 bytes
# at most. These limits leave half of it to the data; a lock screen shows less still.
TITLE_BYTES = 256
BODY_BYTES = 1536
# https://firebase.google.com/docs/cloud-messaging/concept-options#ttl: four weeks at most, and
# so it is with the other push services.
LONGEST_TTL = 2_419_200
# What other transports find in the data of a letter, and a phone has no use for.
NOT_FOR_PHONES = frozenset({"unsubscribe_url"})
# At least ten seconds for an answer, and a minute of rest when a 429 names none:
# https://firebase.google.com/docs/cloud-messaging/scale-fcm.
PATIENCE = 10.0
REST_AFTER_429 = 60.0
LONGEST_REST = 86_400.0


def push_headers(key: str | None, *, urgent: bool, ttl: int) -> dict[str, str]:
    """Give the headers of a Web Push (RFC 8030, sections 5.2 to 5.4)."""
    headers = {"TTL": str(ttl), "Urgency": "high" if urgent else "normal"}
    if key:
        headers["Topic"] = key if re.fullmatch(r"[\w-]{1,32}", key, re.ASCII) else digest(key)
    return headers


def digest(key: str) -> str:
    """Return 32 characters of the URL-safe alphabet that stand for the key."""
    return urlsafe_b64encode(hashlib.sha256(key.encode("utf-8", "replace")).digest()[:24]).decode()


def cut(text: str, limit: int) -> str:
    """Return the text in at most so many bytes of UTF-8, with an ellipsis where it was cut."""
    data = text.encode("utf-8", "replace")
    if len(data) <= limit:
        return data.decode()
    return data[: limit - len("…".encode())].decode("utf-8", "ignore").rstrip() + "…"
