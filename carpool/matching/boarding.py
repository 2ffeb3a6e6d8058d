"""
In which orders riders can board a ride one after the other, each as if she booked it by herself.

Whoever is told of a ride books it sooner or later than the others do. So a group counts only if
its riders can board in every order; then all of its smaller groups can as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from itertools import combinations
from math import factorial
from uuid import UUID

from carpool.matching.fleet import fleet_of_packed, packed
from carpool.matching.groups import Seeker
from carpool.matching.insertion import fitting_in
from carpool.matching.planning import with_rider
from carpool.matching.rides import Match, Ride
from carpool.routing.port import Roads

Numbers = tuple[int, ...]


class Car:
    """Hold one ride, and how it is driven after some riders have boarded it in some order."""

    def __init__(
        self,
        ride: Ride,
        seekers: Mapping[int, Seeker],
        matches: Mapping[int, Match],
        roads: Roads,
        *,
        at: int,
        promise: int,
        get_along: Callable[[Numbers], bool],
    ) -> None:
        """
        Take the riders whom the ride can take along alone, by their numbers.

        :raises RoadsUnavailable: nobody knows how long a drive takes
        """
        self._seekers, self._roads, self._get_along = seekers, roads, get_along
        self._at, self._promise = at, promise
        self._groups: set[Numbers] = {(number,) for number in matches}
        self._costs: dict[Numbers, int] = {
            (number,): _cost(match) for number, match in matches.items()
        }
        self._rides: dict[Numbers, Ride] = {
            (number,): self._boarded(ride, match, number) for number, match in matches.items()
        }

    def grow(self) -> dict[Numbers, int]:
        """
        Let one more rider board; give the groups that can, and what each costs at most.

        :raises RoadsUnavailable: nobody knows how long a drive takes
        """
        plans = {order: packed(ride) for order, ride in self._rides.items()}
        boarded: dict[Numbers, Match] = {}
        for number in self._seekers:
            tried = [order for order in self._rides if self._may_join(order, number)]
            names = [UUID(int=turn) for turn in range(len(tried))]
            fleet = fleet_of_packed(names, [plans[order] for order in tried])
            for match in fitting_in(self._seekers[number].wish, fleet, self._roads, at=self._at):
                boarded[(*tried[match.ride_id.int], number)] = match
        orders = Counter(tuple(sorted(order)) for order in boarded)
        self._groups = {group for group in orders if orders[group] == factorial(len(group))}
        kept = {order: each for order, each in boarded.items() if _of(order) in self._groups}
        self._costs = {order: self._costs[order[:-1]] + _cost(kept[order]) for order in kept}
        self._rides = {
            order: self._boarded(self._rides[order[:-1]], match, order[-1])
            for order, match in kept.items()
        }
        least: dict[Numbers, int] = {}
        for order, cost in self._costs.items():
            least[_of(order)] = min(cost, least.get(_of(order), cost))
        return least

    def _may_join(self, order: Numbers, number: int) -> bool:
        """Tell whether all groups smaller by one can board, and nobody is kept apart."""
        if number in order:
            return False
        group = _of((*order, number))
        smaller = combinations(group, len(group) - 1)
        return all(each in self._groups for each in smaller) and self._get_along(group)

    def _boarded(self, ride: Ride, match: Match, number: int) -> Ride:
        seeker = self._seekers[number]
        return with_rider(ride, match, seeker.wish, seeker.id, self._roads, promise=self._promise)


def _of(order: Numbers) -> Numbers:
    """Give the group that boards in an order."""
    return tuple(sorted(order))


def _cost(match: Match) -> int:
    return match.extra_seconds + match.walk
