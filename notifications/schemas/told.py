"""How notifications, devices and preferences look on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from notifications import queries
from notifications.models import (
    EVERYTHING,
    Device,
    DeviceKind,
    Habits,
    Mute,
    Notification,
    Timing,
    Way,
)
from notifications.policies import may_prefer
from notifications.queries import Choices, can_be_written_to
from village.core.actor import Actor
from village.core.schemas import In, Line, Out
from village.journal.notices import Importance, Notice

ClockTime = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
# What phones and browsers give as their address is plain ASCII without spaces.
AddressText = Annotated[
    str, StringConstraints(min_length=1, max_length=1000, pattern=r"^[\x21-\x7e]+$")
]


class NotificationOut(Out):
    """
    Something a resident was told.

    ``notice`` names what kind of thing it is, ``link`` is a path of the web face, and ``thread``
    what matter it belongs to: the newest of a thread says how things stand.
    """

    id: UUID
    village: str
    created_at: datetime
    notice: str
    title: str
    body: str
    link: str
    thread: str
    read_at: datetime | None


class InboxReadOut(Out):
    """Everything that this village had told her so far is read."""

    village: str


class ReadOut(Out):
    """How many notifications are read now that were not."""

    read: int


class SubscriptionKeysIn(In):
    """What letters to a browser are encrypted with, as it gave it."""

    p256dh: AddressText
    auth: AddressText


class SubscriptionIn(In):
    """A browser's subscription, as ``PushSubscription.toJSON()`` gives it."""

    endpoint: AddressText
    expiration_time: float | None = Field(None, alias="expirationTime")
    keys: SubscriptionKeysIn

    @model_validator(mode="after")
    def _can_be_written_to(self) -> Self:
        if not can_be_written_to(self.endpoint, self.keys.model_dump()):
            raise ValueError("this is not the subscription of a browser")
        return self


class DeviceIn(In):
    """
    A phone or browser on which the resident wants to be reached, as its system calls it.

    A phone has an ``address``, a browser (``webpush``) a ``subscription``.
    """

    model_config = ConfigDict(
        json_schema_extra={"example": {"kind": "fcm_fid", "address": "dQw4w9WgXcQ"}}
    )

    kind: DeviceKind
    address: AddressText | None = None
    subscription: SubscriptionIn | None = None

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Self:
        is_browser = self.kind is DeviceKind.WEBPUSH
        if is_browser != (self.subscription is not None) or is_browser == (
            self.address is not None
        ):
            raise ValueError("a browser has a subscription, and everything else an address")
        return self

    @property
    def where(self) -> str:
        """Give what the device is known by."""
        return self.subscription.endpoint if self.subscription else self.address or ""

    @property
    def keys(self) -> dict[str, str]:
        """Give the keys of a browser."""
        return self.subscription.keys.model_dump() if self.subscription else {}


class WebPushKeyOut(Out):
    """The key of this village that a browser is given when it subscribes."""

    public_key: str


class DeviceOut(Out):
    """A phone on which the resident is reached; its address is not shown again."""

    id: UUID
    created_at: datetime
    last_seen_at: datetime
    kind: DeviceKind


class PreferenceIn(In):
    """When to hear of a notice by one way; the notice ``*`` stands for all that have no own."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"notice": "news.article", "way": "print", "timing": "now"}}
    )

    notice: Line
    way: Way
    timing: Timing


class PreferenceOut(Out):
    """When the resident hears of a notice, by each of the ways there are here."""

    notice: str
    importance: Importance
    ways: dict[str, Timing]


class PreferencesOut(Out):
    """
    When the resident hears of what.

    ``everything`` holds what she has chosen for all notices at once; ``items`` what comes of
    all that, notice by notice.
    """

    everything: dict[str, Timing]
    items: list[PreferenceOut]


class PreferenceSetOut(Out):
    """What the resident has just chosen."""

    notice: str
    way: Way
    timing: Timing


class HabitsIn(In):
    """
    When the resident is not to be disturbed, by the clocks of her zone.

    Both times or none; without a zone they are by the clocks of whichever village tells.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"quiet_from": "22:00", "quiet_until": "07:00", "zone": "Europe/Berlin"}
        }
    )

    quiet_from: ClockTime | None
    quiet_until: ClockTime | None
    zone: Annotated[str, StringConstraints(max_length=40, pattern=r"^[A-Za-z0-9/_+-]*$")] = ""


class HabitsOut(Out):
    """When the resident is not to be disturbed."""

    quiet_from: str | None
    quiet_until: str | None
    zone: str


class MuteIn(In):
    """What to hear nothing more of: a matter, by its ``thread``, or without it the village."""

    model_config = ConfigDict(json_schema_extra={"example": {"thread": "carpool/bookings/7"}})

    thread: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f]*$")] = ""


class MuteOut(Out):
    """A matter, or a village, of which the resident hears nothing more."""

    id: UUID
    village: str
    thread: str
    created_at: datetime


class PreviewOut(Out):
    """How much would have come in the last seven days, by each way; ``is_whole`` if all counts."""

    ways: dict[str, int]
    is_whole: bool


def show_habits(habits: Habits | None) -> HabitsOut:
    """Show when somebody is not to be disturbed."""
    if habits is None or habits.quiet_from is None or habits.quiet_until is None:
        zone = habits.zone if habits is not None else ""
        return HabitsOut(quiet_from=None, quiet_until=None, zone=zone)
    return HabitsOut(
        quiet_from=f"{habits.quiet_from:%H:%M}",
        quiet_until=f"{habits.quiet_until:%H:%M}",
        zone=habits.zone,
    )


def show_mute(mute: Mute) -> MuteOut:
    """Show what somebody has muted."""
    return MuteOut(
        id=mute.pk, village=mute.village_id, thread=mute.thread, created_at=mute.created_at
    )


def show_notification(told: Notification) -> NotificationOut:
    """Show a notification."""
    return NotificationOut(
        id=told.pk,
        village=told.village_id,
        created_at=told.created_at,
        notice=told.notice,
        title=told.title,
        body=told.body,
        link=told.link,
        thread=told.thread,
        read_at=told.read_at,
    )


def show_device(device: Device) -> DeviceOut:
    """Show a device."""
    return DeviceOut(
        id=device.pk,
        created_at=device.registered_at,
        last_seen_at=device.last_seen_at,
        kind=DeviceKind(device.kind),
    )


def show_preferences(choices: Choices, *, by: Actor) -> PreferencesOut:
    """
    Show what comes of somebody's choices; a helper sees those that she may make.

    Where warnings and statements go is none of them.
    """
    ways = [way for way in Way if way in queries.ways_here()]
    general = {way.value: when for (key, way), when in choices.items() if key == EVERYTHING}
    return PreferencesOut(
        everything=general if may_prefer(by, None) else {},
        items=[
            PreferenceOut(
                notice=key,
                importance=notice.importance,
                ways={way.value: queries.timing_of(notice, way, choices) for way in ways},
            )
            for key, notice in sorted(Notice.declared.items())
            if may_prefer(by, notice)
        ],
    )
