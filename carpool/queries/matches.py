"""Which rides fit whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from itertools import compress
from typing import NamedTuple
from uuid import UUID

from carpool import index
from carpool.matching import Fleet, Match, Wish, fitting, fitting_in, ranked
from carpool.models import ACTIVE, Booking, BookingStatus, RideOffer, RideRequest
from carpool.models import Match as Told
from carpool.plans import leaves_after, ride_of, wish_at
from carpool.queries.people import kept_apart_from, pairs_with
from carpool.queries.stops import stops_of
from carpool.roads import roads
from carpool.terms import STRANGERS, suits
from village.residents.queries import blocked_with

MATCHES_SHOWN = 50


def matches_for(wish: RideRequest, *, at: datetime) -> list[tuple[RideOffer, Match]]:
    """Give the rides that could take somebody along, the best first."""
    looked_for = wish_at(wish, at)
    return best_of(wish, looked_for, index.near(wish.village_id, looked_for), at=at)


def best_of(
    wish: RideRequest, looked_for: Wish, fleet: Fleet, *, at: datetime
) -> list[tuple[RideOffer, Match]]:
    """Give those of some rides that could take somebody along, the best first."""
    found = fitting_in(looked_for, fleet, roads(), at=leaves_after(wish, at))
    if not found:
        return []
    shunned = {wish.person_id, *blocked_with(wish.person_id)}
    booked = _booked_by(shunned)
    drivers = Counter(each.driver for each in booked if each.had_been_driven(wish.person_id))
    best = ranked(found, _rides_together(drivers, [match.ride_id for match in found]))
    taken = {each.ride for each in booked if each.status in ACTIVE}
    suitable: list[tuple[RideOffer, Match]] = []
    for first in range(0, len(best), MATCHES_SHOWN):
        some = best[first : first + MATCHES_SHOWN]
        rides = _suitable_rides(wish, {match.ride_id for match in some} - taken, shunned, at)
        suitable += [(rides[match.ride_id], match) for match in some if match.ride_id in rides]
        if len(suitable) >= MATCHES_SHOWN:
            break
    return suitable[:MATCHES_SHOWN]


def matches_of(offer: RideOffer, *, at: datetime) -> list[tuple[RideRequest, Match]]:
    """Give those who look for a ride that this one could take along, the least detour first."""
    booked = Booking.objects.active().filter(offer=offer)
    aboard = {offer.driver_id, *booked.values_list("rider", flat=True)}
    ride = ride_of(offer)
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
    wishes = [(each, wish_at(each, at, stops=stops)) for each in open_requests]
    near = index.could_take(ride, [wish for _, wish in wishes])
    wishes = list(compress(wishes, near))
    pairs = pairs_with(
        offer.driver_id,
        {each.person_id for each, _ in wishes if _binds(offer, each)},
        village=offer.village_id,
        drives=True,
    )
    found = [
        (each, match)
        for each, wish in wishes
        if suits(offer.terms, each.terms, pairs.get(each.person_id, STRANGERS))
        for match in fitting(wish, [ride], roads(), at=leaves_after(each, at))
    ]
    return sorted(found, key=lambda each: each[1].extra_seconds)[:MATCHES_SHOWN]


class _Booked(NamedTuple):
    """Hold who booked which ride of whom, and how far that has come."""

    rider: UUID
    ride: UUID
    driver: UUID
    status: str

    def had_been_driven(self, rider: UUID) -> bool:
        return self.rider == rider and self.status == BookingStatus.COMPLETED


def _booked_by(riders: Collection[UUID]) -> list[_Booked]:
    """Give what some people ride on, and have ridden on."""
    known = (*ACTIVE, BookingStatus.COMPLETED)
    booked = Booking.objects.filter(rider__pk__among=riders, status__in=known)
    rows = booked.values_list("rider_id", "offer_id", "offer__driver_id", "status")
    return [_Booked(*row) for row in rows]


def _suitable_rides(
    wish: RideRequest, ride_ids: Collection[UUID], shunned: set[UUID], at: datetime
) -> dict[UUID, RideOffer]:
    """Give those of some rides that somebody may know of, and that suit."""
    rides = RideOffer.objects.filter(pk__among=ride_ids).select_related("driver")
    found = [
        each
        for each in rides
        if each.village_id == wish.village_id
        and _may_still_be_taken(each, wish, at)
        and each.driver_id not in shunned
    ]
    pairs = pairs_with(
        wish.person_id,
        {each.driver_id for each in found if _binds(each, wish)},
        village=wish.village_id,
        drives=False,
    )
    return {
        each.pk: each
        for each in found
        if suits(each.terms, wish.terms, pairs.get(each.driver_id, STRANGERS))
    }


def _may_still_be_taken(offer: RideOffer, wish: RideRequest, at: datetime) -> bool:
    """Tell whether a ride takes place; whoever waits at a stop also looks for who is on the way."""
    until = offer.departs_until if wish.waits_until is None else offer.arrives_at
    return not offer.is_cancelled and until > at


def _binds(offer: RideOffer, wish: RideRequest) -> bool:
    """Tell whether it matters who the two are to each other."""
    return not (offer.terms.is_for_everybody and wish.terms.is_for_everybody)


def _rides_together(drivers: Mapping[UUID, int], ride_ids: Collection[UUID]) -> dict[UUID, int]:
    """Give of each ride how often its driver took somebody along before."""
    if not drivers:
        return {}
    theirs = RideOffer.objects.filter(pk__among=ride_ids, driver__in=drivers.keys())
    return {ride: drivers[driver] for ride, driver in theirs.values_list("pk", "driver")}


def told_match(match_id: UUID) -> Told | None:
    """Find a match that both sides were told of, with its ride, request and people."""
    found = Told.objects.select_related("offer__driver", "request__person")
    return found.filter(pk=match_id).first()
