"""How agreements look on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, StringConstraints

from village.core.schemas import In, Out
from village.federation.models import Agreement, Shared


class SharingIn(In):
    """
    A village's yes: ``shows`` says that it shows this of the other one, else the other of it.

    The other village is named by its slug.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"other": "bergheim", "what": "events", "shows": True}},
    )

    other: Annotated[str, StringConstraints(pattern=r"^[-a-zA-Z0-9_]+$", max_length=40)]
    what: Shared
    shows: bool


class SharingOut(Out):
    """
    What the people of ``reader`` see of ``source``: ``asked`` until both have said yes.

    ``waits_for`` is the village whose yes is missing.
    """

    id: UUID
    village: str
    created_at: datetime
    reader: str
    reader_name: str
    source: str
    source_name: str
    what: Shared
    status: Literal["asked", "agreed"]
    waits_for: str | None


def show_sharing(agreement: Agreement, village: str) -> SharingOut:
    """Show an agreement to one of its two villages."""
    waits_for = None
    if not agreement.stands:
        waits_for = agreement.source_id if agreement.reader_yes_at else agreement.reader_id
    return SharingOut(
        id=agreement.pk,
        village=village,
        created_at=agreement.created_at,
        reader=agreement.reader_id,
        reader_name=agreement.reader.name,
        source=agreement.source_id,
        source_name=agreement.source.name,
        what=Shared(agreement.what),
        status="agreed" if agreement.stands else "asked",
        waits_for=waits_for,
    )
