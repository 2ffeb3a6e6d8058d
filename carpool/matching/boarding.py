"""
In which orders riders can board a ride one after the other, each as if she booked it by herself.

Whoever is told of a ride books it sooner or later than the others do. So a group counts only if
its riders can board in every order; then all of its smaller groups can as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations, permutations
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
        """Take the riders whom the ride can take along alone, by their numbers, in order."""
        self._seekers, self._roads, self._get_along = seekers, roads, get_along
        self._at, self._promise = at, promise
        self._rides: dict[Numbers, Ride] = {(): ride}
        self._boarded: dict[Numbers, Match] = {
            (number,): match for number, match in matches.items()
        }
        self._groups = set(self._boarded)
        self._costs = {order: _cost(match) for order, match in self._boarded.items()}

    def grow(self) -> dict[Numbers, int]:
        """
        Let one more rider board; give the groups that can, and what each costs at most.

        :raises RoadsUnavailable: nobody knows how long a drive takes
        """
        self._rides = {
            order: self._with_rider(self._rides[order[:-1]], match, order[-1])
            for order, match in self._boarded.items()
        }
        plans = {order: packed(ride) for order, ride in self._rides.items()}
        larger = set(self._larger())
        boarded: dict[Numbers, Match] = {}
        for number in self._seekers:
            hers = [group for group in larger if number in group]
            orders = [order for group in hers for order in _before(group, number)]
            names = [UUID(int=turn) for turn in range(len(orders))]
            fleet = fleet_of_packed(names, [plans[order] for order in orders])
            found = fitting_in(self._seekers[number].wish, fleet, self._roads, at=self._at)
            boarded |= {(*orders[match.ride_id.int], number): match for match in found}
            # Who could not board last in some order need not be tried in another.
            larger -= {
                group
                for group in hers
                if any((*order, number) not in boarded for order in _before(group, number))
            }
        self._groups = larger
        self._boarded = {order: each for order, each in boarded.items() if _of(order) in larger}
        self._costs = {
            order: self._costs[order[:-1]] + _cost(match) for order, match in self._boarded.items()
        }
        least: dict[Numbers, int] = {}
        for order, cost in self._costs.items():
            least[_of(order)] = min(cost, least.get(_of(order), cost))
        return least

    def _larger(self) -> Iterator[Numbers]:
        """Give the groups all of whose smaller ones can board, and whom nobody keeps apart."""
        for group in self._groups:
            for number in self._seekers:
                if number > group[-1]:
                    larger = (*group, number)
                    smaller = combinations(larger, len(group))
                    if all(each in self._groups for each in smaller) and self._get_along(larger):
                        yield larger

    def _with_rider(self, ride: Ride, match: Match, number: int) -> Ride:
        seeker = self._seekers[number]
        return with_rider(ride, match, seeker.wish, seeker.id, self._roads, promise=self._promise)


def _before(group: Numbers, number: int) -> Iterable[Numbers]:
    """Give the orders in which all of a group but one can have boarded before her."""
    return permutations(each for each in group if each != number)


def _of(order: Numbers) -> Numbers:
    """Give the group that boards in an order."""
    return tuple(sorted(order))


def _cost(match: Match) -> int:
    return match.extra_seconds + match.walk
