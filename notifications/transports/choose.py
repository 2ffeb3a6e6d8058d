"""Which transport carries the letters of a way, by the settings of this deployment."""

from __future__ import annotations

import json
from functools import cache, partial
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from notifications.models import Notification, SentLetter, Way
from notifications.transports.base import Address, Letter, Transport, TransportError
from notifications.transports.development import DevelopmentTransport
from notifications.transports.email import EmailTransport

if TYPE_CHECKING:
    from notifications.transports.fcm import FcmTransport


def transport_for(way: Way) -> Transport:
    """
    Give the transport of a way; in the demo, what nobody else carries is kept for /outbox.

    :raises TransportError: if it cannot be used as it is configured, or there is none
    """
    if way is Way.PUSH and settings.FCM_CREDENTIALS:
        return _fcm(settings.FCM_CREDENTIALS, settings.FCM_BASE_URL)
    if way is Way.EMAIL:
        return EmailTransport(site_url=settings.SITE_URL)
    if settings.VILLAGE_DEMO:
        return DevelopmentTransport(partial(_keep, way))
    raise TransportError(f"Nobody here carries letters by {way.value}", permanent=True)


@cache
def _fcm(credentials: str, base_url: str) -> FcmTransport:
    """
    Make the one transport of this process, with its connections and its access token.

    ``credentials`` is the path of a service account's key file, or its content.
    """
    # Google's libraries take a second to load, which a village without phones need not wait.
    from notifications.transports.fcm import GOOGLE, FcmTransport

    if not credentials.lstrip().startswith("{"):
        return FcmTransport(credentials, base_url=base_url or GOOGLE)
    try:
        content = json.loads(credentials)
    except ValueError as error:
        raise TransportError(f"FCM_CREDENTIALS is not JSON: {error}", permanent=True) from error
    return FcmTransport(content, base_url=base_url or GOOGLE)


def _keep(way: Way, address: Address, letter: Letter) -> None:
    # By the person's name: an address of a phone tells nobody whose letter it is.
    told = Notification.objects.select_related("resident")
    reader = told.get(pk=UUID(letter.data["notification"])).resident
    SentLetter.objects.create(
        way=way,
        to=reader.display_name,
        title=letter.title,
        body=letter.body,
        link=letter.link,
        language=letter.language,
        at=timezone.now(),
    )
