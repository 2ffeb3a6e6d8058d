"""Who wants to hear of what, by which way, and what she has been told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from notifications import timetable
from notifications.models import (
    EVERYTHING,
    Device,
    DeviceKind,
    FanOut,
    Habits,
    Mute,
    Notification,
    NotificationQuerySet,
    Preference,
    SentLetter,
    Timing,
    Way,
)
from notifications.transports import subscriptions, vapid
from village.assist.reach import ways_of_people
from village.core import sms
from village.core.actor import Actor
from village.core.errors import NotFound
from village.journal.notices import Importance, Notice
from village.journal.readers import Recorded
from village.residents.models import Resident
from village.residents.queries import blocked_with, members

OUTBOX = "notifications.transports.outbox.OutboxEmailBackend"
# What concerns a person herself: she is told unasked, and it always stays in her inbox.
CONCERNS_HER = frozenset(
    {Importance.EMERGENCY, Importance.DRILL, Importance.PERSONAL, Importance.TRANSACTIONAL}
)
UNASKED = frozenset({Way.INBOX, Way.PUSH})
# Of a large audience so many are asked for at once: the first of them are mostly enough.
ASKED_AT_ONCE = 1000
# What somebody has chosen: a notice or EVERYTHING, and a way.
Choices = Mapping[tuple[str, Way], Timing]


def ways_here() -> frozenset[Way]:
    """Give the ways that this deployment can tell people by; the demo keeps every letter."""
    if settings.VILLAGE_DEMO:
        return frozenset(Way)
    # Browsers can be reached without any account, phones with one of Firebase.
    ways = {Way.INBOX, Way.PUSH}
    if sms.is_there():
        ways.add(Way.SMS)
    if settings.EMAIL_BACKEND != OUTBOX:
        ways.add(Way.EMAIL)
    return frozenset(ways)


def reaches(kind: DeviceKind) -> bool:
    """Tell whether anybody here carries pushes to devices of a kind."""
    if kind is DeviceKind.WEBPUSH:
        return True
    if kind is DeviceKind.DEVELOPMENT:
        return bool(settings.VILLAGE_DEMO)
    return bool(settings.VILLAGE_DEMO or settings.FCM_CREDENTIALS)


def can_be_written_to(endpoint: str, keys: Mapping[str, str]) -> bool:
    """Tell whether letters can go to a browser by a subscription of this shape."""
    allowed = frozenset(settings.OUTBOUND_ALLOWED_HOSTS)
    return bool(subscriptions.origin_of(endpoint, allowed)) and subscriptions.keys_are_good(keys)


def web_push_key() -> str:
    """Give the public key that a browser wants before it lets this village send it pushes."""
    return vapid.public_text(vapid.key_of(settings.VAPID_PRIVATE_KEY, settings.SECRET_KEY))


def timing_of(notice: Notice, way: Way, choices: Choices) -> Timing:
    """
    Tell when somebody hears of a notice by a way.

    What she has chosen for the notice comes before what she has chosen for everything, and that
    before the default. An emergency is not a part of everything, and comes at once or not at all:
    the ways by which everybody is told cannot be switched off, others can be added.
    """
    if way == Way.INBOX and notice.importance in CONCERNS_HER:
        return Timing.NOW
    unasked = way in UNASKED and notice.importance in CONCERNS_HER
    if notice.importance is Importance.EMERGENCY:
        asked = choices.get((notice.key, way), Timing.NONE) is not Timing.NONE
        return Timing.NOW if unasked or asked else Timing.NONE
    timing = choices.get((EVERYTHING, way), Timing.NOW if unasked else Timing.NONE)
    return choices.get((notice.key, way), timing)


def plan_of(notice: Notice, choices: Choices, *, is_muted: bool = False) -> dict[Way, Timing]:
    """
    Give the ways by which somebody is told of a notice, and when.

    Nothing silences an emergency, nor what goes by her own way: who helps her could mute it.
    """
    plan = {way: timing_of(notice, way, choices) for way in ways_here()}
    is_silent = is_muted and not notice.goes_her_way
    if is_silent and notice.importance is not Importance.EMERGENCY:
        kept = {Way.INBOX} if notice.importance in CONCERNS_HER else set()
        plan = {way: timing for way, timing in plan.items() if way in kept}
    return {way: timing for way, timing in plan.items() if timing is not Timing.NONE}


def muted_by(residents: Collection[UUID], *, village: str, thread: str) -> set[UUID]:
    """Give those who want to hear nothing of a matter, or of the whole village."""
    threads = {"", thread}
    rows = Mute.objects.filter(resident__in=residents, village=village, thread__in=threads)
    return set(rows.values_list("resident", flat=True))


def habits_of(residents: Collection[UUID]) -> dict[UUID, Habits]:
    """Give when residents are not to be disturbed, as far as they have said so."""
    return {each.resident_id: each for each in Habits.objects.filter(resident__in=residents)}


def zone_of(habits: Habits | None, village: ZoneInfo) -> ZoneInfo:
    """Give the zone by whose clocks somebody lives: her own, or that of the village."""
    return ZoneInfo(habits.zone) if habits is not None and habits.zone else village


def due_at(timing: Timing, at: datetime, zone: ZoneInfo) -> datetime:
    """Give the moment at which something that was told is sent, in the zone of its reader."""
    if timing is Timing.HOURLY:
        return timetable.next_hour(at)
    if timing is Timing.DAILY:
        return timetable.next_morning(at, zone)
    return timetable.next_monday(at, zone) if timing is Timing.WEEKLY else at


def mutes_of(by: Actor) -> QuerySet[Mute]:
    """Give what the actor wants to hear nothing of."""
    return Mute.objects.filter(resident=by.principal_id)


def choices_of(
    residents: Collection[UUID], notice: Notice | None = None
) -> dict[UUID, dict[tuple[str, Way], Timing]]:
    """Give what residents have chosen, for one notice or for all, in one query."""
    rows = Preference.objects.filter(resident__in=residents)
    if notice is not None:
        rows = rows.filter(notice__in=(notice.key, EVERYTHING))
    found: dict[UUID, dict[tuple[str, Way], Timing]] = {each: {} for each in residents}
    for resident, key, way, timing in rows.values_list("resident", "notice", "way", "timing"):
        found[resident][key, Way(way)] = Timing(timing)
    if notice is not None and notice.goes_her_way:
        for resident, her_way in _her_ways(notice, found).items():
            found[resident][notice.key, her_way] = Timing.NOW
    return found


def _her_ways(notice: Notice, ids: Collection[UUID]) -> dict[UUID, Way]:
    """
    Give the first way of each one's own order that leads to her here.

    Of those whom nobody has asked, whoever has nothing digital gets on paper what no helper may
    see; all the rest goes as it was chosen.
    """
    orders = ways_of_people(ids)
    wanting = Resident.objects.filter(pk__in=ids if notice.scope is None else orders)
    with_phone = set(
        Device.objects.filter(resident__in=ids, retired_at=None).values_list("resident", flat=True)
    )
    here, found = ways_here(), {}
    for person in wanting:
        has_phone = person.pk in with_phone
        if person.pk not in orders and (person.email or has_phone):
            continue
        order = [*map(Way, orders.get(person.pk, [])), Way.PRINT, Way.EMAIL, Way.PUSH]
        leading = (
            way
            for way in order
            if way in here and not lacks_address(person, way) and (way is not Way.PUSH or has_phone)
        )
        if (first := next(leading, None)) is not None:
            found[person.pk] = first
    return found


def lacks_address(resident: Resident, way: Way) -> bool:
    """Tell whether a way would lead nowhere; a phone for pushes may always come later."""
    if way is Way.EMAIL:
        return not resident.email
    return way in (Way.SMS, Way.VOICE) and not resident.phone


def readers_of(
    notice: Notice, recorded: Recorded, *, after: UUID | None, at_most: int
) -> list[Resident]:
    """
    Give those to be told of an entry that follow ``after``, in the order of their ids.

    They are the notice's audience, as far as it lives in the village and asked to hear of it.
    Nobody is told what she did herself; what a helper did, her principal is told.
    """
    # Asked for apart: joined with the village a second time, a database that has not counted its
    # rows yet tries everybody against everybody.
    wanted = {each for each in notice.audience(recorded.fact) if after is None or each > after}
    readers = members(recorded.fact.village).exclude(pk=recorded.helper_id or recorded.principal_id)
    if not notice.is_official:
        readers = readers.exclude(pk__in=blocked_with(recorded.principal_id))
    if notice.importance not in CONCERNS_HER:
        asked = Preference.objects.filter(
            resident=OuterRef("pk"), notice__in=(notice.key, EVERYTHING)
        )
        readers = readers.filter(Exists(asked.exclude(timing=Timing.NONE)))
    in_turn, found = sorted(wanted), list[Resident]()
    for first in range(0, len(in_turn), ASKED_AT_ONCE):
        some = readers.filter(id__among=in_turn[first : first + ASKED_AT_ONCE])
        found += some.order_by("pk")[: at_most - len(found)]
        if len(found) == at_most:
            break
    return found


def inbox(by: Actor) -> NotificationQuerySet:
    """Give what the actor was told; no mandate covers reading it."""
    if by.is_assisted:
        return Notification.objects.none()
    return Notification.objects.filter(resident=by.principal_id, in_inbox=True)


def unread_count(by: Actor) -> int:
    """Count what lies unread in the actor's inbox."""
    return inbox(by).unread().current(timezone.now()).count()


def notification(notification_id: UUID) -> Notification | None:
    """Find a notification."""
    return Notification.objects.filter(pk=notification_id).first()


def notifications(ids: Collection[UUID]) -> dict[UUID, Notification]:
    """Find notifications, in one query."""
    return Notification.objects.in_bulk(ids)


def devices_of(by: Actor, *, at: datetime) -> QuerySet[Device]:
    """Give the devices on which the actor can be reached; no mandate covers them."""
    if by.is_assisted:
        return Device.objects.none()
    return Device.objects.in_use(at).filter(resident=by.principal_id)


def due_fan_outs(at: datetime, *, only_emergencies: bool = False) -> list[int]:
    """Give the fan-outs that nobody works on, emergencies and then the oldest first."""
    rows = FanOut.objects.filter(done_at=None, due_at__lte=at)
    if only_emergencies:
        rows = rows.filter(is_emergency=True)
    return list(rows.order_by("-is_emergency", "due_at").values_list("pk", flat=True))


def outbox() -> QuerySet[SentLetter]:
    """
    Give the letters of the demo, newest first.

    :raises NotFound: outside the demo
    """
    if not settings.VILLAGE_DEMO:
        raise NotFound
    return SentLetter.objects.order_by("-pk")
