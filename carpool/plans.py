"""The plan of a ride between its rows and matching, which knows no rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from carpool import index
from carpool.matching import (
    EVER,
    Call,
    Match,
    Ride,
    Spot,
    Wish,
    fitting,
    planned,
    seconds_of,
    timed,
    with_rider,
    without_riders,
)
from carpool.matching.rides import EARLIEST, LATEST, MAX_SEATS
from carpool.models import Booking, RideCall, RideOffer, RideRequest, Stop, about
from carpool.places import Place, seconds_on_foot
from carpool.roads import roads
from carpool.routing import along
from village.core.geo import Point

# Later riders move nobody's pick-up by more than this, either way.
PROMISE = timedelta(minutes=15)
# Whoever rides the whole way is there when the ride is; this is no limit.
_WHOLE_WAY = timedelta(days=7)
# Drivers stand for a minute at the places they said they go by.
_DWELL = 60
# More of them would hardly be nearer, and each is tried with each.
MOST_STOPS = 3


def ride_of(offer: RideOffer) -> Ride:
    """Give a ride as it is planned now, riders included."""
    calls = sorted(offer.calls.all(), key=lambda call: call.turn)
    return Ride(offer.pk, tuple(map(_call, calls)), offer.seats, offer.longest_seconds)


def rides_of(offers: QuerySet[RideOffer]) -> list[Ride]:
    """Give many rides as they are planned now, by two questions."""
    known = {name: how for name, *how in offers.values_list("pk", "seats", "longest_seconds")}
    calls: dict[UUID, list[Call]] = {name: [] for name in known}
    rows = RideCall.objects.filter(offer__pk__among=list(known)).order_by("offer_id", "turn")
    for row in rows.iterator(chunk_size=5000):
        calls[row.offer_id].append(_call(row))
    return [
        Ride(name, tuple(calls[name]), seats, longest) for name, (seats, longest) in known.items()
    ]


def wish_of(
    request: RideRequest, seats: int | None = None, *, stops: Iterable[Stop] | None = None
) -> Wish:
    """
    Give what somebody looks for, between the places that everybody may know.

    She also walks to public stops nearby, if she says that she can. ``stops`` are those of her
    village, where they were read already.
    """
    nearby: Iterable[Stop] = ()
    if request.walk_minutes:
        here = Stop.objects.in_use().filter(village=request.village_id)
        nearby = here if stops is None else stops
    return Wish(
        pickups=spots_at(request, request.start, nearby),
        dropoffs=spots_at(request, request.goal, nearby),
        earliest=seconds_of(request.earliest),
        latest=seconds_of(request.waits_until or request.latest_arrival),
        arrives_by=seconds_of(request.latest_arrival),
        seats=request.seats if seats is None else seats,
    )


def wish_at(request: RideRequest, at: datetime, *, stops: Iterable[Stop] | None = None) -> Wish:
    """Give what somebody looks for at a moment: who waits at a stop is picked up from then on."""
    wish = wish_of(request, stops=stops)
    if request.waits_until is None:
        return wish
    return replace(wish, earliest=min(max(wish.earliest, seconds_of(at)), wish.latest))


def spots_at(request: RideRequest, place: Place, stops: Iterable[Stop]) -> tuple[Spot, ...]:
    """Give where somebody gets in or out: at a place, and at the nearest stops she can walk to."""
    here, most = about(place, request.village_id).point, 60 * request.walk_minutes
    ways = ((seconds_on_foot(here, stop.place.point), stop.place.point) for stop in stops)
    near = sorted((walk, point.lat, point.lng) for walk, point in ways if 0 < walk <= most)
    found = (Spot(Point(lat, lng), walk) for walk, lat, lng in near[:MOST_STOPS])
    return Spot(here), *found


def whole_way(offer: RideOffer, seats: int) -> Wish:
    """Give what somebody looks for who rides along from the start to the goal."""
    return Wish(
        pickups=(Spot(about(offer.start, offer.village_id).point),),
        dropoffs=(Spot(about(offer.goal, offer.village_id).point),),
        earliest=seconds_of(offer.departs_at),
        latest=seconds_of(offer.departs_until + _WHOLE_WAY),
        arrives_by=seconds_of(offer.departs_until + _WHOLE_WAY),
        seats=seats,
    )


def wish_for(booking: Booking) -> Wish:
    """Give what the rider of a booking looks for, with the seats she booked."""
    if booking.request is None:
        return whole_way(booking.offer, booking.seats)
    wish = wish_of(booking.request, booking.seats, stops=())
    # Where they agreed to meet does not move.
    ends = (
        (booking.pickup_stop, booking.request.start),
        (booking.dropoff_stop, booking.request.goal),
    )
    pickup, dropoff = (_agreed(booking, stop, place) for stop, place in ends)
    return replace(wish, pickups=(pickup,), dropoffs=(dropoff,))


def _agreed(booking: Booking, stop: Stop | None, place: Place) -> Spot:
    here = about(place, booking.village_id).point
    if stop is None:
        return Spot(here)
    return Spot(stop.place.point, seconds_on_foot(here, stop.place.point))


def lay_out(offer: RideOffer) -> Ride:
    """Plan a ride without riders; its detour is counted from here, whoever rides along later."""
    ride = planned(
        offer.pk,
        [about(place, offer.village_id).point for place in (offer.start, *offer.vias, offer.goal)],
        departs=seconds_of(offer.departs_at),
        departs_until=seconds_of(offer.departs_until),
        detour=60 * offer.detour_minutes,
        seats=offer.seats,
        roads=roads(),
        dwell=_DWELL,
    )
    offer.longest_seconds = ride.longest
    return ride


def timed_anew(offer: RideOffer) -> Ride:
    """Time a ride and its riders by the roads as they are known now."""
    ride = ride_of(offer)
    alone = without_riders(ride, [call.rider for call in ride.calls if call.rider], roads())
    offer.longest_seconds = alone.driving + 60 * offer.detour_minutes
    return replace(ride, calls=timed(ride.calls, roads()), longest=offer.longest_seconds)


def leaves_after(request: RideRequest, at: datetime) -> int:
    """
    Give the second after which a ride has to leave to take somebody along.

    Whoever waits at a stop cares not for when it leaves, only for when it comes by.
    """
    return seconds_of(at) if request.waits_until is None else EARLIEST


def fit(ride: Ride, wish: Wish, *, at: datetime) -> Match | None:
    """Say how a ride takes somebody along best; ``None`` when it cannot."""
    return next(iter(fitting(wish, [ride], roads(), at=seconds_of(at))), None)


def is_full_for(ride: Ride, wish: Wish, *, at: datetime) -> bool:
    """Tell whether it is seats alone that a ride lacks for somebody."""
    return fit(replace(ride, seats=MAX_SEATS), wish, at=at) is not None


def take_along(ride: Ride, match: Match, wish: Wish, booking_id: UUID) -> Ride:
    """Give the plan with somebody aboard."""
    promise = int(PROMISE.total_seconds())
    return with_rider(ride, match, wish, booking_id, roads(), promise=promise)


def cost_of(match: Match) -> dict[str, int]:
    """Give the columns of a booking that say how far the ways are, in metres."""
    ends = (match.pickup.point, match.dropoff.point)
    return {"direct_metres": along(roads(), ends)[1][0], "detour_metres": match.extra_metres}


def leave_out(ride: Ride, booking_ids: Iterable[UUID]) -> Ride:
    """Give the plan without somebody, as if she had never been aboard."""
    return without_riders(ride, booking_ids, roads())


def keep(offer: RideOffer, ride: Ride) -> None:
    """
    Write the plan of a ride that is locked or new: its calls, and what follows from them.

    Riders' times are those of a driver who leaves as soon as all of them allow.
    """
    load = highest = 0
    shift = ride.shifts[0]
    times: dict[UUID, list[datetime]] = {}
    for call in ride.calls:
        load += call.boards
        highest = max(highest, load)
        if call.rider is not None:
            times.setdefault(call.rider, []).append(_moment(call.arrives + shift))
    flexible = offer.departs_until - offer.departs_at
    offer.seats_left = offer.seats - highest
    offer.arrives_at = _moment(ride.calls[-1].arrives) + flexible
    offer.version += 1
    offer.save()
    offer.calls.all().delete()
    RideCall.objects.bulk_create(calls_of(offer, ride))
    for booking_id, (pickup_at, dropoff_at) in times.items():
        Booking.objects.filter(pk=booking_id).update(pickup_at=pickup_at, dropoff_at=dropoff_at)
    index.post(offer, ride)


def calls_of(offer: RideOffer, ride: Ride) -> list[RideCall]:
    """Give the rows that hold the plan of a ride."""
    return [_row(offer, turn, call) for turn, call in enumerate(ride.calls)]


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _row(offer: RideOffer, turn: int, call: Call) -> RideCall:
    return RideCall(
        offer=offer,
        turn=turn,
        booking_id=call.rider,
        lat=call.point.lat,
        lng=call.point.lng,
        arrives_at=_moment(call.arrives),
        metres=call.metres,
        dwell=call.dwell,
        earliest=None if call.earliest == EARLIEST else _moment(call.earliest),
        latest=None if call.latest == LATEST else _moment(call.latest),
        boards=call.boards,
    )


def _call(row: RideCall) -> Call:
    return Call(
        point=row.point,
        arrives=seconds_of(row.arrives_at),
        metres=row.metres,
        dwell=row.dwell,
        earliest=EARLIEST if row.earliest is None else seconds_of(row.earliest),
        latest=LATEST if row.latest is None else seconds_of(row.latest),
        boards=row.boards,
        rider=row.booking_id,
        longest=EVER,
    )
