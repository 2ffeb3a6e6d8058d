"""Inbox, devices and what a person decides, over HTTP."""

from __future__ import annotations

from datetime import time
from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Query, Status

from notifications import actions, preview, queries
from notifications.policies import may_prefer
from notifications.schemas import (
    DeviceIn,
    DeviceOut,
    HabitsIn,
    HabitsOut,
    MuteIn,
    MuteOut,
    NotificationOut,
    PreferenceIn,
    PreferencesOut,
    PreviewOut,
    ReadOut,
    WebPushKeyOut,
    show_device,
    show_habits,
    show_mute,
    show_notification,
    show_preferences,
)
from village.core.actor import Actor, Level, Scope
from village.core.http import ActorRequest
from village.core.permissions import MEMBERS, OWNER, SIGNED_IN
from village.core.router import Router
from village.core.schemas import PageOut, PageQuery
from village.journal.listing import listing
from village.journal.notices import Notice

router = Router()


@router.get("/me/notifications", response=PageOut[NotificationOut], scope=None, who=SIGNED_IN)
def list_notifications(request: ActorRequest, query: Query[PageQuery]) -> dict[str, Any]:
    """List what I was told, newest first; kept up to date by ``residents/me``."""
    return listing(
        lambda: queries.inbox(request.actor),
        lambda told: [show_notification(each) for each in told],
        query=query,
        order=("-created_at", "-id"),
        address=f"residents/{request.actor.principal_id}",
    )


@router.post("/me/notifications/read", response=ReadOut, scope=None, who=SIGNED_IN)
def mark_all_read(request: ActorRequest) -> ReadOut:
    """Have read everything that I was told so far."""
    return ReadOut(read=actions.mark_all_read(by=request.actor, at=timezone.now()))


@router.post(
    "/me/notifications/{uuid:notification_id}/read", response=NotificationOut, scope=None, who=OWNER
)
def mark_read(request: ActorRequest, notification_id: UUID) -> NotificationOut:
    """Have read a notification, on all my devices."""
    return show_notification(
        actions.mark_read(by=request.actor, notification_id=notification_id, at=timezone.now())
    )


@router.get("/me/devices", response=PageOut[DeviceOut], scope=None, who=SIGNED_IN)
def list_devices(request: ActorRequest, query: Query[PageQuery]) -> dict[str, Any]:
    """List the phones on which I am reached."""
    return listing(
        lambda: queries.devices_of(request.actor, at=timezone.now()),
        lambda devices: [show_device(each) for each in devices],
        query=query,
        order=("-last_seen_at", "-id"),
    )


@router.get("/me/devices/web-push-key", response=WebPushKeyOut, scope=None, who=SIGNED_IN)
def show_web_push_key(request: ActorRequest) -> WebPushKeyOut:
    """Give the key that a browser wants as ``applicationServerKey`` when it subscribes."""
    return WebPushKeyOut(public_key=queries.web_push_key())


@router.post("/me/devices", response={201: DeviceOut}, scope=None, who=SIGNED_IN)
def register_device(request: ActorRequest, payload: DeviceIn) -> Status[DeviceOut]:
    """
    Reach me on this phone or in this browser, until I sign out on it.

    An app says this each time it starts, and whenever its address changes.
    """
    device = actions.register_device(
        by=request.actor,
        kind=payload.kind,
        address=payload.where,
        keys=payload.keys,
        session_key=request.session_key,
        at=timezone.now(),
    )
    return Status(201, show_device(device))


@router.delete("/me/devices/{uuid:device_id}", response={204: None}, scope=None, who=OWNER)
def forget_device(request: ActorRequest, device_id: UUID) -> Status[None]:
    """Reach me no longer on a phone."""
    actions.forget_device(by=request.actor, device_id=device_id, at=timezone.now())
    return Status(204, None)


@router.get(
    "/me/preferences", response=PreferencesOut, scope=Scope.NOTIFICATION_SETTINGS, who=SIGNED_IN
)
def show_my_preferences(request: ActorRequest) -> PreferencesOut:
    """Show of what I hear, and by which way."""
    return _preferences(request.actor)


