"""How what is told of a ride looks on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, StringConstraints

from carpool.models import Feedback, FeedbackKind
from carpool.schemas.journeys import (
    TravellerOut,
)
from village.core.schemas import HelpedOut, In

Told = Annotated[
    str, StringConstraints(max_length=2000, strip_whitespace=True, pattern=r"^[^\x00]*$")
]


class FeedbackIn(In):
    """What one side of a booking tells the moderator of the other; the other never sees it."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"kind": "other", "text": "We were three in the back."}}
    )

    kind: FeedbackKind
    text: Told = ""


class FeedbackOut(HelpedOut):
    """What was told of a ride, for its author and the moderators."""

    id: UUID
    village: str
    created_at: datetime
    booking: UUID
    offer: UUID
    author: TravellerOut
    about: TravellerOut
    kind: str
    text: str
    settled_at: datetime | None


def feedback_out(told: Feedback) -> FeedbackOut:
    """Show what was told of a ride."""
    return FeedbackOut(
        id=told.pk,
        village=told.village_id,
        created_at=told.created_at,
        booking=told.booking_id,
        offer=told.booking.offer_id,
        author=TravellerOut.from_orm(told.author),
        about=TravellerOut.from_orm(told.about),
        kind=told.kind,
        text=told.text,
        via_helper=told.via_helper,
        settled_at=told.settled_at,
    )
