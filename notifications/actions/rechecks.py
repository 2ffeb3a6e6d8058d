"""What speaks against sending a letter now, although it was right when it was written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from notifications import presence, queries, timetable
from notifications.actions.errands import address_of, ends_of
from notifications.models import Delivery, DeliveryState, Timing, Way
from village.journal.models import Entry
from village.journal.notices import Notice
from village.realtime.tickets import living_sessions
from village.residents.models import Membership, Village
from village.residents.queries import hidden_from

# What makes a noise keeps to quiet hours, and to so many in a day.
NOISY = frozenset({Way.PUSH, Way.SMS, Way.VOICE})
PUSHES_A_DAY = 20
A_DAY = timedelta(days=1)
# Whoever looks at the village will see it herself; if not, she is told after all.
TIME_TO_SEE = timedelta(seconds=60)
_WRITTEN_WITHIN = timedelta(days=12)


@dataclass(frozen=True, slots=True)
class Waits:
    """Say until when a letter waits."""

    until: datetime


class Rechecks:
    """Know what speaks against sending letters now, for a whole batch at once."""

    def __init__(self, rows: Sequence[Delivery], way: Way, at: datetime) -> None:
        people = {row.notification.resident_id for row in rows}
        memberships = Membership.objects.current().filter(
            resident__id__among=people, resident__is_active=True
        )
        self._way, self._at = way, at
        self._living_here = set(memberships.values_list("resident", "village"))
        self._sessions = living_sessions(
            {row.device.session_key for row in rows if row.device and row.device.session_key}
        )
        self._apart = hidden_from(people)
        self._doers = self._doers_of(rows) if any(self._apart.values()) else {}
        self._looking = presence.looking(people) if way is Way.PUSH else set()
        self._habits = queries.habits_of(people) if way in NOISY else {}
        self._zones = {
            village.pk: village.tzinfo
            for village in Village.objects.filter(
                pk__in={row.notification.village_id for row in rows}
            )
            if self._habits
        }
        self._pushed = self._pushed_to(people) if way is Way.PUSH else {}

    def against(self, row: Delivery) -> str | Waits:
        """Say why a letter is not wanted any more, or until when it waits; empty when it goes."""
        return self._not_wanted(row) or self._not_here(row) or self._not_now(row)

    def _not_wanted(self, row: Delivery) -> str:
        told = row.notification
        if told.read_at is not None:
            return "READ"
        if (told.resident_id, told.village_id) not in self._living_here:
            return "MOVED_AWAY"
        if self._at >= ends_of(row):
            return "TOO_OLD"
        doer = self._doers.get(told.entry_id)
        notice = Notice.declared.get(told.notice)
        if doer in self._apart.get(told.resident_id, ()) and not (notice and notice.is_official):
            return "APART"
        return ""

    def _not_here(self, row: Delivery) -> str:
        device = row.device
        if device is None:
            return "" if address_of(row).value else "NO_ADDRESS"
        if device.resident_id != row.notification.resident_id:
            return "HANDED_ON"
        if device.retired_at is not None:
            return "RETIRED"
        if device.session_key and device.session_key not in self._sessions:
            return "SIGNED_OUT"
        return ""

    def _not_now(self, row: Delivery) -> str | Waits:
        if row.is_emergency or self._way not in NOISY:
            return ""
        told = row.notification
        if (habits := self._habits.get(told.resident_id)) is not None:
            zone = queries.zone_of(habits, self._zones[told.village_id])
            if habits.quiet_from is not None and habits.quiet_until is not None:
                ends = timetable.end_of_quiet(self._at, habits.quiet_from, habits.quiet_until, zone)
                if ends is not None:
                    return Waits(ends)
        if told.resident_id in self._looking and self._at < told.created_at + TIME_TO_SEE:
            return Waits(told.created_at + TIME_TO_SEE)
        if self._way is Way.PUSH and row.timing == Timing.NOW:
            pushed = self._pushed.setdefault(told.resident_id, set())
            if told.pk not in pushed and len(pushed) >= PUSHES_A_DAY:
                return "ENOUGH_FOR_TODAY"
            pushed.add(told.pk)
        return ""

    def _doers_of(self, rows: Sequence[Delivery]) -> dict[int, str]:
        found = Entry.objects.filter(pk__in={row.notification.entry_id for row in rows})
        return {pk: str(doer) for pk, doer in found.values_list("pk", "principal_id")}

    def _pushed_to(self, people: set[UUID]) -> dict[UUID, set[UUID]]:
        rows = Delivery.objects.filter(
            notification__resident__id__among=people,
            notification__created_at__gt=self._at - _WRITTEN_WITHIN,
            way=Way.PUSH,
            timing=Timing.NOW,
            is_emergency=False,
            state=DeliveryState.SENT,
            sent_at__gt=self._at - A_DAY,
        )
        found: dict[UUID, set[UUID]] = {}
        for resident, told in rows.values_list("notification__resident", "notification"):
            found.setdefault(resident, set()).add(told)
        return found
