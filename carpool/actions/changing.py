"""The verbs by which a driver changes her ride, and says that she still goes."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from carpool import facts, plans, policies
from carpool.actions import ending, matches, offers
from carpool.actions.journeys import check_moment
from carpool.actions.offers import RideGone, RideOff
from carpool.models import Booking, RideOffer
from village.core.actor import SYSTEM, Actor
from village.journal.actions import record, record_all
from village.journal.facts import Fact


@transaction.atomic
def change_offer(
    *,
    by: Actor,
    offer_id: UUID,
    departs_at: datetime | None = None,
    flexible_minutes: int | None = None,
    seats: int | None = None,
    detour_minutes: int | None = None,
    at: datetime,
) -> RideOffer:
    """
    Change a ride; what is ``None`` stays. Riders who still fit are told what changed.

    Whoever no longer fits, the last to ask first, is let go as if the driver had cancelled, and
    other rides are found for her. New riders are looked for at once.

    :raises NotFound: if there is none that the actor may see
    :raises Forbidden: if somebody else drives
    :raises RideOff: if it has been cancelled
    :raises RideGone: if it has left
    :raises Invalid: if the time makes no sense
    """
    offer = offers.locked(offer_id)
    policies.may_cancel_offer(by, offer).enforce()
    if offer.is_cancelled:
        raise RideOff
    if offer.departs_until <= at:
        raise RideGone
    if departs_at is not None:
        check_moment(departs_at, offer.village_id, at=at, field="departs_at")
    wanted = {
        "departs_at": departs_at,
        "flexible_minutes": flexible_minutes,
        "seats": seats,
        "detour_minutes": detour_minutes,
    }
    changed = {
        name: value
        for name, value in wanted.items()
        if value is not None and value != getattr(offer, name)
    }
    if not changed:
        return offer
    departed_at = offer.departs_at
    for name, value in changed.items():
        setattr(offer, name, value)
    offer.departs_until = offer.departs_at + timedelta(minutes=offer.flexible_minutes)
    offer.asked_at = offer.still_goes_at = None
    told = _plan_anew(offer, at=at)
    stay = offer.bookings.active().order_by("pk").values_list("rider", flat=True)
    moved = facts.RideChanged(
        village=offer.village_id,
        offer_id=offer.pk,
        driver_id=offer.driver_id,
        rider_ids=tuple(stay),
        changed=tuple(sorted(changed)),
        departed_at=departed_at,
        seats_left=offer.seats_left,
    )
    record_all([moved, *told, *matches.of_offer(offer, at=at)], by=by, at=at)
    return offer


def _plan_anew(offer: RideOffer, *, at: datetime) -> list[Fact]:
    """Seat the riders of a changed ride again, in the order they asked; let go who do not fit."""
    ride = plans.lay_out(offer)
    bookings = list(
        offer.bookings.active()
        .select_related("request", "pickup_stop", "dropoff_stop")
        .order_by("created_at", "pk")
    )
    left = []
    for booking in bookings:
        booking.offer = offer
        wish = plans.wish_for(booking)
        match = plans.fit(ride, wish, at=at)
        if match is None:
            left.append(booking)
        else:
            ride = plans.take_along(ride, match, wish, booking.pk)
            Booking.objects.filter(pk=booking.pk).update(**plans.cost_of(match))
    plans.keep(offer, ride)
    told: list[Fact] = []
    for booking in left:
        told += ending.end_booking(booking, by_driver=True, at=at)
    offer.matches.all().delete()
    return told


@transaction.atomic
def ask_driver(*, by: Actor, offer_id: UUID, at: datetime) -> bool:
    """
    Ask a driver, once, whether she still goes; tell whether she was asked now.

    :raises Forbidden: if anybody but the village itself asks for it
    """
    policies.may_end_rides(by).enforce()
    offer = offers.locked(offer_id)
    if offer.is_cancelled or offer.asked_at is not None or offer.departs_at <= at:
        return False
    offer.asked_at = at
    offer.save(update_fields=["asked_at"])
    asked = facts.DriverAsked(
        village=offer.village_id, offer_id=offer.pk, driver_id=offer.driver_id
    )
    record(asked, by=SYSTEM, at=at)
    return True


@transaction.atomic
def still_go(*, by: Actor, offer_id: UUID, at: datetime) -> RideOffer:
    """
    Say, as the driver, that she still goes; riders are told. A second call changes nothing.

    :raises NotFound: if there is none that the actor may see
    :raises Forbidden: if somebody else drives
    :raises RideOff: if it has been cancelled
    :raises RideGone: if it has left
    """
    offer = offers.locked(offer_id)
    policies.may_cancel_offer(by, offer).enforce()
    if offer.is_cancelled:
        raise RideOff
    if offer.departs_until <= at:
        raise RideGone
    if offer.still_goes_at is not None:
        return offer
    offer.still_goes_at = at
    offer.save(update_fields=["still_goes_at"])
    riders = offer.bookings.active().order_by("pk").values_list("rider", flat=True)
    on = facts.RideStillOn(
        village=offer.village_id,
        offer_id=offer.pk,
        driver_id=offer.driver_id,
        rider_ids=tuple(riders),
    )
    record(on, by=by, at=at)
    return offer
