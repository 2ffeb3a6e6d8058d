"""How villages and residents look on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from village.core.schemas import Out, PersonOut
from village.residents.models import Block, Residency

# How sure a village is that somebody lives there, from the least to the most.
Level = Literal["declared", "letter", "desk", "vouched"]
LEVELS: dict[Residency, Level] = {
    Residency.DECLARED: "declared",
    Residency.LETTER: "letter",
    Residency.DESK: "desk",
    Residency.VOUCHED: "vouched",
}


class VillageOut(Out):
    """A village."""

    id: str
    village: str
    name: str
    language: str
    zone: str
    lat: float
    lng: float
    created_at: datetime


class MembershipOut(Out):
    """A village that somebody belongs to, and as what."""

    village: str
    roles: list[str]
    residency: Level


class ActingForOut(Out):
    """Whom a request acts for, and under which mandate."""

    id: UUID
    display_name: str
    mandate: UUID
    scopes: list[str]
    until: datetime | None


class MeOut(Out):
    """Somebody, as she sees herself."""

    id: UUID
    display_name: str
    language: str
    large_print: bool
    memberships: list[MembershipOut]
    acting_for: ActingForOut | None
    # "missing" keeps somebody from the powers of her roles until she has set one up.
    second_factor: Literal["not_needed", "missing", "set_up"]


class BlockOut(Out):
    """Somebody whom one does not want to meet; ``village`` is where it was asked for."""

    id: UUID
    village: str
    created_at: datetime
    resident: PersonOut


def show_block(block: Block) -> BlockOut:
    """Show a block, read with the one it keeps away, to whoever asked for it."""
    return BlockOut(
        id=block.pk,
        village=block.village_id,
        created_at=block.created_at,
        resident=PersonOut.from_orm(block.blocked),
    )
