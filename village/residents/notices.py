"""What the ground itself tells people."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from village.journal.facts import Fact
from village.journal.notices import Importance, Notice, Words
from village.residents.facts import ContactChanged, ExportReady
from village.residents.models import Export, ExportStatus, Role
from village.residents.queries import holders


def stewards(fact: Fact) -> list[UUID]:
    """Give the stewards of the village in which something happened."""
    return list(holders(fact.village, Role.STEWARD).values_list("pk", flat=True))


def _her(fact: ExportReady | ContactChanged) -> list[UUID]:
    return [fact.resident_id]


def _ready(fact: ExportReady) -> Words | None:
    if not Export.objects.filter(pk=fact.export_id, status=ExportStatus.READY).exists():
        return None
    return Words(
        title=_("Your data is ready."),
        body=_("You can fetch the file for seven days."),
        link="/me/data",
    )


def _contact(fact: ContactChanged) -> Words:
    return Words(
        title=_("Helpers have changed your address or number at the town hall."),
        body=_(
            "Your letters, calls and warnings go where they went before. Is something wrong? Call "
            "your centre, or write it down anew."
        ),
        link="/me/contact",
    )


Notice(
    "residents.export_ready",
    of=ExportReady,
    audience=_her,
    words=_ready,
    importance=Importance.PERSONAL,
    scope=None,
    thread=lambda fact: f"exports/{fact.resident_id}",
)
# What she does herself, nobody is told. It goes her own way, which no helper sees or changes.
Notice(
    "residents.contact_changed",
    of=ContactChanged,
    audience=_her,
    words=_contact,
    importance=Importance.PERSONAL,
    scope=None,
    goes_her_way=True,
)
