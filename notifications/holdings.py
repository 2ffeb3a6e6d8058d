"""What people were told, and where: about themselves, and about somebody who is erased."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import override

from notifications.models import (
    Delivery,
    DeliveryState,
    Device,
    Habits,
    Mute,
    Notification,
    Preference,
    SentLetter,
)
from village.journal.holdings import (
    Gone,
    Holding,
    Retention,
    Trace,
    declare_retention,
    declare_trace,
    names_any,
)
from village.journal.models import Entry

_AT_ONCE = 1000


def _take_back_words(gone: Gone) -> None:
    """Take back what others were told of her, and keep that they were told something."""
    told = Notification.objects.exclude(resident=gone.resident_id).order_by("entry_id")
    entries = set(told.values_list("entry_id", flat=True).distinct())
    about = [
        pk
        for pk, data, principal in Entry.objects.filter(pk__gt=0)
        .values_list("pk", "data", "principal_id")
        .iterator(chunk_size=_AT_ONCE)
        if pk in entries
        and (str(principal) == str(gone.resident_id) or names_any(str(data), gone.ids))
    ]
    for start in range(0, len(about), _AT_ONCE):
        found = told.filter(entry_id__in=about[start : start + _AT_ONCE])
        Delivery.objects.filter(notification__in=found, state=DeliveryState.WAITING).update(
            state=DeliveryState.DEAD, error_code="ERASED"
        )
        for language in set(found.order_by().values_list("language", flat=True)):
            with override(language):
                words = _("What this said has been erased.")
            found.filter(language=language).update(title=words, body="", link="")
    # The letters of the demo name nobody by an id: they go, all of them.
    SentLetter.objects.all().delete()


def _forget_told(before: object) -> int:
    return Notification.objects.filter(created_at__lt=before).delete()[0]


def _forget_letters(before: object) -> int:
    return SentLetter.objects.filter(at__lt=before).delete()[0]


def _forget_retired(before: object) -> int:
    return Device.objects.filter(retired_at__lt=before).delete()[0]


def _forget_unseen(before: object) -> int:
    return Device.objects.filter(last_seen_at__lt=before).delete()[0]


Holding(
    "notifications.notifications",
    of=Notification,
    person="resident",
    shows=("id", "village", "created_at", "notice", "title", "body", "link", "read_at"),
    kept="see below; erasing deletes them",
)
Holding(
    "notifications.preferences",
    of=Preference,
    person="resident",
    shows=("notice", "way", "timing"),
    kept="while she is here; erasing deletes them",
)
Holding(
    "notifications.devices",
    of=Device,
    person="resident",
    shows=("id", "kind", "registered_at", "last_seen_at", "retired_at"),
    kept="until nobody has used the village on it for sixty days; erasing deletes them",
)
Holding(
    "notifications.habits",
    of=Habits,
    person="resident",
    shows=("quiet_from", "quiet_until", "zone"),
    kept="while she is here; erasing deletes them",
)
Holding(
    "notifications.mutes",
    of=Mute,
    person="resident",
    shows=("village", "thread", "created_at"),
    kept="until she lifts them; erasing deletes them",
)
declare_trace(
    Trace(
        "notifications.told_others",
        _take_back_words,
        "what others were told of her keeps that something was told, without its words",
    )
)
declare_retention(
    Retention(
        "notifications.notifications",
        180,
        _forget_told,
        "nobody looks further back; what it told of has its own place",
    )
)
declare_retention(Retention("notifications.letters", 30, _forget_letters, "the demo's outbox only"))
declare_retention(
    Retention("notifications.devices", 30, _forget_retired, "a phone that was given up")
)
declare_retention(
    Retention(
        "notifications.unseen_devices",
        60,
        _forget_unseen,
        "a phone that nobody has opened the village on since may be in other hands",
    )
)
