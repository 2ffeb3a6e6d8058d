"""What other carpooling services send, as standard covoiturage says it; the rest is not read."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
# Until 2100, in seconds of Unix time.
Seconds = Annotated[float, Field(ge=0, le=4_102_444_800, allow_inf_nan=False)]
Line = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=255, strip_whitespace=True, pattern=r"^[^\x00-\x1f]*$"
    ),
]
Status = Literal[
    "WAITING_CONFIRMATION", "CONFIRMED", "CANCELLED", "COMPLETED_PENDING_VALIDATION", "VALIDATED"
]


def _sayable(text: str) -> str:
    if "\x00" in text or not text.strip():
        raise ValueError("a message has words")
    return text.strip()


class Sent(BaseModel):
    """What a service sends."""

    model_config = ConfigDict(extra="ignore", strict=True)


class User(Sent):
    """Somebody as a service knows her; no more of her is read than is needed."""

    id: Line
    operator: Line
    alias: Line


class Price(Sent):
    """What a service tells of money."""

    type: Literal["FREE", "PAYING", "UNKNOWN"] | None = None
    amount: Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)] | None = None
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = None


class BookingSent(Sent):
    """A seat that a service asks for, for one of its riders."""

    # The id is text on the wire.
    id: Annotated[UUID, Field(strict=False)]
    driver: User
    passenger: User
    status: Literal["WAITING_CONFIRMATION"]
    price: Price
    passengerPickupDate: Seconds
    passengerPickupLat: Latitude
    passengerPickupLng: Longitude
    passengerDropLat: Latitude
    passengerDropLng: Longitude
    driverJourneyId: Line | None = None
    passengerJourneyId: Line | None = None


class MessageSent(Sent):
    """What somebody of another service writes."""

    # The name of the field on the wire.
    from_: User = Field(alias="from")
    to: User
    message: Annotated[str, StringConstraints(max_length=500), AfterValidator(_sayable)]
    recipientCarpoolerType: Literal["DRIVER", "PASSENGER"]
    driverJourneyId: Line | None = None
    passengerJourneyId: Line | None = None
    bookingId: Annotated[UUID, Field(strict=False)] | None = None
