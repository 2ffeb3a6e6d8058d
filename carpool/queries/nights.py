"""What is shared out at night: tomorrow's rides, and who still looks for one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import combinations
from uuid import UUID

from carpool.matching import Ride
from carpool.matching.batch import weighted
from carpool.matching.groups import Seeker
from carpool.models import (
    Booking,
    Match,
    Night,
    RequestStatus,
    RideOffer,
    RideRequest,
)
from carpool.plans import rides_of, wish_of
from carpool.queries.people import pairs_with
from carpool.queries.stops import stops_of
from carpool.terms import suits
from village.residents.models import Village
from village.residents.queries import all_villages, hidden_from, village_or_404

# After supper, when most have said what they need, and before people go to bed.
SHARED_OUT_AT = time(20)
# More than a village has; whoever came later still finds rides by herself.
MOST_RIDES, MOST_RIDERS = 300, 400
# Nights that are longer ago no longer count.
REMEMBERED = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Market:
    """
    Hold who drives on a day and who looks for a ride, in the order in which they came.

    ``versions`` are those of the plans that were read, ``apart`` the names of rides and requests
    that may not share a car.
    """

    rides: list[Ride]
    versions: dict[UUID, int]
    requests: list[RideRequest]
    seekers: list[Seeker]
    apart: set[frozenset[UUID]]


def nights_due(at: datetime) -> Iterator[tuple[str, date]]:
    """Name the villages where it is evening now and the next day is not shared out yet."""
    for village in all_villages():
        here = at.astimezone(village.tzinfo)
        tomorrow = here.date() + timedelta(days=1)
        done = Night.objects.filter(village=village, day=tomorrow)
        if here.time() >= SHARED_OUT_AT and not done.exists():
            yield village.pk, tomorrow


def market_of(village: str, day: date, *, at: datetime) -> Market:
    """Read who drives on a day and who looks for a ride."""
    first, last = _bounds(village_or_404(village), day)
    offers = list(
        RideOffer.objects.open()
        .still_here(at)
        .filter(village=village, departs_at__gte=first, departs_at__lt=last)
        .order_by("created_at", "pk")[:MOST_RIDES]
    )
    open_requests = RideRequest.objects.open().still_useful(at)
    taken = Booking.objects.active().exclude(request=None).values("request")
    requests = list(
        open_requests.filter(village=village, earliest__lt=last, latest_arrival__gt=first)
        .exclude(pk__in=taken)
        .order_by("created_at", "pk")[:MOST_RIDERS]
    )
    misses = _misses(village, {each.person_id for each in requests}, at)
    stops = list(stops_of(village))
    plans = {ride.id: ride for ride in rides_of(RideOffer.objects.filter(pk__among=_ids(offers)))}
    return Market(
        rides=[plans[each.pk] for each in offers],
        versions={each.pk: each.version for each in offers},
        requests=requests,
        seekers=[
            weighted(Seeker(each.pk, wish_of(each, stops=stops)), misses.get(each.person_id, 0))
            for each in requests
        ],
        apart=_apart(village, offers, requests),
    )


def _bounds(village: Village, day: date) -> tuple[datetime, datetime]:
    return (
        datetime.combine(day, time(), tzinfo=village.tzinfo),
        datetime.combine(day + timedelta(days=1), time(), tzinfo=village.tzinfo),
    )


def _ids(offers: Iterable[RideOffer]) -> list[UUID]:
    return [each.pk for each in offers]


def _misses(village: str, people: set[UUID], at: datetime) -> dict[UUID, int]:
    """Count for each person the nights in which she went without, since she last had luck."""
    rows = (
        RideRequest.objects.filter(
            village=village, person__id__among=people, latest_arrival__gt=at - REMEMBERED
        )
        .order_by("-earliest", "pk")
        .values_list("pk", "person", "status", "nights_without")
    )
    proposed = Match.objects.filter(
        village=village, request__person__id__among=people, proposed_at__isnull=False
    )
    lucky = set(proposed.values_list("request", flat=True))
    counted: dict[UUID, int] = {}
    settled: set[UUID] = set()
    for request, person, status, nights in rows:
        if status == RequestStatus.MATCHED or request in lucky:
            settled.add(person)
        if person not in settled:
            counted[person] = counted.get(person, 0) + nights
    return counted


def _apart(
    village: str, offers: list[RideOffer], requests: list[RideRequest]
) -> set[frozenset[UUID]]:
    """Name the pairs that may not share a car: unsuited, kept apart, or one and the same."""
    riders = {each.person_id for each in requests}
    aboard: dict[UUID, set[UUID]] = {each.pk: {each.driver_id} for each in offers}
    booked = Booking.objects.active().filter(offer__id__among=_ids(offers))
    for ride, rider in booked.values_list("offer", "rider"):
        aboard[ride].add(rider)
    hidden = hidden_from(riders)
    apart: set[frozenset[UUID]] = set()
    pairs = {
        driver: pairs_with(driver, riders - {driver}, village=village, drives=True)
        for driver in {each.driver_id for each in offers}
    }
    for offer in offers:
        for request in requests:
            person, there = request.person_id, aboard[offer.pk]
            kept_apart = hidden.get(person, frozenset())
            if (
                person in there
                or any(str(each) in kept_apart for each in there)
                or not suits(offer.terms, request.terms, pairs[offer.driver_id][person])
            ):
                apart.add(frozenset((offer.pk, request.pk)))
    for one, other in combinations(requests, 2):
        kept_apart = hidden.get(one.person_id, frozenset())
        if one.person_id == other.person_id or str(other.person_id) in kept_apart:
            apart.add(frozenset((one.pk, other.pk)))
    return apart
