"""The verbs of who drives."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from carpool import facts, policies
from carpool.models import (
    Booking,
    BookingStatus,
    OfferStatus,
    RequestStatus,
    RideOffer,
    RideRequest,
)
from carpool.places import Place
from village.core.actor import Actor
from village.core.errors import DomainError, Invalid, NotFound
from village.journal.actions import record

HORIZON = timedelta(days=366)


class RideGone(DomainError):
    """The driver has left."""

    code = "carpool.ride_gone"

    def __init__(self) -> None:
        super().__init__(_("This ride has already left."))


class RideOff(DomainError):
    """The driver does not drive after all."""

    code = "carpool.ride_cancelled"

    def __init__(self) -> None:
        super().__init__(_("This ride has been cancelled."))


@transaction.atomic
def offer_ride(
    *,
    by: Actor,
    village: str,
    start: Place,
    goal: Place,
    departs_at: datetime,
    flexible_minutes: int,
    seats: int,
    detour_minutes: int,
    at: datetime,
) -> RideOffer:
    """
    Offer seats of a ride that leaves at ``departs_at``, or up to ``flexible_minutes`` later.

    :raises NotFound: if the actor's principal does not belong to the village
    :raises OutOfScope: if the mandate does not cover offering rides
    :raises Invalid: if the places or times make no sense
    """
    policies.may_offer(by, village).enforce()
    check_ends(start, goal)
    if departs_at <= at:
        raise Invalid(_("This time is already past."), field="departs_at")
    if departs_at > at + HORIZON:
        raise Invalid(_("This is more than a year away."), field="departs_at")
    offer = RideOffer.objects.create(
        village_id=village,
        driver_id=by.principal_id,
        from_name=start.name,
        from_lat=start.point.lat,
        from_lng=start.point.lng,
        to_name=goal.name,
        to_lat=goal.point.lat,
        to_lng=goal.point.lng,
        departs_at=departs_at,
        departs_until=departs_at + timedelta(minutes=flexible_minutes),
        flexible_minutes=flexible_minutes,
        detour_minutes=detour_minutes,
        seats=seats,
        seats_left=seats,
        via_helper=by.is_assisted,
        created_at=at,
    )
    record(
        facts.RideOffered(village=village, offer_id=offer.pk, driver_id=offer.driver_id),
        by=by,
        at=at,
    )
    return offer


@transaction.atomic
def cancel_offer(*, by: Actor, offer_id: UUID, at: datetime) -> RideOffer:
    """
    Take a ride back together with its bookings; who was matched looks for a ride again.

    A second call changes nothing.

    :raises NotFound: if there is none that the actor may see
    :raises Forbidden: if somebody else drives
    :raises RideGone: if it has left
    """
    offer = locked(offer_id)
    policies.may_cancel_offer(by, offer).enforce()
    if offer.is_cancelled:
        return offer
    if offer.departs_until <= at:
        raise RideGone
    record(end_offer(offer), by=by, at=at)
    return offer


def locked(offer_id: UUID) -> RideOffer:
    """
    Lock a ride until the transaction ends; its bookings change only under this lock.

    :raises NotFound: if there is none of this id
    """
    offer = RideOffer.objects.select_for_update(no_key=True).filter(pk=offer_id).first()
    if offer is None:
        raise NotFound
    found: RideOffer = offer
    return found


def end_offer(offer: RideOffer) -> facts.RideCancelled:
    """Cancel a ride that is locked, and say so."""
    bookings = list(offer.bookings.active().order_by("pk"))
    RideRequest.objects.filter(
        pk__in=[each.request_id for each in bookings if each.status == BookingStatus.ACCEPTED],
        status=RequestStatus.MATCHED,
    ).update(status=RequestStatus.OPEN)
    Booking.objects.filter(pk__in=[each.pk for each in bookings]).update(
        status=BookingStatus.CANCELLED
    )
    offer.status, offer.seats_left = OfferStatus.CANCELLED, offer.seats
    offer.save(update_fields=["status", "seats_left"])
    return facts.RideCancelled(
        village=offer.village_id,
        offer_id=offer.pk,
        driver_id=offer.driver_id,
        rider_ids=tuple(each.rider_id for each in bookings),
    )


def check_ends(start: Place, goal: Place) -> None:
    """
    Refuse a ride that leads nowhere.

    :raises Invalid: if it ends where it begins
    """
    if start.point == goal.point:
        raise Invalid(_("A ride ends somewhere else than it begins."), field="to")
