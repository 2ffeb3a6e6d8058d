"""
The best set of matches for many rides and many riders at once.

Every group of riders that a ride can take along is a column with a value; the best set of columns
takes each ride and each rider at most once (J. Alonso-Mora et al., "On-demand high-capacity
ride-sharing via dynamic trip-vehicle assignment", PNAS 114, 2017). HiGHS solves it, through SciPy.
What first come first served would do is among the columns, so nothing worse is ever chosen.

Whoever is told of a ride books it by herself, sooner or later than the others. So a group counts
only if its riders can book in any order; groups that cannot are found out when they are chosen,
and then it is solved again without them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, permutations
from time import monotonic
from uuid import UUID

from carpool.matching.fleet import fleet_of
from carpool.matching.groups import Drives, Seeker, best_cost
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
    first served would be worth.
    """

    pairs: tuple[tuple[UUID, UUID], ...]
    value: float
    bound: float
    first_come: float

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
    found = [*market.groups(singles), *came]
    taken, bound = market.packed(found, fixed=set(came))
    value = sum(group.value for group in taken)
    if value < served:
        taken, value = came, served
    pairs = [
        (rides[group.ride].id, seekers[number].id) for group in taken for number in group.seekers
    ]
    return Chosen(tuple(pairs), value, max(bound, value), served)


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
        """
        Give every group that a ride can take along, the small ones first, while there is time.

        A group is tried only if all of its smaller groups can be taken along.
        """
        level: set[tuple[int, tuple[int, ...]]] = {(each.ride, (each.seeker,)) for each in singles}
        known: dict[int, Drives] = {}
        yield from (self._group(each.ride, (each.seeker,), _cost(each.match)) for each in singles)
        # Half of the time is for choosing among them.
        until = (monotonic() + self.ends) / 2
        for _ in range(1, LARGEST_GROUP):
            grown: set[tuple[int, tuple[int, ...]]] = set()
            for ride, group in _larger(level):
                if monotonic() > until:
                    return
                if not self._get_along(ride, group):
                    continue
                if ride not in known:
                    near = {each.seeker for each in singles if each.ride == ride}
                    who = [self.seekers[each] for each in sorted(near)]
                    known[ride] = Drives(self.rides[ride], who, self.roads)
                members = [self.seekers[each] for each in group]
                cost = best_cost(self.rides[ride], members, known[ride], at=self.at)
                if cost is not None:
                    grown.add((ride, group))
                    yield self._group(ride, group, cost)
            level = grown

    def packed(self, found: Sequence[Group], fixed: set[Group]) -> tuple[list[Group], float]:
        """
        Choose the best groups of which no two share a ride or a rider; give a bound as well.

        Groups in ``fixed`` are known to hold.
        """
        held: dict[Group, bool] = dict.fromkeys(fixed, True)
        while True:
            left = self.ends - monotonic()
            taken, bound = solved(found, len(self.rides), len(self.seekers), max(0.1, left))
            broken = {group for group in taken if not self._holds(group, held)}
            if not broken:
                return taken, bound
            if monotonic() > self.ends:
                return [group for group in taken if group not in broken], bound
            found = [group for group in found if group not in broken]

    def _holds(self, group: Group, held: dict[Group, bool]) -> bool:
        """Tell whether the riders of a group can book in any order."""
        if group not in held:
            held[group] = len(group.seekers) == 1 or all(
                self._can_book(self.rides[group.ride], order)
                for order in permutations(group.seekers)
            )
        return held[group]

    def _can_book(self, ride: Ride, order: Sequence[int]) -> bool:
        for number in order:
            found = fitting(self.seekers[number].wish, [ride], self.roads, at=self.at)
            if not found:
                return False
            ride = self._boarded(ride, found[0], number)
        return True

    def _boarded(self, ride: Ride, match: Match, number: int) -> Ride:
        seeker = self.seekers[number]
        return with_rider(ride, match, seeker.wish, seeker.id, self.roads, promise=self.promise)

    def _get_along(self, ride: int, group: Sequence[int]) -> bool:
        """Tell whether the last of a group may be in a car with the ride and all the others."""
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


def _larger(level: set[tuple[int, tuple[int, ...]]]) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Give the groups that are larger by one, and of which all smaller ones are known."""
    by_ride: dict[int, list[tuple[int, ...]]] = {}
    for ride, group in sorted(level):
        by_ride.setdefault(ride, []).append(group)
    for ride, smaller in by_ride.items():
        known = set(smaller)
        people = sorted({number for group in smaller for number in group})
        for group in smaller:
            for number in people:
                grown = (*group, number)
                if number > group[-1] and all(
                    grown[:gone] + grown[gone + 1 :] in known for gone in range(len(group))
                ):
                    yield ride, grown
