"""
The best set of matches for many rides and many riders at once.

Every group of riders that a ride can take along is a column with a value; the best set of columns
takes each ride and each rider at most once (J. Alonso-Mora et al., "On-demand high-capacity
ride-sharing via dynamic trip-vehicle assignment", PNAS 114, 2017). HiGHS solves it, through SciPy.
What first come first served would do is among the columns, so nothing worse is ever chosen.

Whoever is told of a ride books it by herself, sooner or later than the others. So a group counts
only if its riders can book in any order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from time import monotonic
from uuid import UUID

from carpool.matching.boarding import Car, Numbers
from carpool.matching.drives import Drives
from carpool.matching.fleet import fleet_of
from carpool.matching.groups import Seeker, Trial
from carpool.matching.insertion import fitting, fitting_in
from carpool.matching.packing import PERSON, Group, solved
from carpool.matching.planning import with_rider
from carpool.matching.rides import EVER, Match, Ride, Wish
from carpool.routing.port import Roads, coordinates

# Groups of more riders are hardly ever better, and there are very many.
LARGEST_GROUP = 3
# So much more somebody counts for each time that she went without, and so many times count.
FOR_EACH_MISS, MOST_MISSES = 0.5, 6

# Names that may not share a car: of a ride and a rider, or of two riders.
Apart = Collection[frozenset[UUID]]


@dataclass(frozen=True, slots=True)
class Chosen:
    """
    Hold the best set found: for each ride its riders, by their names.

    ``value`` is what it is worth, ``bound`` what no set of the groups that were looked at could
    exceed; they are equal where the set is proven to be best. ``first_come`` is what first come
    first served would be worth, ``groups`` how many groups were looked at, and ``is_whole`` whether
    these were all there are.
    """

    pairs: tuple[tuple[UUID, UUID], ...]
    value: float
    bound: float
    first_come: float
    groups: int = 0
    is_whole: bool = True

    @property
    def gap(self) -> float:
        """Give by which part of its bound the set could be better at most."""
        return max(0.0, self.bound - self.value) / self.bound if self.bound > 0 else 0.0


def weighted(seeker: Seeker, misses: int) -> Seeker:
    """Give somebody who went without a ride ``misses`` times in a row more weight."""
    return replace(seeker, weight=1 + FOR_EACH_MISS * min(misses, MOST_MISSES))


def chosen(
    rides: Sequence[Ride],
    seekers: Sequence[Seeker],
    roads: Roads,
    *,
    at: int,
    apart: Apart = frozenset(),
    promise: int = EVER,
    seconds: float = 60,
) -> Chosen:
    """
    Choose who rides with whom after ``at``; ``seekers`` come in the order in which they came.

    Nobody who is ``apart`` is put into one car. A rider's pick-up is moved by at most ``promise``
    seconds for the sake of those who book later. The search ends after about ``seconds``; then
    the best set so far is chosen.

    :raises RoadsUnavailable: nobody knows how long a drive takes
    """
    market = _Market(rides, seekers, roads, at, frozenset(apart), promise, monotonic() + seconds)
    singles = market.singles()
    if not singles:
        return Chosen((), 0.0, 0.0, 0.0)
    came = market.first_come(singles)
    served = sum(group.value for group in came)
    known = {(each.ride, each.seekers): each for each in (*came, *market.groups(singles))}
    found = list(known.values())
    taken, bound = solved(found, len(rides), len(seekers), market.seconds_left)
    value = sum(group.value for group in taken)
    if value < served:
        taken, value = came, served
    pairs = [
        (rides[group.ride].id, seekers[number].id) for group in taken for number in group.seekers
    ]
    bound = max(bound, value)
    return Chosen(tuple(pairs), value, bound, served, len(found), market.is_whole)


@dataclass(frozen=True, slots=True)
class _Single:
    """Hold how a ride takes one rider along."""

    ride: int
    seeker: int
    match: Match


class _Market:
    """Hold who drives and who looks for a ride, until ``ends`` on the monotonic clock."""

    def __init__(
        self,
        rides: Sequence[Ride],
        seekers: Sequence[Seeker],
        roads: Roads,
        at: int,
        apart: frozenset[frozenset[UUID]],
        promise: int,
        ends: float,
    ) -> None:
        self.rides, self.seekers, self.roads = rides, seekers, roads
        self.at, self.apart, self.promise, self.ends = at, apart, promise, ends
        self.is_whole = True
        self.alone = [_alone(each.wish, roads) for each in seekers]

    def singles(self) -> list[_Single]:
        """Give every pair of a ride and a rider that fits, rider by rider."""
        numbers = {ride.id: number for number, ride in enumerate(self.rides)}
        fleet = fleet_of(self.rides)
        return [
            _Single(numbers[match.ride_id], number, match)
            for number, seeker in enumerate(self.seekers)
            for match in fitting_in(seeker.wish, fleet, self.roads, at=self.at)
            if self._get_along(numbers[match.ride_id], (number,))
        ]

    def first_come(self, singles: Sequence[_Single]) -> list[Group]:
        """Give what each ride takes along if everybody takes the nearest ride when she comes."""
        now: dict[int, Ride] = {}
        aboard: dict[int, list[int]] = {}
        costs: dict[int, int] = {}
        for number, options in _by_seeker(singles).items():
            wish = self.seekers[number].wish
            found: list[tuple[int, Match]] = []
            for ride, match in options:
                if ride not in now:
                    found.append((ride, match))
                elif self._get_along(ride, (*aboard[ride], number)):
                    again = fitting(wish, [now[ride]], self.roads, at=self.at)
                    found += [(ride, each) for each in again]
            if not found:
                continue
            ride, best = min(found, key=lambda each: (_cost(each[1]), self.rides[each[0]].id))
            now[ride] = self._boarded(now.get(ride, self.rides[ride]), best, number)
            aboard.setdefault(ride, []).append(number)
            costs[ride] = costs.get(ride, 0) + _cost(best)
        return [self._group(ride, tuple(who), costs[ride]) for ride, who in aboard.items()]

    def groups(self, singles: Sequence[_Single]) -> Iterator[Group]:
        """Give every group that a ride can take along, the small ones first, until time is up."""
        yield from (self._group(each.ride, (each.seeker,), _cost(each.match)) for each in singles)
        # A quarter of the time is for choosing among them.
        until = self.ends - (self.ends - monotonic()) / 4
        near: dict[int, dict[int, Match]] = {}
        for each in singles:
            near.setdefault(each.ride, {})[each.seeker] = each.match
        cars: dict[int, Car] = {}
        trials: dict[int, Trial] = {}
        for _ in range(1, LARGEST_GROUP):
            for ride, matches in near.items():
                if monotonic() > until:
                    self.is_whole = False
                    return
                if ride not in cars:
                    cars[ride], trials[ride] = self._tried(ride, matches)
                for group, most in cars[ride].grow().items():
                    names = [self.seekers[number].id for number in group]
                    cost = trials[ride].best_cost(names, at_most=most)
                    assert cost is not None
                    yield self._group(ride, group, cost)

    @property
    def seconds_left(self) -> float:
        """Give the time that is left for choosing."""
        return max(0.1, self.ends - monotonic())

    def _tried(self, number: int, matches: Mapping[int, Match]) -> tuple[Car, Trial]:
        """Let the riders try a ride who fit it alone; all drives between them are asked for."""
        ride, seekers = self.rides[number], {each: self.seekers[each] for each in matches}
        drives = Drives(ride, (each.wish for each in seekers.values()), self.roads)

        def get_along(group: Numbers) -> bool:
            return self._get_along(number, group)

        car = Car(
            ride,
            seekers,
            matches,
            drives,
            at=self.at,
            promise=self.promise,
            get_along=get_along,
        )
        return car, Trial(ride, seekers.values(), drives, at=self.at)

    def _boarded(self, ride: Ride, match: Match, number: int) -> Ride:
        seeker = self.seekers[number]
        return with_rider(ride, match, seeker.wish, seeker.id, self.roads, promise=self.promise)

    def _get_along(self, ride: int, group: Sequence[int]) -> bool:
        """Tell whether all of a group may be in a car with the ride and with each other."""
        if not self.apart:
            return True
        names = [self.rides[ride].id, *(self.seekers[each].id for each in group)]
        return not any(frozenset(pair) in self.apart for pair in combinations(names, 2))

    def _group(self, ride: int, group: tuple[int, ...], cost: int) -> Group:
        """Say what a group is worth: everybody in it, and then the driving that it saves."""
        people = sum(
            PERSON * self.seekers[each].weight * self.seekers[each].wish.seats for each in group
        )
        saved = sum(self.alone[each] for each in group) - cost
        return Group(ride, group, cost, people + saved)


def _alone(wish: Wish, roads: Roads) -> int:
    """Give how long somebody would drive by herself."""
    pickups = coordinates(spot.point for spot in wish.pickups)
    dropoffs = coordinates(spot.point for spot in wish.dropoffs)
    return int(roads.table(pickups, dropoffs).seconds.min())


def _cost(match: Match) -> int:
    return match.extra_seconds + match.walk


def _by_seeker(singles: Sequence[_Single]) -> Mapping[int, list[tuple[int, Match]]]:
    options: dict[int, list[tuple[int, Match]]] = {}
    for each in singles:
        options.setdefault(each.seeker, []).append((each.ride, each.match))
    return options
