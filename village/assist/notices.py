"""A person always hears when somebody may act for her, and when that has ended."""

from __future__ import annotations

from uuid import UUID

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from village.assist import queries
from village.assist.facts import MandateGranted, MandateRevoked
from village.journal.notices import Importance, Notice, Words


def _person(fact: MandateGranted | MandateRevoked) -> list[UUID]:
    return [fact.person]


def _granted(fact: MandateGranted) -> Words | None:
    mandate = queries.mandates().filter(pk=fact.mandate).first()
    if mandate is None:
        return None
    until = formats.date_format(timezone.localtime(mandate.ends_at), "DATE_FORMAT")
    return Words(
        title=_("%(centre)s may now act for you.") % {"centre": mandate.centre.name},
        body=_("Until %(day)s. You can end this at any time.") % {"day": until},
        link=_link(fact),
    )


def _revoked(fact: MandateRevoked) -> Words | None:
    mandate = queries.mandates().filter(pk=fact.mandate).first()
    if mandate is None:
        return None
    return Words(
        title=_("%(centre)s no longer acts for you.") % {"centre": mandate.centre.name},
        body=_("The mandate has ended."),
        link=_link(fact),
    )


def _link(fact: MandateGranted | MandateRevoked) -> str:
    return f"/mandates/{fact.mandate}"


Notice(
    "assist.mandate_granted",
    of=MandateGranted,
    audience=_person,
    words=_granted,
    importance=Importance.PERSONAL,
    scope=None,
    thread=lambda fact: f"mandates/{fact.mandate}",
    is_official=True,
)
Notice(
    "assist.mandate_revoked",
    of=MandateRevoked,
    audience=_person,
    words=_revoked,
    importance=Importance.PERSONAL,
    scope=None,
    thread=lambda fact: f"mandates/{fact.mandate}",
    is_official=True,
)
