"""Where somebody's pushes go."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from django.core.cache import cache
from django.db import transaction

from notifications import policies, queries
from notifications.actions.preferences import WayNotHere
from notifications.models import Device, DeviceKind, Way
from village.core.actor import Actor
from village.core.errors import NotFound

# More phones than anybody carries; beyond it, the ones not seen for longest go.
DEVICES_MAX = 10
# How often it is noted that a device is in use; what nobody uses for sixty days is forgotten.
SEEN_EVERY_SECONDS = 24 * 60 * 60
NO_KEYS: Mapping[str, str] = MappingProxyType({})


@transaction.atomic
def register_device(
    *,
    by: Actor,
    kind: DeviceKind,
    address: str,
    keys: Mapping[str, str] = NO_KEYS,
    session_key: str = "",
    at: datetime,
) -> Device:
    """
    Reach the actor at this address from now on, as long as the session lasts.

    An address is one phone or browser: if somebody else was reached there, she is no longer.
    ``keys`` are a browser's ``p256dh`` and ``auth``.

    :raises OutOfScope: in assisted mode
    :raises WayNotHere: if nobody here carries pushes to such an address
    """
    policies.may_keep_devices(by).enforce()
    if not queries.reaches(kind):
        raise WayNotHere(Way.PUSH)
    device, is_new = Device.objects.select_for_update().get_or_create(
        address=address,
        defaults={
            "resident_id": by.principal_id,
            "kind": kind,
            **keys,
            "session_key": session_key,
            "registered_at": at,
            "last_seen_at": at,
        },
    )
    if not is_new:
        if device.resident_id != by.principal_id:
            device.resident_id, device.registered_at = by.principal_id, at
        device.kind, device.session_key, device.last_seen_at = kind, session_key, at
        device.p256dh, device.auth = keys.get("p256dh", ""), keys.get("auth", "")
        device.retired_at, device.retired_reason = None, ""
        device.save()
    others = Device.objects.filter(resident=by.principal_id).exclude(pk=device.pk)
    latest = others.order_by("-last_seen_at", "-pk").values_list("pk", flat=True)
    others.exclude(pk__in=list(latest[: DEVICES_MAX - 1])).delete()
    return device


@transaction.atomic
def forget_device(*, by: Actor, device_id: UUID, at: datetime) -> None:
    """
    Reach the actor no longer on a device of hers.

    :raises NotFound: if she has no such device
    :raises OutOfScope: in assisted mode
    """
    policies.may_keep_devices(by).enforce()
    gone, _ = Device.objects.filter(pk=device_id, resident=by.principal_id).delete()
    if not gone:
        raise NotFound


def forget_devices_of_session(session_key: str) -> int:
    """Push nothing any more to where somebody has signed out; give the number of devices."""
    return Device.objects.filter(session_key=session_key).delete()[0]


def see_devices(*, session_key: str, at: datetime) -> int:
    """Note, once a day, that the village is used where its devices are signed in; give how many."""
    if not session_key or not cache.add(f"device-seen:{session_key}", 1, SEEN_EVERY_SECONDS):
        return 0
    return Device.objects.filter(session_key=session_key).update(last_seen_at=at)
