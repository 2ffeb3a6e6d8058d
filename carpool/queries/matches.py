"""Which rides fit whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import compress
from uuid import UUID

from carpool.index import could_take, fleet_of, may_fit
from carpool.matching import Match, Wish, fitting, fitting_in, ranked, seconds_of
from carpool.models import Booking, BookingStatus, RideOffer, RideOfferQuerySet, RideRequest
from carpool.models import Match as Told
from carpool.plans import ride_of, wish_of
from carpool.queries.people import kept_apart_from, pairs_with
from carpool.queries.stops import stops_of
from carpool.roads import roads
from carpool.terms import suits
from village.residents.queries import blocked_with

MATCHES_SHOWN = 50


def matches_for(wish: RideRequest, *, at: datetime) -> list[tuple[RideOffer, Match]]:
    """Give the rides that could take somebody along, the best first."""
    looked_for, now = wish_of(wish), seconds_of(at)
    fleet = fleet_of(_open_to(wish, looked_for, at))
    found = fitting_in(looked_for, fleet, roads(), at=now)
    best = ranked(found, _rides_together(wish.person_id, [match.ride_id for match in found]))
    suitable: list[tuple[RideOffer, Match]] = []
    for first in range(0, len(best), MATCHES_SHOWN):
        some = best[first : first + MATCHES_SHOWN]
        rides = _suitable_rides(wish, [match.ride_id for match in some])
        suitable += [(rides[match.ride_id], match) for match in some if match.ride_id in rides]
        if len(suitable) >= MATCHES_SHOWN:
            break
    return suitable[:MATCHES_SHOWN]


def _open_to(wish: RideRequest, looked_for: Wish, at: datetime) -> RideOfferQuerySet:
    """Give the rides that may come by for somebody, and that she may know of."""
    apart = blocked_with(wish.person_id)
    taken = Booking.objects.active().filter(rider__in={wish.person_id, *apart})
    return (
        RideOffer.objects.open()
        .still_here(at)
        .filter(village=wish.village_id, indexed__pk__among=may_fit(looked_for))
        .exclude(driver__in={wish.person_id, *apart})
        .exclude(pk__in=taken.values("offer"))
    )


def matches_of(offer: RideOffer, *, at: datetime) -> list[tuple[RideRequest, Match]]:
    """Give those who look for a ride that this one could take along, the least detour first."""
    booked = Booking.objects.active().filter(offer=offer)
    aboard = {offer.driver_id, *booked.values_list("rider", flat=True)}
    ride, now = ride_of(offer), seconds_of(at)
    open_requests = (
        RideRequest.objects.open()
        .still_useful(at)
        .filter(
            latest_arrival__gt=offer.departs_at,
            earliest__lt=offer.arrives_at + timedelta(seconds=offer.longest_seconds),
            village=offer.village_id,
        )
        .exclude(person__in=aboard | kept_apart_from(aboard))
        .select_related("person")
        .order_by("created_at", "pk")
    )
    stops = list(stops_of(offer.village_id))
    wishes = [(each, wish_of(each, stops=stops)) for each in open_requests]
    near = could_take(ride, [wish for _, wish in wishes])
    wishes = list(compress(wishes, near))
    pairs = pairs_with(
        offer.driver_id,
        {each.person_id for each, _ in wishes},
        village=offer.village_id,
        drives=True,
    )
    found = [
        (each, match)
        for each, wish in wishes
        if suits(offer.terms, each.terms, pairs[each.person_id])
        for match in fitting(wish, [ride], roads(), at=now)
    ]
    return sorted(found, key=lambda each: each[1].extra_seconds)[:MATCHES_SHOWN]


def _suitable_rides(wish: RideRequest, ride_ids: Collection[UUID]) -> dict[UUID, RideOffer]:
    rides = list(RideOffer.objects.filter(pk__among=ride_ids).select_related("driver"))
    pairs = pairs_with(
        wish.person_id,
        {each.driver_id for each in rides},
        village=wish.village_id,
        drives=False,
    )
    return {each.pk: each for each in rides if suits(each.terms, wish.terms, pairs[each.driver_id])}


def _rides_together(person_id: UUID, ride_ids: Collection[UUID]) -> dict[UUID, int]:
    """Count for each ride how often its driver took somebody along before."""
    done = Booking.objects.filter(rider=person_id, status=BookingStatus.COMPLETED)
    drivers = Counter(done.values_list("offer__driver", flat=True))
    if not drivers:
        return {}
    theirs = RideOffer.objects.filter(pk__among=ride_ids, driver__in=drivers.keys())
    return {ride: drivers[driver] for ride, driver in theirs.values_list("pk", "driver")}


def told_match(match_id: UUID) -> Told | None:
    """Find a match that both sides were told of, with its ride, request and people."""
    found = Told.objects.select_related("offer__driver", "request__person")
    return found.filter(pk=match_id).first()