@router.put(
    "/me/preferences", response=PreferencesOut, scope=Scope.NOTIFICATION_SETTINGS, who=SIGNED_IN
)
def set_preference(request: ActorRequest, payload: PreferenceIn) -> PreferencesOut:
    """
    Choose when I hear of a notice by one way.

    A helper chooses for notices that her mandate covers, never for everything at once.
    """
    actions.set_preference(
        by=request.actor,
        notice=payload.notice,
        way=payload.way,
        timing=payload.timing,
        at=timezone.now(),
    )
    return _preferences(request.actor)


@router.post(
    "/me/preferences/preview",
    response=PreviewOut,
    scope=Scope.NOTIFICATION_SETTINGS,
    who=SIGNED_IN,
    level=Level.READ,
)
def preview_preference(request: ActorRequest, payload: PreferenceIn) -> PreviewOut:
    """Count what would have come last week, had I chosen like this; nothing is changed."""
    meant = Notice.declared.get(payload.notice)
    may_prefer(request.actor, meant).enforce()
    choices = queries.choices_of([request.actor.principal_id])[request.actor.principal_id]
    choices[payload.notice, payload.way] = payload.timing
    found = preview.last_week(request.actor, choices, at=timezone.now())
    ways = {way.value: number for way, number in found.counts.items()}
    return PreviewOut(ways=ways, is_whole=found.is_whole)


@router.get("/me/habits", response=HabitsOut, scope=None, who=SIGNED_IN)
def show_my_habits(request: ActorRequest) -> HabitsOut:
    """Show when I am not to be disturbed."""
    person = request.actor.principal_id
    return show_habits(queries.habits_of([person]).get(person))


@router.put("/me/habits", response=HabitsOut, scope=None, who=SIGNED_IN)
def set_my_habits(request: ActorRequest, payload: HabitsIn) -> HabitsOut:
    """Say when I am not to be disturbed; emergencies are told all the same."""
    habits = actions.set_habits(
        by=request.actor,
        quiet_from=_clock(payload.quiet_from),
        quiet_until=_clock(payload.quiet_until),
        zone=payload.zone,
        at=timezone.now(),
    )
    return show_habits(habits)


@router.get("/me/mutes", response=PageOut[MuteOut], scope=None, who=SIGNED_IN)
def list_mutes(request: ActorRequest, query: Query[PageQuery]) -> dict[str, Any]:
    """List the matters and villages of which I hear nothing more."""
    return listing(
        lambda: queries.mutes_of(request.actor),
        lambda mutes: [show_mute(each) for each in mutes],
        query=query,
        order=("-created_at", "-id"),
    )


@router.post("/villages/{slug:v}/mutes", response={201: MuteOut}, scope=None, who=MEMBERS)
def mute(request: ActorRequest, v: str, payload: MuteIn) -> Status[MuteOut]:
    """Hear nothing more of a matter or of this village, except emergencies; my inbox stays."""
    made = actions.mute(by=request.actor, village=v, thread=payload.thread, at=timezone.now())
    return Status(201, show_mute(made))


@router.delete("/me/mutes/{uuid:mute_id}", response={204: None}, scope=None, who=OWNER)
def lift_mute(request: ActorRequest, mute_id: UUID) -> Status[None]:
    """Hear of something again."""
    actions.lift_mute(by=request.actor, mute_id=mute_id)
    return Status(204, None)


@router.post("/me/presence", response={204: None}, scope=None, who=SIGNED_IN, level=Level.READ)
def note_presence(request: ActorRequest) -> Status[None]:
    """
    Say that I look at the village now: for 45 seconds no push disturbs me.

    An app says it every 30 seconds while it is shown. What I have not read a minute later is
    pushed after all.
    """
    actions.note_presence(by=request.actor)
    actions.see_devices(session_key=request.session_key, at=timezone.now())
    return Status(204, None)


def _clock(text: str | None) -> time | None:
    return None if text is None else time.fromisoformat(text)


def _preferences(by: Actor) -> PreferencesOut:
    return show_preferences(queries.choices_of([by.principal_id])[by.principal_id], by=by)
