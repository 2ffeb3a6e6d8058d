"""How bookings look on the wire."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict

from carpool.models import Booking
from carpool.schemas.ends import EndOut, end_out
from carpool.schemas.journeys import (
    Seats,
    TravellerOut,
)
from village.core.schemas import HelpedOut, In, Out
from village.residents.schemas import by_full_name, on_board


class BookingIn(In):
    """How many seats a rider asks for, and which of her requests it answers."""

    model_config = ConfigDict(json_schema_extra={"example": {"request": None, "seats": 1}})

    request: UUID | None = None
    seats: Seats = 1


class BookingOut(HelpedOut):
    """
    The seats that a rider asked for, from ``pickup`` to ``dropoff``.

    Without a request that is the whole way. The times are planned. ``lapses_at`` is when it
    falls if nobody says the next word.
    """

    id: UUID
    village: str
    created_at: datetime
    offer: UUID
    request: UUID | None
    driver: TravellerOut
    rider: TravellerOut
    seats: int
    status: str
    pickup: EndOut
    dropoff: EndOut
    pickup_at: datetime | None
    dropoff_at: datetime | None
    lapses_at: datetime | None
    is_late: bool
    exact: bool


class TripOut(Out):
    """The address at which somebody trusted sees how a ride goes, until a day after it."""

    url: str


def booking_out(booking: Booking, *, exact: bool = False) -> BookingOut:
    """Show a booking, read with its people; exactly only to whom it concerns."""
    named = by_full_name if booking.is_agreed else on_board
    return BookingOut(
        id=booking.pk,
        village=booking.village_id,
        created_at=booking.created_at,
        offer=booking.offer_id,
        request=booking.request_id,
        driver=named(TravellerOut, booking.offer.driver),
        rider=named(TravellerOut, booking.rider),
        seats=booking.seats,
        status=booking.status,
        pickup=end_out(booking.pickup, booking.village_id, exact=exact),
        dropoff=end_out(booking.dropoff, booking.village_id, exact=exact),
        pickup_at=booking.pickup_at,
        dropoff_at=booking.dropoff_at,
        lapses_at=booking.lapses_at,
        is_late=booking.is_late,
        exact=exact,
        via_helper=booking.via_helper,
    )
