"""A person always hears when somebody may act for her, and when that has ended."""

from __future__ import annotations

from uuid import UUID

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from village.assist import queries
from village.assist.facts import (
    EverythingFrozen,
    MandateFact,
    MandateGranted,
    MandatePutForward,
    MandateRevoked,
    MandateSuspended,
)
from village.journal.notices import Importance, Notice, Words


def _person(fact: MandateFact | EverythingFrozen) -> list[UUID]:
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


def _asked(fact: MandatePutForward) -> Words | None:
    mandate = queries.mandates().filter(pk=fact.mandate).first()
    if mandate is None or mandate.lapses_at is None or mandate.starts_at is not None:
        return None
    day = formats.date_format(timezone.localtime(mandate.lapses_at), "DATE_FORMAT")
    return Words(
        title=_("%(centre)s asks whether it may act for you.") % {"centre": mandate.centre.name},
        body=_("Take your time. Without an answer until %(day)s it is a no.") % {"day": day},
        link=_link(fact),
    )


def _suspended(fact: MandateSuspended) -> Words | None:
    mandate = queries.mandates().filter(pk=fact.mandate).first()
    if mandate is None:
        return None
    return Words(
        title=_("%(centre)s acts for you no more for now.") % {"centre": mandate.centre.name},
        body=_("The coordinator has stopped the mandate while something is cleared up."),
        link=_link(fact),
    )


def _frozen(fact: EverythingFrozen) -> Words | None:
    return Words(
        title=_("Everything has been stopped."),
        body=_("Nobody acts for you any more, and nothing new begins for three days."),
        link="/helping",
    )


def _link(fact: MandateFact) -> str:
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
    goes_her_way=True,
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
    goes_her_way=True,
)
Notice(
    "assist.mandate_put_forward",
    of=MandatePutForward,
    audience=_person,
    words=_asked,
    importance=Importance.PERSONAL,
    scope=None,
    thread=lambda fact: f"mandates/{fact.mandate}",
    goes_her_way=True,
)
Notice(
    "assist.mandate_suspended",
    of=MandateSuspended,
    audience=_person,
    words=_suspended,
    importance=Importance.PERSONAL,
    scope=None,
    thread=lambda fact: f"mandates/{fact.mandate}",
    goes_her_way=True,
)
Notice(
    "assist.everything_frozen",
    of=EverythingFrozen,
    audience=_person,
    words=_frozen,
    importance=Importance.PERSONAL,
    scope=None,
    goes_her_way=True,
)
