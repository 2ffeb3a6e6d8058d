"""
Codes by text message: written down in the request, sent just after it.

A request that asks for a code writes the same row whether or not anybody has the number, and waits
for no gateway; so neither its answer nor its time tells who lives here. Row and number are sealed,
and gone as soon as the message is.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from village.core import sms
from village.core.sealing import seal, unseal
from village.entrance.models import TextMessage

log = structlog.get_logger(__name__)
# A code is good for ten minutes; after half of them somebody has asked for a new one.
GOOD_FOR: Final = timedelta(minutes=5)
LEASE: Final = timedelta(seconds=20)
TRIES: Final = 3
_AGAIN: Final = timedelta(seconds=5)
_PURPOSE: Final = "text-message"
# Told of each message that waits, after its commit; ``tasks`` puts its nudge here.
wakers: list[Callable[[int], None]] = []


def write_code(*, number: str, code: str, language: str, is_known: bool, at: datetime) -> None:
    """Write the message with a code; one to a number that nobody has is never sent."""
    with translation.override(language):
        words = _("%(code)s is your code for the village. Give it to nobody.") % {"code": code}
    # The last line lets a phone offer the code, on the village's own pages alone:
    # https://wicg.github.io/sms-one-time-codes/
    text = f"{words}\n\n@{urlsplit(settings.SITE_URL).hostname} #{code}"
    said = json.dumps({"number": number, "text": text, "sent": is_known})
    row = TextMessage.objects.create(
        sealed=seal(_PURPOSE, said), due_at=at, expires_at=at + GOOD_FOR
    )
    for wake in wakers:
        transaction.on_commit(partial(wake, row.pk), robust=True)


def send_text(message_id: int, at: datetime) -> bool:
    """Send one message that waits and that nobody else sends; tell whether it was taken."""
    waiting = TextMessage.objects.filter(pk=message_id, due_at__lte=at)
    if not waiting.update(due_at=at + LEASE, tries=F("tries") + 1):
        return False
    message = TextMessage.objects.get(pk=message_id)
    said = json.loads(unseal(_PURPOSE, message.sealed))
    if not said["sent"] or message.expires_at <= at or message.tries > TRIES:
        message.delete()
        return False
    outcome = sms.send(said["number"], said["text"])
    if outcome.accepted or outcome.permanent or message.tries == TRIES:
        message.delete()
        return outcome.accepted
    wait = max(_AGAIN, timedelta(seconds=outcome.retry_after or 0))
    TextMessage.objects.filter(pk=message_id).update(due_at=timezone.now() + wait)
    return False


def send_due_texts(at: datetime) -> int:
    """Send the messages that no nudge reached; give the number that were taken."""
    due = TextMessage.objects.filter(due_at__lte=at).order_by("due_at")
    return sum(send_text(pk, at) for pk in due.values_list("pk", flat=True)[:100])
