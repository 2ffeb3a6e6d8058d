"""Who hears of sharing: the stewards whose yes is waited for, and of an end both sides'."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from village.federation.facts import SharingAsked, SharingBegun, SharingEnded
from village.federation.models import Agreement
from village.journal.notices import Importance, Notice, Words
from village.residents.models import Role
from village.residents.notices import stewards
from village.residents.queries import holders


def _others_stewards(fact: SharingAsked) -> list[UUID]:
    return list(holders(fact.other, Role.STEWARD).values_list("pk", flat=True))


def _asked(fact: SharingAsked) -> Words | None:
    found = _agreement(fact.agreement_id)
    if found is None or found.ended_at is not None or found.stands:
        return None
    return Words(
        title=_("A neighbouring village asks: %(what)s.") % {"what": _line(found)},
        body=_("It begins when a steward of your village says yes."),
        link=f"/villages/{fact.other}/sharing",
    )


def _begun(fact: SharingBegun) -> Words | None:
    found = _agreement(fact.agreement_id)
    if found is None or not found.stands:
        return None
    return Words(
        title=_("Both villages have said yes: %(what)s.") % {"what": _line(found)},
        link=f"/villages/{fact.village}/sharing",
    )


def _ended(fact: SharingEnded) -> Words | None:
    found = _agreement(fact.agreement_id)
    if found is None:
        return None
    return Words(
        title=_("This has ended: %(what)s.") % {"what": _line(found)},
        link=f"/villages/{fact.village}/sharing",
    )


def _agreement(agreement_id: UUID) -> Agreement | None:
    found = Agreement.objects.filter(pk=agreement_id)
    return found.select_related("reader", "source").first()


def _line(agreement: Agreement) -> str:
    return _("%(reader)s shows of %(source)s: %(what)s") % {
        "reader": agreement.reader.name,
        "source": agreement.source.name,
        "what": agreement.get_what_display(),
    }


Notice(
    "federation.sharing_asked",
    of=SharingAsked,
    audience=_others_stewards,
    words=_asked,
    importance=Importance.PERSONAL,
    scope=None,
)
Notice(
    "federation.sharing_begun",
    of=SharingBegun,
    audience=stewards,
    words=_begun,
    importance=Importance.PERSONAL,
    scope=None,
)
Notice(
    "federation.sharing_ended",
    of=SharingEnded,
    audience=stewards,
    words=_ended,
    importance=Importance.PERSONAL,
    scope=None,
)
