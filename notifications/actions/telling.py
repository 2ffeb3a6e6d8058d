"""From an entry of the journal to the people who want to hear of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone, translation

from notifications import policies, queries
from notifications.actions.escalating import first_step_after
from notifications.facts import NotificationMade
from notifications.models import Delivery, Device, FanOut, Notification, Way
from village.core.actor import SYSTEM, Actor
from village.journal.actions import record_all
from village.journal.models import Entry
from village.journal.notices import Importance, Notice, Words, notices_of
from village.journal.queries import recorded as read_entry
from village.journal.readers import Recorded
from village.residents.models import Resident
from village.residents.queries import village_or_404

# So many are told in the reaction itself; more of them batch by batch, each its own transaction.
AT_ONCE = 50
BATCH = 200
# A batch takes a second or two; whoever dies in one is followed by another worker.
LEASE = timedelta(seconds=25)


@transaction.atomic
def tell(*, by: Actor, recorded: Recorded, at: datetime) -> None:
    """
    Tell everybody who wants to hear of an entry; a second call tells nobody twice.

    A large audience is only noted here, as a FanOut.

    :raises Forbidden: if the actor is not the system
    """
    policies.may_carry(by).enforce()
    for notice in notices_of(type(recorded.fact)):
        readers = queries.readers_of(notice, recorded, after=None, at_most=AT_ONCE + 1)
        if len(readers) <= AT_ONCE:
            _tell(notice, recorded, readers, at)
        else:
            FanOut.objects.get_or_create(
                entry_id=recorded.entry_id,
                notice=notice.key,
                defaults={
                    "due_at": at,
                    "is_emergency": notice.importance is Importance.EMERGENCY,
                },
            )


def claim_fan_out(*, by: Actor, fan_out_id: int, at: datetime) -> bool:
    """
    Take a fan-out that is due for as long as ``LEASE``; tell whether nobody else has it.

    :raises Forbidden: if the actor is not the system
    """
    policies.may_carry(by).enforce()
    due = FanOut.objects.filter(pk=fan_out_id, done_at=None, due_at__lte=at)
    return bool(due.update(due_at=at + LEASE))


@transaction.atomic
def tell_next(*, by: Actor, fan_out_id: int, at: datetime) -> bool:
    """
    Tell the next ``BATCH`` of a large audience; tell whether there are more.

    The cursor moves in the transaction that tells, so a crash repeats nothing and skips nobody.

    :raises Forbidden: if the actor is not the system
    """
    policies.may_carry(by).enforce()
    fan_out = FanOut.objects.select_for_update().filter(pk=fan_out_id, done_at=None).first()
    if fan_out is None:
        return False
    readers: list[Resident] = []
    # A notice that a later version dropped has nothing to tell any more.
    if (notice := Notice.declared.get(fan_out.notice)) is not None:
        recorded = read_entry(Entry.objects.get(pk=fan_out.entry_id))
        readers = queries.readers_of(notice, recorded, after=fan_out.cursor, at_most=BATCH)
        _tell(notice, recorded, readers, at)
    is_done = len(readers) < BATCH
    if readers:
        fan_out.cursor = readers[-1].pk
    fan_out.due_at, fan_out.done_at = at + LEASE, at if is_done else None
    fan_out.save(update_fields=["cursor", "due_at", "done_at"])
    return not is_done


def _tell(notice: Notice, recorded: Recorded, readers: Sequence[Resident], at: datetime) -> None:
    told = Notification.objects.filter(
        entry_id=recorded.entry_id, notice=notice.key, resident__in=readers
    ).values_list("resident", flat=True)
    ids = {reader.pk for reader in readers} - set(told)
    choices = queries.choices_of(ids, notice)
    thread = notice.thread(recorded.fact) if notice.thread else ""
    muted = queries.muted_by(ids, village=recorded.fact.village, thread=thread)
    habits = queries.habits_of(ids)
    is_emergency = notice.importance is Importance.EMERGENCY
    first_step = first_step_after(notice)
    devices = _devices_of(ids, at)
    words = _Words(notice, recorded)
    notifications: list[Notification] = []
    deliveries: list[Delivery] = []
    for reader in readers:
        if reader.pk not in ids:
            continue
        plan = queries.plan_of(notice, choices[reader.pk], is_muted=reader.pk in muted)
        zone = queries.zone_of(habits.get(reader.pk), words.zone)
        made = Notification(
            village_id=recorded.fact.village,
            resident=reader,
            notice=notice.key,
            kind=recorded.fact.kind,
            entry_id=recorded.entry_id,
            thread=thread,
            in_inbox=Way.INBOX in plan,
            created_at=at,
            next_step_at=at + first_step if first_step and Way.INBOX in plan else None,
        )
        carried = [
            Delivery(
                notification=made,
                way=way,
                device=device,
                is_emergency=is_emergency,
                timing=plan[way],
                due_at=queries.due_at(plan[way], at, zone),
            )
            for way in sorted(plan.keys() - {Way.INBOX})
            if not queries.lacks_address(reader, way)
            for device in (devices.get(reader.pk, []) if way is Way.PUSH else [None])
        ]
        if (made.in_inbox or carried) and words.say(made):
            notifications.append(made)
            deliveries += carried
    Notification.objects.bulk_create(notifications)
    Delivery.objects.bulk_create(deliveries)
    record_all(
        [
            NotificationMade(
                village=made.village_id, notification_id=made.pk, resident_id=made.resident_id
            )
            for made in notifications
            if made.in_inbox
        ],
        by=SYSTEM,
        at=at,
    )


class _Words:
    """Find the words of a notice, once for all readers of a language."""

    def __init__(self, notice: Notice, recorded: Recorded) -> None:
        self._notice, self._fact = notice, recorded.fact
        self.zone = village_or_404(recorded.fact.village).tzinfo
        self._found: dict[str, Words | None] = {}

    def say(self, made: Notification) -> bool:
        """Write the reader's words on her notification; tell whether there is anything to say."""
        language = made.resident.language
        if language not in self._found:
            with translation.override(language), timezone.override(self.zone):
                self._found[language] = self._notice.words(self._fact)
        words = self._found[language]
        if words is None:
            return False
        made.language, made.expires_at = language, words.until
        made.title, made.body, made.link = str(words.title)[:300], str(words.body), words.link
        return True


def _devices_of(residents: Iterable[UUID], at: datetime) -> dict[UUID, list[Device]]:
    found: dict[UUID, list[Device]] = {}
    for device in Device.objects.in_use(at).filter(resident__in=residents).order_by("pk"):
        found.setdefault(device.resident_id, []).append(device)
    return found
