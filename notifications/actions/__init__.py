"""The verbs of telling: the only code that changes what people are told, and where."""

from __future__ import annotations

from notifications.actions.devices import (
    forget_device,
    forget_devices_of_session,
    register_device,
    see_devices,
)
from notifications.actions.errands import Errand
from notifications.actions.escalating import escalate
from notifications.actions.habits import lift_mute, mute, note_presence, set_habits
from notifications.actions.hands import CallOutcome, note_call, note_carried
from notifications.actions.preferences import (
    NO_DIGESTS,
    CannotBeMuted,
    InboxKept,
    NoAddress,
    WayNotHere,
    set_preference,
    unsubscribe,
)
from notifications.actions.reading import mark_all_read, mark_read, settle_thread
from notifications.actions.sending import (
    give_back,
    keep_outcomes,
    lease_deliveries,
    renew_lease,
    send_again,
)
from notifications.actions.taking_back import take_back_between
from notifications.actions.telling import claim_fan_out, tell, tell_next

__all__ = [
    "NO_DIGESTS",
    "CallOutcome",
    "CannotBeMuted",
    "Errand",
    "InboxKept",
    "NoAddress",
    "WayNotHere",
    "claim_fan_out",
    "escalate",
    "forget_device",
    "forget_devices_of_session",
    "give_back",
    "keep_outcomes",
    "lease_deliveries",
    "lift_mute",
    "mark_all_read",
    "mark_read",
    "mute",
    "note_call",
    "note_carried",
    "note_presence",
    "register_device",
    "renew_lease",
    "see_devices",
    "send_again",
    "set_habits",
    "set_preference",
    "settle_thread",
    "take_back_between",
    "tell",
    "tell_next",
    "unsubscribe",
]
