"""Who rides with whom."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from carpool.models import (
    AGREED,
    Booking,
    BookingQuerySet,
    PartnerBooking,
    PartnerMessage,
    RideOffer,
)
from carpool.queries.offers import KNOWN_FOR
from carpool.queries.people import kept_apart
from village.core.actor import Actor
from village.core.errors import NotFound
from village.residents.queries import blocked_with, villages_of


def bookings_visible_to(by: Actor) -> BookingQuerySet:
    """Give the bookings that the actor made, or that were made of her rides."""
    involved = Q(rider=by.principal_id) | Q(offer__driver=by.principal_id)
    me = by.principal_id
    hidden = kept_apart("rider", me) | kept_apart("offer__driver", me)
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


def meets_exactly(by: Actor, booking: Booking, *, at: datetime) -> bool:
    """
    Tell whether the actor may know exactly where the rider gets in and out.

    She always knows it herself; the driver once both have said yes, until a day after the ride.
    """
    if booking.rider_id == by.principal_id:
        return True
    agreed = booking.status in AGREED and booking.offer.driver_id == by.principal_id
    return agreed and at < booking.offer.arrives_at + KNOWN_FOR


def is_kept_apart_on(offer: RideOffer, resident_id: UUID) -> bool:
    """Tell whether a block keeps somebody apart from the driver of a ride or who rides along."""
    apart = blocked_with(resident_id)
    if offer.driver_id in apart:
        return True
    return Booking.objects.active().filter(offer=offer, rider__in=apart).exists()


def partner_booking(booking_id: UUID) -> PartnerBooking | None:
    """Find what another service booked, with the people in it."""
    found = PartnerBooking.objects.select_related(
        "booking__offer__driver", "booking__request", "booking__rider", "traveller"
    )
    return found.filter(pk=booking_id).first()


def partner_message(message_id: UUID) -> PartnerMessage | None:
    """Find what somebody of another service wrote."""
    return PartnerMessage.objects.filter(pk=message_id).first()


def partner_messages(by: Actor, offer: RideOffer) -> QuerySet[PartnerMessage]:
    """Give what people of other services wrote to the driver of a ride, to nobody but her."""
    found = PartnerMessage.objects.filter(offer=offer, recipient=by.principal_id)
    return found.order_by("created_at", "id")


def lapsed_bookings(at: datetime) -> QuerySet[Booking, UUID]:
    """Name the bookings that nobody answered or confirmed in time, the longest ago first."""
    lapsed = Booking.objects.lapsed(at).order_by("lapses_at", "pk")
    return lapsed.values_list("pk", flat=True)
