"""What the people of the demo want to hear, and where."""

from __future__ import annotations

from datetime import datetime

from demo.ground import as_, if_allowed
from demo.people import NORA, TOM
from notifications.actions import register_device, set_preference
from notifications.models import Device, DeviceKind, Preference, Timing, Way

NEWS = "news.article"
WISHES = ((NORA, Way.INBOX), (NORA, Way.PUSH), (TOM, Way.INBOX), (TOM, Way.EMAIL))


def ask_for_news(at: datetime) -> None:
    """Let Nora and Tom ask for the news, once: whoever has chosen something else keeps it."""
    chosen = set(Preference.objects.values_list("resident", flat=True))
    for person, way in WISHES:
        if person.id not in chosen:
            with if_allowed():
                set_preference(by=as_(person), notice=NEWS, way=way, timing=Timing.NOW, at=at)


def carry_phones(at: datetime) -> None:
    """Give Nora and Tom phones of the demo: what is pushed to them is shown at /outbox."""
    known = set(Device.objects.values_list("resident", flat=True))
    for person in (NORA, TOM):
        if person.id not in known:
            with if_allowed():
                register_device(
                    by=as_(person),
                    kind=DeviceKind.DEVELOPMENT,
                    address=f"phone-of-{person.name}",
                    at=at,
                )
