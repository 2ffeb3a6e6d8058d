"""How waiting at a ride bench looks on the wire."""

from __future__ import annotations

from uuid import UUID

from pydantic import ConfigDict

from carpool.schemas.ends import TO_TOWN, EndIn
from carpool.schemas.journeys import (
    Seats,
)
from village.core.schemas import In, Out


class WaitIn(In):
    """Where somebody wants to go who waits at a stop."""

    model_config = ConfigDict(json_schema_extra={"example": {"to": TO_TOWN, "seats": 1}})

    to: EndIn
    seats: Seats = 1


class TakeIn(In):
    """On which ride a driver takes somebody along."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"offer": "0f8fad5b-d9cb-469f-a165-70867728950e"}}
    )

    offer: UUID


class BenchKeyOut(Out):
    """The key of the device at a ride bench; its secret is shown this once."""

    stop: UUID
    key: UUID
    secret: str
