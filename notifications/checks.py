"""What an operator should hear before the village starts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from notifications.queries import OUTBOX, web_push_key


@register
def mail_server(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Warn of a village that can send nobody a code to sign in with."""
    if settings.VILLAGE_DEMO or settings.EMAIL_BACKEND != OUTBOX:
        return []
    return [
        Warning(
            "No mail server is configured: nobody can sign in by e-mail.",
            hint="Set EMAIL_URL, for example smtp+tls://user:password@mail.example:587.",
            id="notifications.W001",
        )
    ]


@register
def key_for_browsers(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a key that no browser would take."""
    try:
        web_push_key()
    except ValueError as error:
        return [
            Error(
                f"VAPID_PRIVATE_KEY cannot be used: {error}",
                hint="Give a private key of the curve P-256 as PEM, or none at all.",
                id="notifications.E001",
            )
        ]
    return []
