"""The verbs of telling: the only code that changes what people are told, and where."""

from __future__ import annotations

from notifications.actions.devices import forget_device, forget_devices_of_session, register_device
from notifications.actions.preferences import (
    InboxKept,
    NoAddress,
    WayNotHere,
    set_preference,
)
from notifications.actions.reading import mark_all_read, mark_read
from notifications.actions.sending import Errand, give_back, keep_outcomes, lease_deliveries
from notifications.actions.taking_back import take_back_between
from notifications.actions.telling import claim_fan_out, tell, tell_next

__all__ = [
    "Errand",
    "InboxKept",
    "NoAddress",
    "WayNotHere",
    "claim_fan_out",
    "forget_device",
    "forget_devices_of_session",
    "give_back",
    "keep_outcomes",
    "lease_deliveries",
    "mark_all_read",
    "mark_read",
    "register_device",
    "set_preference",
    "take_back_between",
    "tell",
    "tell_next",
]
