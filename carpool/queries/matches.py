"""Which rides fit whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from carpool.matching import Match, fitting, ranked, seconds_of
from carpool.models import Booking, BookingStatus, RideOffer, RideRequest
from carpool.models import Match as Told
from carpool.plans import ride_of, roads, wish_of
from carpool.queries.people import pairs_with
from carpool.terms import suits
from village.residents.queries import blocked_with

# No village ride is on the road for longer before it picks somebody up.
LONGEST_APPROACH = timedelta(hours=12)
MATCHES_SHOWN = 50


def matches_for(wish: RideRequest, *, at: datetime) -> list[tuple[RideOffer, Match]]:
    """Give the rides that could take somebody along, the best first."""
    booked = Booking.objects.active().filter(rider=wish.person_id)
    candidates = (
        RideOffer.objects.open()
        .still_here(at)
        .filter(
            village=wish.village_id,
            departs_at__lt=wish.latest_arrival,
            departs_until__gt=wish.earliest - LONGEST_APPROACH,
        )
        .exclude(driver__in={wish.person_id, *blocked_with(wish.person_id)})
        .exclude(pk__in=booked.values("offer"))
        .select_related("driver")
        .prefetch_related("calls")
    )
    rides = _suitable_rides(wish, list(candidates))
    found = fitting(wish_of(wish), [*map(ride_of, rides.values())], roads(), at=seconds_of(at))
    together = _rides_together(wish.person_id, rides.values())
    return [(rides[match.ride_id], match) for match in ranked(found, together)[:MATCHES_SHOWN]]


def matches_of(offer: RideOffer, *, at: datetime) -> list[tuple[RideRequest, Match]]:
    """Give those who look for a ride that this one could take along, the least detour first."""
    booked = Booking.objects.active().filter(offer=offer)
    candidates = (
        RideRequest.objects.open()
        .still_useful(at)
        .filter(
            Q(latest_arrival__gt=offer.departs_at),
            Q(earliest__lt=offer.departs_until + LONGEST_APPROACH),
            village=offer.village_id,
        )
        .exclude(person__in={offer.driver_id, *blocked_with(offer.driver_id)})
        .exclude(person__in=booked.values("rider"))
        .select_related("person")
        .order_by("created_at", "pk")
    )
    wishes = list(candidates)
    pairs = pairs_with(offer.driver_id, {each.person_id for each in wishes}, drives=True)
    ride, now = ride_of(offer), seconds_of(at)
    found = [
        (wish, match)
        for wish in wishes
        if suits(offer.terms, wish.terms, pairs[wish.person_id])
        for match in fitting(wish_of(wish), [ride], roads(), at=now)
    ]
    return sorted(found, key=lambda each: each[1].extra_seconds)[:MATCHES_SHOWN]


def _suitable_rides(wish: RideRequest, rides: list[RideOffer]) -> dict[UUID, RideOffer]:
    pairs = pairs_with(wish.person_id, {each.driver_id for each in rides}, drives=False)
    return {each.pk: each for each in rides if suits(each.terms, wish.terms, pairs[each.driver_id])}


def _rides_together(person_id: UUID, rides: Iterable[RideOffer]) -> dict[UUID, int]:
    done = Booking.objects.filter(rider=person_id, status=BookingStatus.COMPLETED)
    drivers = Counter(done.values_list("offer__driver", flat=True))
    return {each.pk: drivers[each.driver_id] for each in rides}


def told_match(match_id: UUID) -> Told | None:
    """Find a match that both sides were told of, with its ride, request and people."""
    found = Told.objects.select_related("offer__driver", "request__person")
    return found.filter(pk=match_id).first()
