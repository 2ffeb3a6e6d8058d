"""How a card looks on the wire: once, when it is printed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from ninja import Field
from pydantic import ConfigDict

from village.assist.actions.cards import Printed
from village.core.schemas import In, Out


class NewCardOut(Out):
    """A new card. Its codes are shown in this answer and never again."""

    id: UUID
    village: str
    created_at: datetime
    person: UUID
    expires_at: datetime
    stop_code: str
    codes: list[str]


class StopCodeIn(In):
    """The stop code of a card."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"code": "0000 0000 0000 0000"}}
    )

    code: Annotated[str, Field(min_length=1, max_length=60)]


def show_new_card(printed: Printed) -> NewCardOut:
    """Show a card that was just printed."""
    card = printed.card
    return NewCardOut(
        id=card.pk,
        village=card.village_id,
        created_at=card.created_at,
        person=card.person_id,
        expires_at=card.expires_at,
        stop_code=printed.stop_code,
        codes=printed.codes,
    )


class PinIn(In):
    """The PIN by which a person says at the desk that she is there: six digits, typed by her."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"pin": "480317"}})

    pin: Annotated[str, Field(min_length=1, max_length=20)]
