"""What happens to what people are told."""

from __future__ import annotations

from uuid import UUID

from village.journal.facts import Fact


class NotificationMade(Fact, kind="notifications.notification_made"):
    """Something new lies in somebody's inbox."""

    notification_id: UUID
    resident_id: UUID


class NotificationRead(Fact, kind="notifications.notification_read"):
    """Somebody has read a notification, on one of her devices."""

    notification_id: UUID
    resident_id: UUID


class InboxRead(Fact, kind="notifications.inbox_read"):
    """Somebody has read everything that a village had told her so far."""

    resident_id: UUID


class PreferenceSet(Fact, kind="notifications.preference_set"):
    """Somebody said by which way, and when, she wants to hear of something."""

    resident_id: UUID
    notice: str
    way: str
    timing: str


class CallMade(Fact, kind="notifications.call_made"):
    """Somebody of a centre called a person to tell her something; the outcome says how it went."""

    notification_id: UUID
    centre_id: UUID
    outcome: str


class LettersCarried(Fact, kind="notifications.letters_carried"):
    """Letters on paper were put into their boxes."""

    centre_id: UUID
    number: int
