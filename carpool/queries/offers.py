"""Which rides there are."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from carpool.models import AGREED, Booking, OfferStatus, RideOffer, RideOfferQuerySet
from carpool.queries.people import kept_apart
from village.core.actor import Actor
from village.core.errors import NotFound
from village.federation.models import Shared
from village.federation.queries import read_or_404, sources_for
from village.residents.queries import is_member, villages_of

# After the ride both ends forget again where the other lives.
KNOWN_FOR = timedelta(hours=24)


def offers_visible_to(by: Actor) -> RideOfferQuerySet:
    """
    Give the rides of the actor's villages, but of nobody whom she is kept apart from.

    What a driver of another service drives for one rider is shown to that rider alone.
    """
    own = Booking.objects.filter(offer=OuterRef("pk"), rider=by.principal_id)
    shown = ~Q(status=OfferStatus.ONE_RIDER) | Q(Exists(own))
    rides = RideOffer.objects.filter(shown, village__in=villages_of(by))
    return rides.exclude(kept_apart("driver", by.principal_id)).select_related("driver")


def offers_shown_to(by: Actor) -> RideOfferQuerySet:
    """
    Give the rides that neighbouring villages show the actor's, but of nobody she is apart from.

    Only what is for everybody: a ride among women or acquaintances is told at home.
    """
    rides = RideOffer.objects.filter(
        village__in=sources_for(by, Shared.RIDES),
        women_only=False,
        known_only=False,
        verified_only=False,
    )
    rides = rides.exclude(status=OfferStatus.ONE_RIDER)
    return rides.exclude(kept_apart("driver", by.principal_id)).select_related("driver")


def offers_to_read(by: Actor, village: str, *, mine: bool, at: datetime) -> RideOfferQuerySet:
    """
    Give the rides of a village as the actor reads them, who may live in a neighbouring one.

    :raises NotFound: if she neither belongs to it nor is shown its rides
    """
    if is_member(by, village):
        return offers(by, village, mine=mine, at=at)
    rides = offers_shown_to(by).filter(village=read_or_404(by, village, Shared.RIDES))
    return rides.filter(driver=by.principal_id) if mine else rides.open().still_here(at)


def offer_to_read(by: Actor, offer_id: UUID) -> RideOffer:
    """
    Find a ride, also one that a neighbouring village shows.

    :raises NotFound: if there is none that the actor may read
    """
    for rides in (offers_visible_to(by), offers_shown_to(by)):
        if (found := rides.filter(pk=offer_id).first()) is not None:
            return found
    raise NotFound


def offers(by: Actor, village: str, *, mine: bool, at: datetime) -> RideOfferQuerySet:
    """Give the rides of a village that one can still take, or all that one drives oneself."""
    rides = offers_visible_to(by).filter(village=village)
    return rides.filter(driver=by.principal_id) if mine else rides.open().still_here(at)


def public_rides(village: str, begins: datetime, ends: datetime) -> list[RideOffer]:
    """
    Give the rides between two moments that may be told outside: with free seats, for everybody.

    They go from stop to stop all the way; one from somebody's door is told to neighbours alone.
    """
    rides = RideOffer.objects.open().filter(
        village=village,
        departs_until__gt=begins,
        departs_at__lt=ends,
        seats_left__gt=0,
        women_only=False,
        known_only=False,
        verified_only=False,
    )
    found = rides.prefetch_related("calls").order_by("departs_at", "pk")
    return [ride for ride in found if all(place.is_public for place in ride.way)]


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


def knows_exactly(by: Actor, offer: RideOffer, *, at: datetime) -> bool:
    """
    Tell whether the exact places of a ride are meant for the actor.

    They are for its driver, and for riders who confirmed, until a day after the ride.
    """
    if offer.driver_id == by.principal_id:
        return True
    if at >= offer.arrives_at + KNOWN_FOR:
        return False
    return Booking.objects.filter(offer=offer, rider=by.principal_id, status__in=AGREED).exists()
