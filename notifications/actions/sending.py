"""Handing letters out to be carried, and keeping what became of them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import CharField, F, Func, JSONField, TextField, Value
from django.db.models.functions import Cast, Concat

from notifications import policies
from notifications.actions import throttling
from notifications.actions.errands import Errand, errands_of
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
# So many parts of digests one worker takes at once, however many letters they make.
MOST_OF_ALL_DIGESTS = 2000


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
        if rows and rows[0].is_emergency:
            # They go alone: behind none of the others, whatever transport each of them takes.
            rows = [row for row in rows if row.is_emergency]
        elif bucket is not None:
            # The others are left as they are, and go when there are tokens again.
            rows = rows[:tokens]
        rows = _with_their_digests(rows, due)
        wanted = _set_aside(rows, Rechecks(rows, way, at))
        if wanted or not rows:
            break
    errands = errands_of(_letters_of(wanted), at)
    leased = Delivery.objects.filter(pk__among=[row.pk for row in wanted])
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
    for _, rows in _waiting_by_tries(errands):
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
    waiting = Delivery.objects.filter(pk__among=names, state=DeliveryState.WAITING)
    return waiting.update(
        state=DeliveryState.SENT, sent_at=at, error_code="", provider_id=_looked_up(names)
    )


@transaction.atomic
def give_back(*, by: Actor, errands: Sequence[Errand], wait: float, at: datetime) -> None:
    """
    Take letters back that nobody has tried to carry; it does not count as a try.

    ``wait`` is in seconds.

    :raises Forbidden: if the actor is not the system
    """
    policies.may_carry(by).enforce()
    for tries, rows in _waiting_by_tries(errands):
        rows.update(due_at=at + timedelta(seconds=wait), tries=tries - 1)


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
    """
    Add what belongs into the same letters as some of these, with two questions for all of them.

    Digests that would make the batch too large are left out of it, and go with the next one.
    """
    single = [row for row in rows if row.timing == Timing.NOW]
    parts: dict[tuple[object, ...], list[int]] = {
        _letter_of(row): [] for row in rows if row.timing != Timing.NOW
    }
    if not parts:
        return single
    others = due.filter(notification__resident__id__among={person for person, *_ in parts})
    named = others.exclude(timing=Timing.NOW).values_list(
        "notification__resident", "device", "tries", "pk"
    )
    for *letter, pk in named.order_by("pk"):
        if (found := parts.get(tuple(letter))) is not None and len(found) < MOST_OF_A_DIGEST:
            found.append(pk)
    chosen: list[int] = []
    for pks in parts.values():
        if chosen and len(chosen) + len(pks) > MOST_OF_ALL_DIGESTS:
            break
        chosen += pks
    here = {row.pk: row for row in rows}
    if missing := set(chosen) - here.keys():
        here |= {row.pk: row for row in _taken(due.filter(pk__among=missing))}
    return [*single, *(here[pk] for pk in chosen if pk in here)]


def _letter_of(row: Delivery) -> tuple[object, ...]:
    return row.notification.resident_id, row.device_id, row.tries


def _letters_of(rows: Sequence[Delivery]) -> list[list[Delivery]]:
    letters: dict[object, list[Delivery]] = {}
    for row in rows:
        is_single = row.timing == Timing.NOW
        letters.setdefault(row.pk if is_single else _letter_of(row), []).append(row)
    return list(letters.values())


def _set_aside(rows: Sequence[Delivery], rechecks: Rechecks) -> list[Delivery]:
    """Give up what is not wanted any more, let wait what is to wait, and give the others."""
    wanted: list[Delivery] = []
    others: dict[str | Waits, list[int]] = {}
    for row in rows:
        if reason := rechecks.against(row):
            others.setdefault(reason, []).append(row.pk)
        else:
            wanted.append(row)
    for reason, pks in others.items():
        aside = Delivery.objects.filter(pk__among=pks)
        if isinstance(reason, Waits):
            aside.update(due_at=reason.until)
        else:
            aside.update(state=DeliveryState.DEAD, error_code=reason)
    return wanted


def _looked_up(names: Mapping[int, str]) -> Func:
    """Look each row's id up in names that are handed over as one parameter."""
    key = Cast("pk", TextField())
    if connection.vendor == "postgresql":
        found = Value({str(pk): name for pk, name in names.items()}, output_field=JSONField())
        return Func(found, key, function="jsonb_extract_path_text", output_field=CharField())
    text = Value(json.dumps({str(pk): name for pk, name in names.items()}))
    path = Concat(Value('$."'), key, Value('"'), output_field=CharField())
    return Func(text, path, function="json_extract", output_field=CharField())


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


def _waiting_by_tries(errands: Sequence[Errand]) -> Iterator[tuple[int, DeliveryQuerySet]]:
    for tries in {each.tries for each in errands}:
        pks = [pk for each in errands if each.tries == tries for pk in each.deliveries]
        waiting = Delivery.objects.filter(pk__among=pks, state=DeliveryState.WAITING, tries=tries)
        yield tries, waiting


def _waiting(sent: Errand) -> DeliveryQuerySet:
    return Delivery.objects.filter(
        pk__in=sent.deliveries, state=DeliveryState.WAITING, tries=sent.tries
    )
