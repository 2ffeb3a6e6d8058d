"""What the ground itself tells people."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from village.journal.notices import Importance, Notice, Words
from village.residents.facts import ExportReady
from village.residents.models import Export, ExportStatus


def _her(fact: ExportReady) -> list[UUID]:
    return [fact.resident_id]


def _ready(fact: ExportReady) -> Words | None:
    if not Export.objects.filter(pk=fact.export_id, status=ExportStatus.READY).exists():
        return None
    return Words(
        title=_("Your data is ready."),
        body=_("You can fetch the file for seven days."),
        link="/me/data",
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
