"""Who hears of badges: the stewards whose yes is waited for, and whoever speaks for the place."""

from __future__ import annotations

from uuid import UUID

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from village.core.errors import NotFound
from village.institutions import queries
from village.institutions.facts import BadgeGranted, BadgeProposed, BadgeWithdrawn
from village.institutions.models import Badge, Kind
from village.journal.notices import Importance, Notice, Words
from village.residents.notices import stewards
from village.residents.queries import holders


def _speakers(fact: BadgeGranted | BadgeWithdrawn) -> list[UUID]:
    badge = _badge(fact.badge_id)
    if badge is None or badge.granted_at is None:
        # A proposal that was dropped is nobody's loss.
        return []
    found = holders(fact.village, Kind(badge.kind).role, of=badge.of)
    return list(found.values_list("pk", flat=True))


def _proposed(fact: BadgeProposed) -> Words | None:
    badge = _badge(fact.badge_id)
    if badge is None or badge.granted_at is not None or badge.ended_at is not None:
        return None
    return Words(
        title=_("“%(name)s” is to get a badge.") % {"name": badge.name},
        body=_("A second steward has to look as well."),
        link=f"/villages/{fact.village}/badges",
    )


def _granted(fact: BadgeGranted) -> Words | None:
    badge = _badge(fact.badge_id)
    if badge is None or badge.ended_at is not None:
        return None
    until = date_format(localtime(badge.until), "DATE_FORMAT")
    return Words(
        title=_("“%(name)s” is verified now.") % {"name": badge.name},
        body=_("Everybody sees it until %(until)s.") % {"until": until},
        link=f"/institutions/{badge.of}",
    )


def _withdrawn(fact: BadgeWithdrawn) -> Words | None:
    badge = _badge(fact.badge_id)
    if badge is None:
        return None
    return Words(
        title=_("“%(name)s” is no longer verified.") % {"name": badge.name},
        body=_("The stewards of the village can say why."),
        link=f"/institutions/{badge.of}",
    )


def _badge(badge_id: UUID) -> Badge | None:
    try:
        return queries.badge_or_404(badge_id)
    except NotFound:
        return None


Notice(
    "institutions.badge_proposed",
    of=BadgeProposed,
    audience=stewards,
    words=_proposed,
    importance=Importance.PERSONAL,
    scope=None,
)
Notice(
    "institutions.badge_granted",
    of=BadgeGranted,
    audience=_speakers,
    words=_granted,
    importance=Importance.PERSONAL,
    scope=None,
)
Notice(
    "institutions.badge_withdrawn",
    of=BadgeWithdrawn,
    audience=_speakers,
    words=_withdrawn,
    importance=Importance.PERSONAL,
    scope=None,
)
