"""What a carrier is given: a letter, where it goes, and of which deliveries it is made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core import signing
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from notifications.models import EVERYTHING, Delivery, Notification, Timing, Way
from notifications.transports.base import Address, AddressKind, Letter
from village.journal.models import Entry
from village.journal.notices import Importance, Mail, Notice
from village.journal.queries import recorded
from village.residents.models import Resident

# Nobody wants to hear of it later than that; a weekly letter may have waited for a week.
KEPT_FRESH = timedelta(days=3)
DIGESTS_FRESH = timedelta(days=10)
# So many of a digest are named, the others counted.
NAMED = 20
UNSUBSCRIBE_SALT = "notifications.unsubscribe"
# The mails of entries, by notice and language.
Mails = dict[tuple[int, str, str], Mail | None]


@dataclass(frozen=True, slots=True)
class Errand:
    """
    Hold one letter on its way: at its how-manieth try, and where it goes.

    A digest carries several deliveries, all at the same try.
    """

    deliveries: tuple[int, ...]
    tries: int
    device_id: UUID | None
    written_at: datetime
    ends_at: datetime
    address: Address
    letter: Letter


def errands_of(letters: Iterable[Sequence[Delivery]], at: datetime) -> list[Errand]:
    """Make a letter of each lot that one person is told by one way, the same for all of them."""
    # What goes to several devices of hers is written once, and a mail once for a language.
    single: dict[UUID, Letter] = {}
    mails: Mails = {}
    errands: list[Errand] = []
    for rows in letters:
        first = rows[0]
        ends_at = max(ends_of(row) for row in rows)
        if len(rows) > 1:
            letter = _digest(rows, ends_at - at)
        elif (written := single.get(first.notification_id)) is not None:
            letter = written
        else:
            letter = single[first.notification_id] = _letter(first, ends_at - at, mails)
        errands.append(
            Errand(
                deliveries=tuple(row.pk for row in rows),
                tries=first.tries + 1,
                device_id=first.device_id,
                written_at=first.notification.created_at,
                ends_at=ends_at,
                address=address_of(first),
                letter=letter,
            )
        )
    return errands


def ends_of(row: Delivery) -> datetime:
    """Give the moment after which nobody wants this letter any more."""
    told = row.notification
    fresh = KEPT_FRESH if row.timing == Timing.NOW else DIGESTS_FRESH
    ends_at: datetime = told.created_at + fresh
    return ends_at if told.expires_at is None else min(ends_at, told.expires_at)


def address_of(row: Delivery) -> Address:
    """Give where a letter goes; its value is empty when there is no such place any more."""
    resident: Resident = row.notification.resident
    if row.device is not None:
        kind = AddressKind(row.device.kind)
        keys = {"p256dh": row.device.p256dh, "auth": row.device.auth}
        return Address(kind, row.device.address, keys if kind is AddressKind.WEBPUSH else {})
    if row.way == Way.EMAIL:
        return Address(AddressKind.EMAIL, resident.email or "")
    if row.way == Way.PRINT:
        return Address(AddressKind.PRINT, resident.display_name)
    kind = AddressKind.SMS if row.way == Way.SMS else AddressKind.VOICE
    return Address(kind, resident.phone or "")


def unsubscribe_path(resident_id: UUID, notice: str, way: Way) -> str:
    """Give the page that ends letters like this one, without signing in."""
    token = signing.dumps([str(resident_id), notice, way.value], salt=UNSUBSCRIBE_SALT)
    return reverse("unsubscribe", args=[token])


def _letter(row: Delivery, lasts: timedelta, mails: Mails) -> Letter:
    told = row.notification
    notice = Notice.declared.get(told.notice)
    importance = notice.importance if notice is not None else Importance.SOCIAL
    title, body, html = told.title, told.body, ""
    if row.way == Way.EMAIL and (mail := _mail(told, notice, mails)) is not None:
        body, html = mail.text, mail.html
    if row.way == Way.PUSH and (notice is None or notice.is_private):
        # A lock screen is read by whoever passes by, and the providers read along.
        with override(told.language):
            title, body = _("There is something new for you"), _("Open the village to read it.")
    return Letter(
        title=title,
        body=body,
        link=told.link,
        collapse_key=told.thread or _own_key(told, notice),
        kind=told.notice,
        data=_data(told, row, told.notice if importance is not Importance.EMERGENCY else ""),
        urgent=importance not in (Importance.SOCIAL, Importance.DIGEST),
        ttl_seconds=int(lasts.total_seconds()),
        language=told.language,
        html=html,
    )


def _own_key(told: Notification, notice: Notice | None) -> str:
    # What everybody is told has one key, so that it is shaped once for all. What is private has
    # one for each reader: the providers need not see who is told of the same thing.
    if notice is None or notice.is_private:
        return str(told.pk)
    return f"{told.notice}/{told.entry_id}"


def _mail(told: Notification, notice: Notice | None, mails: Mails) -> Mail | None:
    """Give the longer telling of a notice that has one."""
    if notice is None or notice.mail is None:
        return None
    key = told.entry_id, notice.key, told.language
    if key not in mails:
        fact = recorded(Entry.objects.get(pk=told.entry_id)).fact
        with override(told.language), timezone.override(told.village.tzinfo):
            mails[key] = notice.mail(fact)
    return mails[key]


def _digest(rows: Sequence[Delivery], lasts: timedelta) -> Letter:
    told = rows[-1].notification
    with override(told.language):
        title = ngettext(
            "%(number)s thing is new for you", "%(number)s things are new for you", len(rows)
        ) % {"number": len(rows)}
        if rows[0].way == Way.PUSH:
            body = _("Open the village to read it.")
        else:
            body = "\n".join(f"• {row.notification.title}" for row in rows[:NAMED])
            if len(rows) > NAMED:
                body += "\n" + _("And %(number)s more.") % {"number": len(rows) - NAMED}
    return Letter(
        title=title,
        body=body,
        link=reverse("notifications"),
        collapse_key="notifications/digest",
        kind="notifications.digest",
        data=_data(told, rows[0], EVERYTHING),
        urgent=False,
        ttl_seconds=int(lasts.total_seconds()),
        language=told.language,
    )


def _data(told: Notification, row: Delivery, notice: str) -> dict[str, str]:
    data = {"notification": str(told.pk), "village": told.village_id}
    if row.way == Way.EMAIL and notice:
        data["unsubscribe_url"] = unsubscribe_path(told.resident_id, notice, Way.EMAIL)
    return data
