"""Who may offer, ask, book, answer and cancel."""

from __future__ import annotations

from django.utils.translation import gettext as _

from carpool.models import Booking, RequestStatus, RideOffer, RideRequest, Stop
from carpool.queries import benches_of, moderates_rides
from village.core.actor import SYSTEM, Actor, Scope
from village.core.errors import OutOfScope
from village.core.policy import ALLOWED, Verdict, denied, hidden
from village.residents.models import Role
from village.residents.queries import blocked_with, holds, is_member


def may_offer(by: Actor, village: str) -> Verdict:
    """Say whether the actor may offer a ride in a village: every member may."""
    if not is_member(by, village):
        return hidden()
    return ALLOWED if by.may(Scope.RIDES_OFFER) else Verdict(OutOfScope())


def may_ask(by: Actor, village: str) -> Verdict:
    """Say whether the actor may look for a ride in a village: every member may."""
    if not is_member(by, village):
        return hidden()
    return ALLOWED if by.may(Scope.RIDES_REQUEST) else Verdict(OutOfScope())


def may_wait(by: Actor, stop: Stop) -> Verdict:
    """Say whether the actor may wait at a stop: every member may, and a bench where it stands."""
    if not (asks := may_ask(by, stop.village_id)):
        return asks
    if benches_of(by.principal_id) - {stop.pk}:
        return denied(_("A bench calls from where it stands."))
    return ALLOWED


def may_take_along(by: Actor, offer: RideOffer) -> Verdict:
    """Say whether the actor may take along who waits: the driver of a ride, in person."""
    if offer.driver_id != by.principal_id or not is_member(by, offer.village_id):
        return hidden()
    return ALLOWED if by.may(None) else Verdict(OutOfScope())


def may_be_taken(by: Actor, request: RideRequest) -> Verdict:
    """Say whether the actor may take along who asked: everybody else in the village."""
    if not is_member(by, request.village_id):
        return hidden()
    if request.person_id == by.principal_id:
        return denied(_("You are looking for this ride yourself."))
    return ALLOWED


def may_withdraw(by: Actor, request: RideRequest) -> Verdict:
    """Say whether the actor may take a request back: whose it is."""
    if not (asks := may_ask(by, request.village_id)):
        return asks
    if request.person_id == by.principal_id:
        return ALLOWED
    if request.status != RequestStatus.OPEN:
        return hidden()
    return denied(_("Only who looks for a ride takes it back."))


def may_see_matches(by: Actor, request: RideRequest) -> Verdict:
    """Say whether the actor may see which rides fit a request: whose it is."""
    if not (asks := may_ask(by, request.village_id)):
        return asks
    if request.person_id == by.principal_id:
        return ALLOWED
    return denied(_("Only who looks for a ride sees what fits."))


def may_book(by: Actor, offer: RideOffer) -> Verdict:
    """Say whether the actor may ask for seats: every member but the driver."""
    if not (asks := may_ask(by, offer.village_id)):
        return asks
    if offer.driver_id == by.principal_id:
        return denied(_("This is your own ride."))
    return ALLOWED


def may_answer(by: Actor, booking: Booking) -> Verdict:
    """Say whether the actor may accept or decline: the driver, and nobody in her name."""
    if not (seen := may_see_booking(by, booking)):
        return seen
    if booking.offer.driver_id != by.principal_id:
        return denied(_("Only the driver answers."))
    return ALLOWED if by.may(None) else Verdict(OutOfScope())


def may_cancel_booking(by: Actor, booking: Booking) -> Verdict:
    """Say whether the actor may take a booking back: the rider, or the driver in person."""
    if not (seen := may_see_booking(by, booking)):
        return seen
    needed = Scope.RIDES_REQUEST if booking.rider_id == by.principal_id else None
    return ALLOWED if by.may(needed) else Verdict(OutOfScope())


def may_ride(by: Actor, booking: Booking) -> Verdict:
    """Say whether the actor may say that a rider comes: the rider, or her helper."""
    if not (seen := may_see_booking(by, booking)):
        return seen
    if booking.rider_id != by.principal_id:
        return denied(_("Only who rides along says so."))
    return ALLOWED if by.may(Scope.RIDES_REQUEST) else Verdict(OutOfScope())


def may_go_along(by: Actor, booking: Booking) -> Verdict:
    """Say whether the actor may say how a ride goes: the rider, or the driver in person."""
    return may_cancel_booking(by, booking)


def may_see_booking(by: Actor, booking: Booking) -> Verdict:
    """Say whether the actor may see a booking: its rider and the driver, while they live here."""
    people = {booking.rider_id, booking.offer.driver_id}
    if by.principal_id not in people or not people.isdisjoint(blocked_with(by.principal_id)):
        return hidden()
    return ALLOWED if is_member(by, booking.village_id) else hidden()


def may_tell_of(by: Actor, booking: Booking) -> Verdict:
    """Say whether the actor may tell the moderator of a ride: its rider, or the driver."""
    is_rider = booking.rider_id == by.principal_id
    if not is_rider and booking.offer.driver_id != by.principal_id:
        return hidden()
    if not is_member(by, booking.village_id):
        return hidden()
    return ALLOWED if by.may(Scope.RIDES_REQUEST if is_rider else None) else Verdict(OutOfScope())


def may_read_feedback(by: Actor, village: str) -> Verdict:
    """Say whether the actor may read what was told of rides: the village's moderators."""
    if not is_member(by, village):
        return hidden()
    if moderates_rides(by, village):
        return ALLOWED
    return denied(_("Only a moderator of the village reads this."))


def may_cancel_offer(by: Actor, offer: RideOffer) -> Verdict:
    """Say whether the actor may cancel a ride: its driver."""
    if not is_member(by, offer.village_id):
        return hidden()
    if not by.may(Scope.RIDES_OFFER):
        return Verdict(OutOfScope())
    if offer.driver_id == by.principal_id:
        return ALLOWED
    return denied(_("Only the driver cancels a ride."))


def may_end_rides(by: Actor) -> Verdict:
    """Say whether the actor may end the rides of somebody who has left: the village itself."""
    return ALLOWED if by == SYSTEM else denied(_("Everybody cancels for herself."))


def may_care_for_stops(by: Actor, village: str) -> Verdict:
    """Say whether the actor may open and close stops, and cap what is shared: the steward."""
    if not is_member(by, village):
        return hidden()
    if holds(by, village, Role.STEWARD):
        return ALLOWED
    return denied(_("Only the steward of the village decides this."))


def may_say_of_herself(by: Actor) -> Verdict:
    """Say whether the actor may say who she is for rides: everybody of herself."""
    return ALLOWED if by.may(Scope.RIDES_REQUEST) else Verdict(OutOfScope())


def may_keep_up(by: Actor) -> Verdict:
    """Say whether the actor may keep the index and the times of rides: the village itself."""
    return ALLOWED if by == SYSTEM else denied(_("The village does this by itself."))
