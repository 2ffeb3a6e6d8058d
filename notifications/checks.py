"""What an operator should hear before the village starts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

from notifications.queries import OUTBOX


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
