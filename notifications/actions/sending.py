"""Handing letters out to be carried, and keeping what became of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Value, When

from notifications import policies
from notifications.actions import throttling
from notifications.actions.errands import Errand, errand
from notifications.actions.rechecks import Rechecks, Waits
from notifications.models import (
    Delivery,
    DeliveryQuerySet,
    DeliveryState,
    Device,
    Timing,
    Way,
)
from notifications.transports.base import AddressKind, Outcome
from village.core.actor import Actor

TRIES = 8
LONGEST_WAIT = 3600.0
# A night's worth of letters that nobody wants any more holds up no other way.
BATCHES_LOOKED_AT = 20
# More than anybody reads in one letter.
MOST_OF_A_DIGEST = 100


@transaction.atomic
def lease_deliveries(
    *,
    by: Actor,
    way: Way,
    at: datetime,
    at_most: int,
    only_emergencies: bool = False,
    resting: Collection[AddressKind] = (),
) -> list[Errand]:
    """
    Take letters of one way that are due, emergencies first, each for nobody else for a lease.

    Those to devices of ``resting`` kinds are left where they are. What is not wanted any more is
    given up here, and what is to wait waits: see ``Rechecks``.

    :raises Forbidden: if the actor is not the system
    """
    policies.may_carry(by).enforce()
    bucket, tokens = throttling.tokens_for(way, at)
    due = Delivery.objects.due(at).filter(way=way).exclude(device__kind__in=resting)
    if way in (Way.PRINT, Way.VOICE):
        due = due.not_by_hand()
    if only_emergencies:
        due = due.filter(is_emergency=True)
    wanted: list[Delivery] = []
    for _ in range(BATCHES_LOOKED_AT):
        rows = list(_taken(due.order_by("-is_emergency", "due_at", "pk")[:at_most]))
        if bucket is not None:
            # The others are left as they are, and go when there are tokens again.
            rows = [row for place, row in enumerate(rows) if row.is_emergency or place < tokens]
        rows = _with_their_digests(rows, due)
        rechecks = Rechecks(rows, way, at)
        wanted = [row for row in rows if not _set_aside(row, rechecks.against(row))]
        if wanted or not rows:
            break
    errands = [errand(together, at) for together in _letters_of(wanted)]
    leased = Delivery.objects.filter(pk__in=[row.pk for row in wanted])
    leased.update(due_at=at + _lease(), tries=F("tries") + 1)
    if bucket is not None:
        throttling.take(bucket, len(errands), at)
    return errands


@transaction.atomic
def renew_lease(*, by: Actor, errands: Sequence[Errand], at: datetime) -> None:
    """
    Keep letters that are still being carried from coming due.

    :raises Forbidden: if the actor is not the system
    """
    policies.may_carry(by).enforce()
    for tries in {each.tries for each in errands}:
        pks = [pk for each in errands if each.tries == tries for pk in each.deliveries]
        rows = Delivery.objects.filter(pk__in=pks, state=DeliveryState.WAITING, tries=tries)
        rows.update(due_at=at + _lease())


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
    sent = [(each, outcome) for each, outcome in kept if outcome.accepted]
    for each, outcome in kept:
        if not outcome.accepted:
            _keep_refusal(each, outcome, jitter, at)
    names = {pk: outcome.provider_id for each, outcome in sent for pk in each.deliveries}
    if not names:
        return 0
    waiting = Delivery.objects.filter(pk__in=names, state=DeliveryState.WAITING)
    # One statement for all of them, in which only the provider's names differ.
    named = Case(*(When(pk=pk, then=Value(name)) for pk, name in names.items()))
    return waiting.update(state=DeliveryState.SENT, sent_at=at, error_code="", provider_id=named)


@transaction.atomic
def give_back(*, by: Actor, errands: Sequence[Errand], wait: float, at: datetime) -> None:
    """
    Take letters back that nobody has tried to carry; it does not count as a try.

    ``wait`` is in seconds.

    :raises Forbidden: if the actor is not the system
    """
    policies.may_carry(by).enforce()
    for each in errands:
        _waiting(each).update(due_at=at + timedelta(seconds=wait), tries=each.tries - 1)


@transaction.atomic
def send_again(*, by: Actor, deliveries: Collection[int], at: datetime) -> int:
    """
    Try letters once more that were refused or given up; give their number.

    What nobody wants any more is given up again, for the same reason.

    :raises Forbidden: if the actor is not the system
    """
    policies.may_carry(by).enforce()
    ended = (DeliveryState.FAILED, DeliveryState.DEAD)
    rows = Delivery.objects.filter(pk__in=deliveries, state__in=ended)
    return rows.update(state=DeliveryState.WAITING, tries=0, due_at=at, error_code="")


def _lease() -> timedelta:
    return timedelta(seconds=settings.LETTER_LEASE_SECONDS)


def _taken(due: DeliveryQuerySet) -> DeliveryQuerySet:
    # On SQLite there is one writer at a time, and no such lock.
    return due.select_related("notification__resident", "device").select_for_update(
        skip_locked=True, of=("self",)
    )


def _with_their_digests(rows: Sequence[Delivery], due: DeliveryQuerySet) -> list[Delivery]:
    """Add what belongs into the same letters as some of these."""
    found = {row.pk: row for row in rows}
    for row in rows:
        if row.timing == Timing.NOW:
            continue
        others = due.filter(
            notification__resident=row.notification.resident_id,
            device=row.device_id,
            tries=row.tries,
        ).exclude(timing=Timing.NOW)
        for other in _taken(others.order_by("pk")[:MOST_OF_A_DIGEST]):
            found.setdefault(other.pk, other)
    return list(found.values())


def _letters_of(rows: Sequence[Delivery]) -> list[list[Delivery]]:
    letters: dict[object, list[Delivery]] = {}
    for row in rows:
        is_single = row.timing == Timing.NOW
        together = (row.notification.resident_id, row.device_id, row.tries)
        letters.setdefault(row.pk if is_single else together, []).append(row)
    return list(letters.values())


def _set_aside(row: Delivery, reason: str | Waits) -> bool:
    if isinstance(reason, Waits):
        row.due_at = reason.until
        row.save(update_fields=["due_at"])
    elif reason:
        row.state, row.error_code = DeliveryState.DEAD, reason
        row.save(update_fields=["state", "error_code"])
    return bool(reason)


def _keep_refusal(sent: Errand, outcome: Outcome, jitter: float, at: datetime) -> None:
    if outcome.permanent and sent.device_id is not None:
        device = Device.objects.filter(
            pk=sent.device_id, address=sent.address.value, retired_at=None
        )
        device.update(retired_at=at, retired_reason=outcome.error_code)
    if not outcome.retryable:
        _waiting(sent).update(state=DeliveryState.FAILED, error_code=outcome.error_code)
        return
    backoff = jitter * min(LONGEST_WAIT, 2.0**sent.tries)
    due_at = at + timedelta(seconds=max(outcome.retry_after or 0.0, backoff))
    if sent.tries >= TRIES or due_at >= sent.ends_at:
        _waiting(sent).update(state=DeliveryState.DEAD, error_code=outcome.error_code)
    else:
        _waiting(sent).update(due_at=due_at, error_code=outcome.error_code)


def _waiting(sent: Errand) -> DeliveryQuerySet:
    return Delivery.objects.filter(
        pk__in=sent.deliveries, state=DeliveryState.WAITING, tries=sent.tries
    )
