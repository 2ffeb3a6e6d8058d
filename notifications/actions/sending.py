"""Handing letters out to be carried, and keeping what became of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import override

from notifications import policies
from notifications.models import (
    Delivery,
    DeliveryQuerySet,
    DeliveryState,
    Device,
    Way,
)
from notifications.transports.base import Address, AddressKind, Letter, Outcome
from village.core.actor import Actor
from village.journal.notices import Importance, Notice
from village.realtime.tickets import living_sessions
from village.residents.models import Membership, Resident

# Longer than any transport takes for one batch.
LEASE = timedelta(minutes=5)
TRIES = 8
LONGEST_WAIT = 3600.0
# Nobody wants to hear of it later than that.
KEPT_FRESH = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Errand:
    """Hold one letter on its way: which delivery, at its how-manieth try, and where it goes."""

    delivery_id: int
    tries: int
    device_id: UUID | None
    written_at: datetime
    address: Address
    letter: Letter


@transaction.atomic
def lease_deliveries(
    *,
    by: Actor,
    way: Way,
    at: datetime,
    at_most: int,
    resting: Collection[AddressKind] = (),
) -> list[Errand]:
    """
    Take letters of one way that are due, each for nobody else as long as ``LEASE``.

    Those to devices of ``resting`` kinds are left where they are.

    What is not wanted any more is given up here: she has read it, moved away, signed the device
    out or handed it on, or it is too old.

    :raises Forbidden: if the actor is not the system
    """
    policies.may_carry(by).enforce()
    rows = list(
        Delivery.objects.due(at)
        .filter(way=way)
        .exclude(device__kind__in=resting)
        .select_related("notification__resident", "device")
        # On SQLite there is one writer at a time, and no such lock.
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("due_at", "pk")[:at_most]
    )
    reasons = _Reasons(rows, at)
    errands: list[Errand] = []
    for row in rows:
        if reason := reasons.against(row):
            row.state, row.error_code = DeliveryState.DEAD, reason
            row.save(update_fields=["state", "error_code"])
        else:
            errands.append(_errand(row, at))
    leased = Delivery.objects.filter(pk__in=[errand.delivery_id for errand in errands])
    leased.update(due_at=at + LEASE, tries=F("tries") + 1)
    return errands


@transaction.atomic
def keep_outcomes(
    *, by: Actor, kept: Sequence[tuple[Errand, Outcome]], jitter: float, at: datetime
) -> int:
    """
    Keep what became of letters; give the number of those that were sent.

    ``jitter`` between 0 and 1 spreads the next tries. A letter whose lease has run out belongs
    to somebody else by now, but sent is sent.

    :raises Forbidden: if the actor is not the system
    """
    policies.may_carry(by).enforce()
    return sum(_keep(errand, outcome, jitter, at) for errand, outcome in kept)


@transaction.atomic
def give_back(*, by: Actor, errands: Sequence[Errand], wait: float, at: datetime) -> None:
    """
    Take letters back that nobody has tried to carry; it does not count as a try.

    ``wait`` is in seconds.

    :raises Forbidden: if the actor is not the system
    """
    policies.may_carry(by).enforce()
    for errand in errands:
        _waiting(errand).update(due_at=at + timedelta(seconds=wait), tries=errand.tries - 1)


def _keep(errand: Errand, outcome: Outcome, jitter: float, at: datetime) -> bool:
    if outcome.accepted:
        waiting = Delivery.objects.filter(pk=errand.delivery_id, state=DeliveryState.WAITING)
        return bool(
            waiting.update(
                state=DeliveryState.SENT, sent_at=at, provider_id=outcome.provider_id, error_code=""
            )
        )
    if outcome.permanent and errand.device_id is not None:
        device = Device.objects.filter(
            pk=errand.device_id, address=errand.address.value, retired_at=None
        )
        device.update(retired_at=at, retired_reason=outcome.error_code)
    if not outcome.retryable:
        _waiting(errand).update(state=DeliveryState.FAILED, error_code=outcome.error_code)
        return False
    backoff = jitter * min(LONGEST_WAIT, 2.0**errand.tries)
    due_at = at + timedelta(seconds=max(outcome.retry_after or 0.0, backoff))
    if errand.tries >= TRIES or due_at > errand.written_at + KEPT_FRESH:
        _waiting(errand).update(state=DeliveryState.DEAD, error_code=outcome.error_code)
    else:
        _waiting(errand).update(due_at=due_at, error_code=outcome.error_code)
    return False


def _waiting(errand: Errand) -> DeliveryQuerySet:
    return Delivery.objects.filter(
        pk=errand.delivery_id, state=DeliveryState.WAITING, tries=errand.tries
    )


class _Reasons:
    """Know what speaks against sending letters now, for a whole batch at once."""

    def __init__(self, rows: Sequence[Delivery], at: datetime) -> None:
        people = {row.notification.resident_id for row in rows}
        memberships = Membership.objects.current().filter(
            resident__in=people, resident__is_active=True
        )
        self._at = at
        self._living_here = set(memberships.values_list("resident", "village"))
        self._sessions = living_sessions(
            {row.device.session_key for row in rows if row.device and row.device.session_key}
        )

    def against(self, row: Delivery) -> str:
        """Say why a letter is not wanted any more; empty when it is."""
        told, device = row.notification, row.device
        if told.read_at is not None:
            return "READ"
        if (told.resident_id, told.village_id) not in self._living_here:
            return "MOVED_AWAY"
        if self._at > told.created_at + KEPT_FRESH:
            return "TOO_OLD"
        if device is None:
            return "" if _address(row).value else "NO_ADDRESS"
        if device.resident_id != told.resident_id:
            return "HANDED_ON"
        if device.retired_at is not None:
            return "RETIRED"
        if device.session_key and device.session_key not in self._sessions:
            return "SIGNED_OUT"
        return ""


def _errand(row: Delivery, at: datetime) -> Errand:
    return Errand(
        delivery_id=row.pk,
        tries=row.tries + 1,
        device_id=row.device_id,
        written_at=row.notification.created_at,
        address=_address(row),
        letter=_letter(row, at),
    )


def _address(row: Delivery) -> Address:
    resident: Resident = row.notification.resident
    if row.device is not None:
        keys = {"p256dh": row.device.p256dh, "auth": row.device.auth}
        kind = AddressKind(row.device.kind)
        return Address(kind, row.device.address, keys if kind is AddressKind.WEBPUSH else {})
    if row.way == Way.EMAIL:
        return Address(AddressKind.EMAIL, resident.email or "")
    if row.way == Way.PRINT:
        return Address(AddressKind.PRINT, resident.display_name)
    kind = AddressKind.SMS if row.way == Way.SMS else AddressKind.VOICE
    return Address(kind, resident.phone or "")


def _letter(row: Delivery, at: datetime) -> Letter:
    told = row.notification
    notice = Notice.declared.get(told.notice)
    importance = notice.importance if notice is not None else Importance.SOCIAL
    title, body = told.title, told.body
    if row.way == Way.PUSH and (notice is None or notice.is_private):
        # A lock screen is read by whoever passes by, and the providers read along.
        with override(told.language):
            title, body = _("There is something new for you"), _("Open the village to read it.")
    return Letter(
        title=title,
        body=body,
        link=told.link,
        collapse_key=told.thread or str(told.pk),
        kind=told.notice,
        data={"notification": str(told.pk), "village": told.village_id},
        urgent=importance not in (Importance.SOCIAL, Importance.DIGEST),
        ttl_seconds=int((told.created_at + KEPT_FRESH - at).total_seconds()),
        language=told.language,
    )
