"""The message that everybody hands over, and firebase-admin pointed at the bench's provider."""

# The library declares few types.
# mypy: allow-untyped-calls
from __future__ import annotations

import json
import os
from typing import Any
from uuid import uuid4

TITLE = "News from the bakery"
BODY = "The bakery opens at six, and there is fresh bread at the community centre."
VILLAGE = "bench"
GOOGLE = "https://fcm.googleapis.com"


def message(**to: str) -> Any:
    """Make it with the library's own words."""
    from firebase_admin import messaging

    key = str(uuid4())
    return messaging.Message(
        notification=messaging.Notification(title=TITLE, body=BODY),
        data={"notification": key, "village": VILLAGE, "kind": "board.news", "link": "/news/1"},
        android=messaging.AndroidConfig(
            collapse_key=key,
            priority="normal",
            ttl=3600,
            notification=messaging.AndroidNotification(tag=key),
        ),
        **to,
    )


def prepare_firebase() -> None:
    """Make the library's app, once; it can be told of no other server than Google's."""
    import firebase_admin
    from firebase_admin import credentials, messaging

    if not firebase_admin._apps:
        account = json.loads(os.environ["FCM_CREDENTIALS"])
        firebase_admin.initialize_app(credentials.Certificate(account))
        service = messaging._MessagingService
        service.FCM_URL = service.FCM_URL.replace(GOOGLE, os.environ["FCM_BASE_URL"])
