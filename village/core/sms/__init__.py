"""Text messages: the one way out to a phone that only rings and shows letters."""

from __future__ import annotations

import structlog
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from prometheus_client import Counter

from village.core.sms.gateway import Gateway
from village.core.sms.outcome import Carrier, Outcome

__all__ = ["Carrier", "Gateway", "Outcome", "is_there", "send"]

log = structlog.get_logger(__name__)
SENT = Counter("village_text_messages_total", "Text messages handed over.", ["outcome"])


def is_there() -> bool:
    """Tell whether this deployment can send text messages."""
    return bool(settings.SMS_URL or settings.SMS_CARRIER)


def send(number: str, text: str) -> Outcome:
    """
    Send one text message, once; ``number`` is in E.164, such as ``+4915112345678``.

    Neither number nor text is ever logged.
    """
    carrier = _carrier()
    outcome = Outcome.later("NO_GATEWAY") if carrier is None else carrier(number, text)
    SENT.labels(_label(outcome)).inc()
    if not outcome.accepted:
        log.warning("text_message_not_taken", error=outcome.error_code)
    return outcome


def _label(outcome: Outcome) -> str:
    if outcome.accepted:
        return "accepted"
    return "refused" if outcome.permanent else "later"


def _carrier() -> Carrier | None:
    if settings.SMS_URL:
        return _gateway()
    if settings.SMS_CARRIER:
        carrier: Carrier = import_string(settings.SMS_CARRIER)
        return carrier
    return None


def _gateway() -> Gateway:
    if settings.SMS_FORMAT not in ("json", "form"):
        raise ImproperlyConfigured("SMS_FORMAT is json or form.")
    return Gateway(
        url=settings.SMS_URL,
        headers={"Authorization": settings.SMS_AUTHORIZATION} if settings.SMS_AUTHORIZATION else {},
        is_form=settings.SMS_FORMAT == "form",
        fields=settings.SMS_FIELDS,
        extra=settings.SMS_EXTRA,
        sender=settings.SMS_FROM,
        plus=settings.SMS_PLUS,
        answer_id=settings.SMS_ANSWER_ID,
        answer_error=settings.SMS_ANSWER_ERROR,
        answer_taken=settings.SMS_ANSWER_TAKEN,
        bad_numbers=frozenset(settings.SMS_BAD_NUMBERS),
        seconds=settings.SMS_SECONDS,
    )
