"""The mail server of the demo, and its phone: all is kept for /outbox and shown on the console."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone, translation

from notifications.models import SentLetter, Way
from notifications.transports.base import one_line
from village.core.sms import Outcome

# Long enough to show the code of a sign-in, which stands in the first lines.
CONSOLE_WIDTH = 500


class OutboxEmailBackend(BaseEmailBackend):
    """
    Keep mail instead of sending it.

    :raises ImproperlyConfigured: outside the demo, where codes of sign-ins are nobody's to see
    """

    def __init__(self, fail_silently: bool = False, **kwargs: Any) -> None:
        if not settings.VILLAGE_DEMO:
            raise ImproperlyConfigured("No mail server is configured: set EMAIL_URL.")
        super().__init__(fail_silently=fail_silently, **kwargs)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep mails; give their number."""
        for mail in email_messages:
            for to in mail.recipients():
                SentLetter.objects.create(
                    way=Way.EMAIL,
                    to=to[:320],
                    title=one_line(str(mail.subject), 300),
                    body=str(mail.body),
                    language=translation.get_language() or settings.LANGUAGE_CODE,
                    at=timezone.now(),
                )
                line = one_line(f"Mail to {to}: {mail.subject} | {mail.body}", CONSOLE_WIDTH)
                print(line, flush=True)
        return len(email_messages)


def keep_text_message(number: str, text: str) -> Outcome:
    """Keep a text message instead of sending it."""
    kept = SentLetter.objects.create(
        way=Way.SMS,
        to=number,
        title=one_line(text, 300),
        language=translation.get_language() or settings.LANGUAGE_CODE,
        at=timezone.now(),
    )
    print(one_line(f"Text message to {number}: {text}", CONSOLE_WIDTH), flush=True)
    return Outcome.taken(f"development/{kept.pk}")
