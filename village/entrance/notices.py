"""Whoever may have lost every way in hears of it by every way that she has."""

from __future__ import annotations

from uuid import UUID

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from village.entrance.facts import CameBack, ReturnVouched
from village.entrance.models import Recovery
from village.journal.notices import Importance, Notice, Words


def _her(fact: ReturnVouched | CameBack) -> list[UUID]:
    return [fact.resident]


def _vouched(fact: ReturnVouched) -> Words | None:
    recovery = Recovery.objects.filter(pk=fact.recovery, ended_at=None).first()
    if recovery is None:
        return None
    if recovery.opens_at is None:
        return Words(
            title=_("A neighbour says that you cannot get in any more."),
            body=_("If this is not so, please stop it now."),
            link="/me/recovery",
        )
    day = formats.date_format(timezone.localtime(recovery.opens_at), "DATETIME_FORMAT")
    return Words(
        title=_("Two neighbours say that you cannot get in any more."),
        body=_("From %(day)s a new device can come in as you. If it is not yours, stop it now.")
        % {"day": day},
        link="/me/recovery",
    )


def _back(fact: CameBack) -> Words:
    return Words(
        title=_("You have come in again, by two neighbours."),
        body=_("Please write down a way in that you keep: an e-mail address, a phone, a passkey."),
        link="/me",
    )


Notice(
    "entrance.return_vouched",
    of=ReturnVouched,
    audience=_her,
    words=_vouched,
    importance=Importance.PERSONAL,
    scope=None,
    thread=lambda fact: f"recoveries/{fact.recovery}",
    is_official=True,
)
Notice(
    "entrance.came_back",
    of=CameBack,
    audience=_her,
    words=_back,
    importance=Importance.PERSONAL,
    scope=None,
    thread=lambda fact: f"recoveries/{fact.recovery}",
)
