"""The verbs of who drives."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from carpool import facts, plans, policies
from carpool.actions import matches
from carpool.actions.journeys import check_moment, check_places, check_price
from carpool.models import (
    Booking,
    BookingStatus,
    OfferSeries,
    OfferStatus,
    RequestStatus,
    RideOffer,
    RideRequest,
    columns,
    written_via,
)
from carpool.places import Place
from carpool.terms import PLAIN, Terms
from village.core.actor import Actor
from village.core.errors import DomainError, NotFound
from village.journal.actions import record_all
from village.journal.facts import Fact


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
    via: Sequence[Place] = (),
    terms: Terms = PLAIN,
    cents_per_km: int = 0,
    at: datetime,
) -> RideOffer:
    """
    Offer seats of a ride that leaves at ``departs_at``, or up to ``flexible_minutes`` later.

    Whoever looks for such a ride learns of it, and so does the driver, at once.

    :raises NotFound: if the actor's principal does not belong to the village
    :raises OutOfScope: if the mandate does not cover offering rides
    :raises Invalid: if the places, times or money make no sense
    """
    policies.may_offer(by, village).enforce()
    check_places(start, goal, via, village=village)
    check_moment(departs_at, village, at=at, field="departs_at")
    check_price(cents_per_km, village)
    offer = RideOffer(
        village_id=village,
        driver_id=by.principal_id,
        departs_at=departs_at,
        departs_until=departs_at + timedelta(minutes=flexible_minutes),
        flexible_minutes=flexible_minutes,
        detour_minutes=detour_minutes,
        cents_per_km=cents_per_km,
        seats=seats,
        via=[written_via(place) for place in via],
        via_helper=by.is_assisted,
        created_at=at,
        **columns(start, goal, terms),
    )
    record_all(put_up(offer, at=at), by=by, at=at)
    return offer


def put_up(offer: RideOffer, *, at: datetime) -> list[Fact]:
    """Write a new ride with its plan, find who looks for it, and say what happened."""
    write(offer)
    offered = facts.RideOffered(
        village=offer.village_id, offer_id=offer.pk, driver_id=offer.driver_id
    )
    return [offered, *matches.of_offer(offer, at=at)]


def write(offer: RideOffer) -> None:
    """Write a new ride with its plan; whoever calls says what happened."""
    offer.version = 0
    ride = plans.lay_out(offer)
    offer.seats_left, offer.arrives_at = offer.seats, offer.departs_until
    offer.save(force_insert=True)
    plans.keep(offer, ride)


def dated(series: OfferSeries, day: date, departs_at: datetime, *, at: datetime) -> RideOffer:
    """Give the ride of one day of a series, not yet written."""
    return RideOffer(
        village_id=series.village_id,
        driver_id=series.driver_id,
        series=series,
        day=day,
        departs_at=departs_at,
        departs_until=departs_at + timedelta(minutes=series.flexible_minutes),
        flexible_minutes=series.flexible_minutes,
        detour_minutes=series.detour_minutes,
        cents_per_km=series.cents_per_km,
        seats=series.seats,
        via=series.via,
        via_helper=series.via_helper,
        created_at=at,
        **columns(series.start, series.goal, series.terms),
    )


@transaction.atomic
def cancel_offer(*, by: Actor, offer_id: UUID, at: datetime) -> RideOffer:
    """
    Take a ride back together with its bookings; who was matched looks for a ride again.

    Other rides are found for her at once. A second call changes nothing.

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
    record_all(end_offer(offer, at=at), by=by, at=at)
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


def end_offer(offer: RideOffer, *, at: datetime) -> list[Fact]:
    """Cancel a ride that is locked, look for others for its riders, and say so."""
    bookings = list(offer.bookings.active().order_by("pk"))
    agreed = [each.request_id for each in bookings if each.status != BookingStatus.REQUESTED]
    reopened = list(
        RideRequest.objects.filter(pk__in=agreed, status=RequestStatus.MATCHED).order_by("pk")
    )
    RideRequest.objects.filter(pk__in=[each.pk for each in reopened]).update(
        status=RequestStatus.OPEN
    )
    Booking.objects.filter(pk__in=[each.pk for each in bookings]).update(
        status=BookingStatus.CANCELLED
    )
    offer.status = OfferStatus.CANCELLED
    plans.keep(offer, plans.leave_out(plans.ride_of(offer), [each.pk for each in bookings]))
    offer.matches.all().delete()
    cancelled = facts.RideCancelled(
        village=offer.village_id,
        offer_id=offer.pk,
        driver_id=offer.driver_id,
        rider_ids=tuple(each.rider_id for each in bookings),
    )
    found: list[Fact] = [cancelled]
    for request in reopened:
        request.status = RequestStatus.OPEN
        found += matches.of_request(request, at=at)
    return found
