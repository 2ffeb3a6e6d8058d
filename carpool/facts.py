"""What happens to rides."""

from __future__ import annotations

from uuid import UUID

from village.journal.facts import Fact


class RideOffered(Fact, kind="carpool.ride_offered"):
    """Somebody drives and has seats to share."""

    offer_id: UUID
    driver_id: UUID


class RideCancelled(Fact, kind="carpool.ride_cancelled"):
    """A driver does not drive after all; ``rider_ids`` had booked or asked for seats."""

    offer_id: UUID
    driver_id: UUID
    rider_ids: tuple[UUID, ...]


class RideRequested(Fact, kind="carpool.ride_requested"):
    """Somebody looks for a ride."""

    request_id: UUID
    person_id: UUID


class RequestWithdrawn(Fact, kind="carpool.request_withdrawn"):
    """Somebody no longer looks for a ride."""

    request_id: UUID
    person_id: UUID


class SeatsBooked(Fact, kind="carpool.seats_booked"):
    """Somebody asked a driver for seats; they are kept until the answer."""

    offer_id: UUID
    booking_id: UUID
    driver_id: UUID
    rider_id: UUID
    seats: int
    seats_left: int


class BookingAnswered(Fact, kind="carpool.booking_answered"):
    """A driver takes somebody along, or cannot."""

    offer_id: UUID
    booking_id: UUID
    driver_id: UUID
    rider_id: UUID
    accepted: bool
    seats_left: int


class BookingCancelled(Fact, kind="carpool.booking_cancelled"):
    """A rider or the driver took a booking back."""

    offer_id: UUID
    booking_id: UUID
    driver_id: UUID
    rider_id: UUID
    by_driver: bool
    seats_left: int


class RideErased(Fact, kind="carpool.ride_erased"):
    """A ride is gone together with whoever offered it."""

    offer_id: UUID


class RequestErased(Fact, kind="carpool.request_erased"):
    """A request is gone together with whoever looked for the ride."""

    request_id: UUID
