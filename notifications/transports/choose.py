"""Which transport carries the letters of a way, by the settings of this deployment."""

from __future__ import annotations

import json
from functools import cache, partial
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from notifications.models import Notification, SentLetter, Way
from notifications.transports import vapid
from notifications.transports.base import (
    Address,
    AddressKind,
    Letter,
    Transport,
    TransportError,
)
from notifications.transports.development import DevelopmentTransport
from notifications.transports.email import EmailTransport
from notifications.transports.sms import SmsTransport

if TYPE_CHECKING:
    from notifications.transports.fcm import FcmTransport
    from notifications.transports.webpush import WebPushTransport

FCM = frozenset({AddressKind.FCM_FID, AddressKind.FCM_TOKEN})
# What the letters of the demo are shown as.
_WAYS = {
    AddressKind.FCM_FID: Way.PUSH,
    AddressKind.FCM_TOKEN: Way.PUSH,
    AddressKind.DEVELOPMENT: Way.PUSH,
    AddressKind.SMS: Way.SMS,
    AddressKind.PRINT: Way.PRINT,
    AddressKind.VOICE: Way.VOICE,
}


def route_of(kind: AddressKind) -> AddressKind:
    """Name what stands for all kinds of addresses that one transport carries to."""
    return AddressKind.FCM_FID if kind in FCM else kind


def transport_for(kind: AddressKind) -> Transport:
    """
    Give the transport to a kind of address; in the demo, what nobody carries is kept for /outbox.

    :raises TransportError: if it cannot be used as it is configured, or there is none
    """
    if kind is AddressKind.WEBPUSH:
        return _web_push(
            settings.VAPID_PRIVATE_KEY,
            settings.SECRET_KEY,
            settings.VAPID_CONTACT,
            frozenset(settings.OUTBOUND_ALLOWED_HOSTS),
        )
    if kind in FCM and settings.FCM_CREDENTIALS:
        return _fcm(settings.FCM_CREDENTIALS, settings.FCM_BASE_URL)
    if kind is AddressKind.EMAIL:
        return EmailTransport(site_url=settings.SITE_URL)
    if kind is AddressKind.SMS and settings.SMS_URL:
        return SmsTransport(site_url=settings.SITE_URL)
    if settings.VILLAGE_DEMO:
        return DevelopmentTransport(partial(_keep, _WAYS[kind]))
    raise TransportError(f"Nobody here carries letters to {kind.value}", permanent=True)


@cache
def _web_push(given: str, secret: str, contact: str, allowed: frozenset[str]) -> WebPushTransport:
    """Make the one transport to browsers of this process, with its connections."""
    # Its libraries take half a second to load, which a village without browsers need not wait.
    from notifications.transports.webpush import WebPushTransport

    try:
        key = vapid.key_of(given, secret)
    except ValueError as error:
        raise TransportError(f"No key for Web Push: {error}", permanent=True) from error
    return WebPushTransport(key, contact=contact, allowed=allowed)


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
