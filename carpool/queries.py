"""Which rides there are, and which of them fit."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from carpool.matching import Match, Ride, Spot, Wish, fitting, planned, ranked, seconds_of
from carpool.models import (
    Booking,
    BookingQuerySet,
    BookingStatus,
    RequestStatus,
    RideOffer,
    RideOfferQuerySet,
    RideRequest,
    RideRequestQuerySet,
)
from carpool.routing import Estimate
from village.core.actor import Actor
from village.core.errors import NotFound
from village.residents.queries import blocked_with, villages_of

# No village ride is on the road for longer before it picks somebody up.
LONGEST_APPROACH = timedelta(hours=12)
MATCHES_SHOWN = 50


def offers_visible_to(by: Actor) -> RideOfferQuerySet:
    """Give the rides of the actor's villages, but of nobody whom she is kept apart from."""
    offers = RideOffer.objects.filter(village__in=villages_of(by))
    return offers.exclude(driver__in=blocked_with(by.principal_id)).select_related("driver")


def offers(by: Actor, village: str, *, mine: bool, at: datetime) -> RideOfferQuerySet:
    """Give the rides of a village that one can still take, or all that one drives oneself."""
    rides = offers_visible_to(by).filter(village=village)
    return rides.filter(driver=by.principal_id) if mine else rides.open().still_here(at)


def offer_or_404(by: Actor, offer_id: UUID) -> RideOffer:
    """
    Find a ride.

    :raises NotFound: if there is none that the actor may see
    """
    found = offers_visible_to(by).filter(pk=offer_id).first()
    if found is None:
        raise NotFound
    return found


def offer(offer_id: UUID) -> RideOffer | None:
    """Find a ride for a frame that everybody sees alike."""
    return RideOffer.objects.select_related("driver").filter(pk=offer_id).first()


def knows_exactly(by: Actor, offer: RideOffer) -> bool:
    """Tell whether the exact places of a ride are meant for the actor: driver, accepted rider."""
    if offer.driver_id == by.principal_id:
        return True
    return Booking.objects.filter(
        offer=offer, rider=by.principal_id, status=BookingStatus.ACCEPTED
    ).exists()


def requests_visible_to(by: Actor) -> RideRequestQuerySet:
    """Give the open requests of the actor's villages, and all of her own."""
    visible = Q(status=RequestStatus.OPEN) | Q(person=by.principal_id)
    found = RideRequest.objects.filter(visible, village__in=villages_of(by))
    return found.exclude(person__in=blocked_with(by.principal_id)).select_related("person")


def requests(by: Actor, village: str, *, mine: bool, at: datetime) -> RideRequestQuerySet:
    """Give those of a village who look for a ride now, or all that one asked for oneself."""
    found = requests_visible_to(by).filter(village=village)
    return found.filter(person=by.principal_id) if mine else found.open().still_useful(at)


def request_or_404(by: Actor, request_id: UUID) -> RideRequest:
    """
    Find a request.

    :raises NotFound: if there is none that the actor may see
    """
    found = requests_visible_to(by).filter(pk=request_id).first()
    if found is None:
        raise NotFound
    return found


def request(request_id: UUID) -> RideRequest | None:
    """Find a request for a frame that everybody sees alike."""
    return RideRequest.objects.select_related("person").filter(pk=request_id).first()


def matches_for(wish: RideRequest, *, at: datetime) -> list[tuple[RideOffer, Match]]:
    """Give the rides that could take somebody along, the smallest detour first."""
    booked = Booking.objects.active().filter(rider=wish.person_id)
    candidates = (
        RideOffer.objects.open()
        .still_here(at)
        .filter(
            village=wish.village_id,
            seats_left__gte=wish.seats,
            departs_at__lt=wish.latest_arrival,
            departs_until__gt=wish.earliest - LONGEST_APPROACH,
        )
        .exclude(driver__in={wish.person_id, *blocked_with(wish.person_id)})
        .exclude(pk__in=booked.values("offer"))
        .select_related("driver")
    )
    rides = {each.pk: each for each in candidates}
    found = fitting(
        wish_of(wish), [_ride(each) for each in rides.values()], Estimate(), at=seconds_of(at)
    )
    return [(rides[match.ride_id], match) for match in ranked(found, {})[:MATCHES_SHOWN]]


def wish_of(request: RideRequest) -> Wish:
    """Give what somebody looks for; her places are known to about a kilometre."""
    return Wish(
        pickups=(Spot(request.start.roughly.point),),
        dropoffs=(Spot(request.goal.roughly.point),),
        earliest=seconds_of(request.earliest),
        latest=seconds_of(request.latest_arrival),
        arrives_by=seconds_of(request.latest_arrival),
        seats=request.seats,
    )


def bookings_visible_to(by: Actor) -> BookingQuerySet:
    """Give the bookings that the actor made, or that were made of her rides."""
    involved = Q(rider=by.principal_id) | Q(offer__driver=by.principal_id)
    apart = blocked_with(by.principal_id)
    hidden = Q(rider__in=apart) | Q(offer__driver__in=apart)
    bookings = Booking.objects.filter(involved, village__in=villages_of(by))
    return bookings.exclude(hidden).with_people()


def booking_or_404(by: Actor, booking_id: UUID) -> Booking:
    """
    Find a booking.

    :raises NotFound: if there is none that the actor may see
    """
    found = bookings_visible_to(by).filter(pk=booking_id).first()
    if found is None:
        raise NotFound
    return found


def booking(booking_id: UUID) -> Booking | None:
    """Find a booking, with the people in it."""
    return Booking.objects.with_people().filter(pk=booking_id).first()


def _ride(offer: RideOffer) -> Ride:
    return planned(
        offer.pk,
        [offer.start.roughly.point, offer.goal.roughly.point],
        departs=seconds_of(offer.departs_at),
        departs_until=seconds_of(offer.departs_until),
        detour=60 * offer.detour_minutes,
        seats=offer.seats_left,
        roads=Estimate(),
    )
