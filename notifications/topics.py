"""An inbox that is the same on all of somebody's devices."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from notifications import queries
from notifications.facts import InboxRead, NotificationMade, NotificationRead, PreferenceSet
from notifications.models import Timing, Way
from notifications.schemas import (
    InboxReadOut,
    NotificationOut,
    PreferenceSetOut,
    show_notification,
)
from village.core.actor import Scope
from village.residents.topics import residents_me


def _to_herself(
    fact: NotificationMade | NotificationRead | InboxRead | PreferenceSet,
) -> list[dict[str, UUID]]:
    return [{"resident": fact.resident_id}]


def _notification(fact: NotificationMade | NotificationRead) -> NotificationOut | None:
    told = queries.notification(fact.notification_id)
    return None if told is None else show_notification(told)


def _notifications(facts: Sequence[NotificationMade]) -> list[NotificationOut | None]:
    found = queries.notifications({fact.notification_id for fact in facts})
    told = (found.get(fact.notification_id) for fact in facts)
    return [None if each is None else show_notification(each) for each in told]


def _inbox(fact: InboxRead) -> InboxReadOut:
    return InboxReadOut(village=fact.village)


def _preference(fact: PreferenceSet) -> PreferenceSetOut:
    return PreferenceSetOut(notice=fact.notice, way=Way(fact.way), timing=Timing(fact.timing))


# Without a scope: no helper reads along.
residents_me.carry(NotificationMade, _notification, to=_to_herself, render_all=_notifications)
residents_me.carry(NotificationRead, _notification, to=_to_herself)
residents_me.carry(InboxRead, _inbox, to=_to_herself)
residents_me.carry(PreferenceSet, _preference, to=_to_herself, scope=Scope.NOTIFICATION_SETTINGS)
