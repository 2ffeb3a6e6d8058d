"""What happens to rides."""

from __future__ import annotations

from datetime import date, datetime
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


class SeatGivenUp(Fact, kind="carpool.seat_given_up"):
    """A rider does not ride beside somebody whom a block keeps apart from her."""

    booking_id: UUID
    rider_id: UUID


class RideErased(Fact, kind="carpool.ride_erased"):
    """A ride is gone together with whoever offered it."""

    offer_id: UUID


class RequestErased(Fact, kind="carpool.request_erased"):
    """A request is gone together with whoever looked for the ride."""

    request_id: UUID


class BookingConfirmed(Fact, kind="carpool.booking_confirmed"):
    """A rider says that she comes: both may know where the other waits."""

    offer_id: UUID
    booking_id: UUID
    driver_id: UUID
    rider_id: UUID


class BookingExpired(Fact, kind="carpool.booking_expired"):
    """Nobody answered or confirmed in time; the seats are free again."""

    offer_id: UUID
    booking_id: UUID
    driver_id: UUID
    rider_id: UUID
    seats_left: int


class RiderBoarded(Fact, kind="carpool.rider_boarded"):
    """Somebody is on board."""

    offer_id: UUID
    booking_id: UUID
    driver_id: UUID
    rider_id: UUID


class RiderArrived(Fact, kind="carpool.rider_arrived"):
    """Somebody has arrived."""

    offer_id: UUID
    booking_id: UUID
    driver_id: UUID
    rider_id: UUID


class RiderMissed(Fact, kind="carpool.rider_missed"):
    """A driver waited, and the rider did not come."""

    offer_id: UUID
    booking_id: UUID
    driver_id: UUID
    rider_id: UUID


class MatchFound(Fact, kind="carpool.match_found"):
    """A ride could take somebody along; both are told, once."""

    match_id: UUID
    offer_id: UUID
    request_id: UUID
    driver_id: UUID
    person_id: UUID


class RiderTaken(Fact, kind="carpool.rider_taken"):
    """A driver takes somebody along who waits at a stop; both have said yes."""

    offer_id: UUID
    booking_id: UUID
    request_id: UUID
    driver_id: UUID
    rider_id: UUID
    seats_left: int


class BenchConnected(Fact, kind="carpool.bench_connected"):
    """The device at a ride bench got a key."""

    stop_id: UUID


class FeedbackGiven(Fact, kind="carpool.feedback_given"):
    """Somebody told the moderator how a ride went, or reported whom she rode with."""

    feedback_id: UUID


class FeedbackSettled(Fact, kind="carpool.feedback_settled"):
    """A moderator has seen to what was told of a ride."""

    feedback_id: UUID


class PartnerWrote(Fact, kind="carpool.partner_wrote"):
    """Somebody of another service wrote to a driver, or to who looks for a ride."""

    message_id: UUID
    recipient_id: UUID


class PartnerValidated(Fact, kind="carpool.partner_validated"):
    """Another service has settled all that a ride of its rider's was about."""

    booking_id: UUID


class MatchProposed(Fact, kind="carpool.match_proposed"):
    """The evening before, a ride and a rider were chosen for each other; both are told."""

    match_id: UUID
    offer_id: UUID
    request_id: UUID
    driver_id: UUID
    person_id: UUID


class StopOpened(Fact, kind="carpool.stop_opened"):
    """A place became public, for people to get in and out."""

    stop_id: UUID


class StopClosed(Fact, kind="carpool.stop_closed"):
    """A public place is no longer used."""

    stop_id: UUID


class RulesSet(Fact, kind="carpool.rules_set"):
    """The village said how much is shared for each kilometre at most."""

    cents_per_km: int


class ProfileSaid(Fact, kind="carpool.profile_said"):
    """Somebody said of herself what rides need to know."""

    resident_id: UUID


class PersonKnown(Fact, kind="carpool.person_known"):
    """Somebody says that she knows somebody else, or no longer."""

    resident_id: UUID
    known_id: UUID
    knows: bool


class SeriesBegun(Fact, kind="carpool.series_begun"):
    """Somebody offers or needs a ride again and again."""

    series_id: UUID


class SeriesChanged(Fact, kind="carpool.series_changed"):
    """One day is left out of what repeats."""

    series_id: UUID
    day: date


class SeriesEnded(Fact, kind="carpool.series_ended"):
    """Something repeats no longer."""

    series_id: UUID


class RideChanged(Fact, kind="carpool.ride_changed"):
    """
    A driver changed her ride; ``rider_ids`` still ride along.

    ``changed`` names the fields of the ride. ``departed_at`` is when it was to leave before.
    """

    offer_id: UUID
    driver_id: UUID
    rider_ids: tuple[UUID, ...]
    changed: tuple[str, ...]
    departed_at: datetime
    seats_left: int


class DriverAsked(Fact, kind="carpool.driver_asked"):
    """The evening before, a driver was asked whether she still goes."""

    offer_id: UUID
    driver_id: UUID


class RideStillOn(Fact, kind="carpool.ride_still_on"):
    """A driver said that she still goes."""

    offer_id: UUID
    driver_id: UUID
    rider_ids: tuple[UUID, ...]
