"""Many rides and many riders at once: the best set, by trying every set there is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, pairwise, permutations, product
from random import Random
from uuid import UUID

import numpy as np
import pytest

from carpool.matching import Ride, Spot, Wish, fitting, planned, timed, with_rider
from carpool.matching.batch import LARGEST_GROUP, Chosen, chosen, weighted
from carpool.matching.drives import Drives
from carpool.matching.groups import Seeker, Trial
from carpool.matching.packing import PERSON
from carpool.routing import Estimate, Roads
from carpool.routing.port import Coordinates, Table, coordinates
from tests.carpool.matching.oracle import (
    Drive,
    Visit,
    bearable,
    holds,
    remembered,
    through_the_air,
    visit_of,
)
from tests.carpool.matching.traffic import MORNING, Traffic
from village.core.geo import Point

pytestmark = pytest.mark.once
ROADS = Estimate()
AT = MORNING - 7200
LINDE, TOWN = Point(50.01493, 11.50661), Point(49.95182, 11.57934)
PROMISE = 900
drive = remembered(through_the_air)


def orders(ride: Ride, group: Sequence[Seeker]) -> Iterator[list[Visit]]:
    """Give every order of stops in which a ride could serve a group, its own calls in place."""
    own = [visit_of(call) for call in ride.calls]
    spots = [list(product(each.wish.pickups, each.wish.dropoffs)) for each in group]
    names = [(number, end) for number in range(len(group)) for end in (0, 1)]
    for order in permutations(names):
        if any(order.index((number, 0)) > order.index((number, 1)) for number in range(len(group))):
            continue
        for chosen_spots in product(*spots):
            stops = [stop_of(group[number], chosen_spots[number], end) for number, end in order]
            for places in combinations(range(1, len(own) + len(stops) - 1), len(stops)):
                left, way = iter(own), []
                waiting = iter(stops)
                for turn in range(len(own) + len(stops)):
                    way.append(next(waiting) if turn in places else next(left))
                yield way


def stop_of(seeker: Seeker, spots: tuple[Spot, Spot], end: int) -> Visit:
    wish, spot = seeker.wish, spots[end]
    if end:
        return Visit(
            spot.point, 60, -(10**12), wish.arrives_by - spot.walk, -wish.seats, seeker.id, 0
        )
    return Visit(
        spot.point, 60, wish.earliest + spot.walk, wish.latest, wish.seats, seeker.id, wish.longest
    )


def cheapest(ride: Ride, group: Sequence[Seeker], drive: Drive = drive) -> int | None:
    """Give what a group costs at least, by driving every order second by second."""
    costs = []
    for way in orders(ride, group):
        loads = [sum(visit.boards for visit in way[: turn + 1]) for turn in range(len(way))]
        offsets, driven = [0], 0
        for here, there in pairwise(way):
            takes = drive(here.point, there.point)
            driven += takes
            offsets.append(offsets[-1] + here.stands + takes)
        edges = {ride.calls[0].earliest} | {
            edge - offset
            for offset, visit in zip(offsets, way, strict=True)
            for edge in (visit.not_before, visit.not_after)
        }
        if (
            max(loads) <= ride.seats
            and driven <= ride.longest
            and bearable(way, offsets)
            and any(leave >= AT and holds(way, offsets, leave) for leave in edges)
        ):
            walks = sum(walk(each, way) for each in group)
            costs.append(driven - ride.driving + walks)
    return min(costs, default=None)


def walk(seeker: Seeker, way: list[Visit]) -> int:
    places = {visit.boards > 0: visit.point for visit in way if visit.rider == seeker.id}
    ends = ((True, seeker.wish.pickups), (False, seeker.wish.dropoffs))
    return sum(
        next(spot.walk for spot in spots if spot.point == places[boards]) for boards, spots in ends
    )


def best_cost(ride: Ride, group: Sequence[Seeker], roads: Roads = ROADS) -> int | None:
    """Give what the village finds that a group costs at least."""
    drives = Drives(ride, (each.wish for each in group), roads)
    return Trial(ride, group, drives, at=AT).best_cost([each.id for each in group])


def can_book(ride: Ride, group: Sequence[Seeker]) -> bool:
    """Tell whether a group can book one after the other, in whatever order."""
    return all(_in_turn(ride, order) for order in permutations(group))


def _in_turn(ride: Ride, order: Sequence[Seeker]) -> bool:
    for each in order:
        found = fitting(each.wish, [ride], ROADS, at=AT)
        if not found:
            return False
        ride = with_rider(ride, found[0], each.wish, each.id, ROADS, promise=PROMISE)
    return True


def worth(ride: Ride, group: Sequence[Seeker]) -> float | None:
    """Give what a group is worth, from the definition; nothing if it cannot ride together."""
    smaller = combinations(group, len(group) - 1) if len(group) > 1 else ()
    if any(worth_of(ride, each) is None for each in smaller):
        return None
    cost = cheapest(ride, group)
    if cost is None or (len(group) > 1 and not can_book(ride, group)):
        return None
    alone = sum(
        min(drive(a.point, b.point) for a, b in product(each.wish.pickups, each.wish.dropoffs))
        for each in group
    )
    return sum(PERSON * each.weight * each.wish.seats for each in group) + alone - cost


def best_of_all(rides: Sequence[Ride], seekers: Sequence[Seeker]) -> float:
    """Give the value of the best set, by trying every set."""
    if not rides:
        return 0.0
    first, rest = rides[0], rides[1:]
    best = best_of_all(rest, seekers)
    for size in range(1, LARGEST_GROUP + 1):
        for group in combinations(seekers, size):
            value = worth_of(first, group)
            if value is not None:
                left = [each for each in seekers if each not in group]
                best = max(best, value + best_of_all(rest, left))
    return best


_known: dict[tuple[UUID, tuple[UUID, ...]], float | None] = {}


def worth_of(ride: Ride, group: Sequence[Seeker]) -> float | None:
    key = ride.id, tuple(each.id for each in group)
    if key not in _known:
        _known[key] = worth(ride, group)
    return _known[key]


def market(seed: int, rides: int, seekers: int) -> tuple[list[Ride], list[Seeker]]:
    """Draw rides, some with somebody aboard, and people who look for some."""
    traffic = Traffic(Random(seed), ROADS, degrees=0.05, is_easy=True)
    offered = [traffic.ride(riders=number % 2) for number in range(rides)]
    wishes = [traffic.wish_along(traffic.chance.choice(offered)) for _ in range(seekers)]
    return offered, [Seeker(traffic.uuid(), wish) for wish in wishes]


def share(rides: list[Ride], seekers: list[Seeker], **how: object) -> Chosen:
    return chosen(rides, seekers, ROADS, at=AT, promise=PROMISE, **how)  # type: ignore[arg-type]


def to_town(number: int, seats: int = 1) -> Ride:
    """Plan a ride from the linden tree to the town."""
    return planned(
        UUID(int=number),
        [LINDE, TOWN],
        departs=MORNING,
        departs_until=MORNING + 900,
        detour=600,
        seats=seats,
        roads=ROADS,
    )


def looks(number: int, weight: float = 1.0, start: Point = LINDE) -> Seeker:
    """Look for a ride from the linden tree to the town."""
    spots = (Spot(start),), (Spot(TOWN),)
    wish = Wish(*spots, MORNING - 600, MORNING + 7200, MORNING + 7200)
    return Seeker(UUID(int=1000 + number), wish, weight)


class Jammed:
    """Roads of which every third takes three times as long, so that a way round is quicker."""

    is_estimate, fastest = True, ROADS.fastest

    def table(self, starts: Coordinates, goals: Coordinates) -> Table:
        free = ROADS.table(starts, goals)
        return Table(free.seconds * np.where(free.seconds % 3, 1, 3), free.metres)

    def drive(self, start: Point, goal: Point) -> int:
        return int(self.table(coordinates([start]), coordinates([goal])).seconds[0, 0])


def timed_by(roads: Roads, ride: Ride) -> Ride:
    """Time a ride anew, so that it may take as much longer as before."""
    slower = replace(ride, calls=timed(ride.calls, roads))
    return replace(slower, longest=ride.longest + slower.driving - ride.driving)


class TestBestCost:
    @pytest.mark.parametrize("seed", range(3))
    def test_is_that_of_the_best_order_of_all(self, seed: int) -> None:
        rides, seekers = market(seed, 3, 5)
        tried = feasible = 0
        for ride in rides:
            for group in (*combinations(seekers, 1), *combinations(seekers, 2)):
                expected = cheapest(ride, group)
                assert best_cost(ride, group) == expected
                tried += 1
                feasible += expected is not None

        assert 0 < feasible < tried

    def test_of_three_is_that_of_the_best_order_of_all(self) -> None:
        ride = to_town(1, seats=2)
        group = [looks(1), looks(2, start=Point(50.0, 11.52)), looks(3, start=Point(49.99, 11.53))]

        assert best_cost(ride, group) == cheapest(ride, group)

    def test_holds_where_the_way_round_is_quicker_than_straight_on(self) -> None:
        roads = Jammed()
        rides, seekers = market(12, 2, 5)
        known = {
            (ride, group): cheapest(ride, group, roads.drive)
            for ride in (timed_by(roads, ride) for ride in rides)
            for group in (*combinations(seekers, 1), *combinations(seekers, 2))
        }

        assert {key: best_cost(*key, roads) for key in known} == known
        assert any(cost is not None for cost in known.values())


class TestDrives:
    def test_knows_what_the_roads_know(self) -> None:
        ride, *_ = market(1, 1, 0)[0]
        wish = looks(1).wish
        drives = Drives(ride, [wish], ROADS)
        starts, goals = coordinates([TOWN, LINDE]), coordinates(call.point for call in ride.calls)

        known, asked = drives.table(starts, goals), ROADS.table(starts, goals)

        assert known.seconds.tolist() == asked.seconds.tolist()
        assert known.metres.tolist() == asked.metres.tolist()


class TestChosen:
    @pytest.mark.parametrize("seed", range(4))
    def test_is_the_best_set_of_all(self, seed: int) -> None:
        rides, seekers = market(seed, 3, 4)

        best = share(rides, seekers)

        assert best.value == pytest.approx(max(best_of_all(rides, seekers), best.first_come))
        assert best.gap == 0

    @pytest.mark.parametrize("seed", range(6))
    def test_is_never_worse_than_first_come_first_served(self, seed: int) -> None:
        rides, seekers = market(100 + seed, 5, 9)

        best = share(rides, seekers)

        assert best.value >= best.first_come > 0
        assert best.bound >= best.value

    def test_is_better_where_first_come_takes_what_another_needs(self) -> None:
        """The first to come fits both rides; only one of them passes by the second."""
        near, other = to_town(1), to_town(2)
        flexible = looks(1)
        narrow = Seeker(
            UUID(int=1002),
            Wish((Spot(LINDE),), (Spot(TOWN),), MORNING - 600, MORNING + 7200, MORNING + 7200),
        )

        best = share([near, other], [flexible, narrow], apart=[frozenset((other.id, narrow.id))])

        assert {who: ride for ride, who in best.pairs} == {
            flexible.id: other.id,
            narrow.id: near.id,
        }
        assert best.value > 1.5 * best.first_come

    def test_still_holds_when_there_is_no_time_to_search(self) -> None:
        rides, seekers = market(7, 5, 9)

        hasty, best = share(rides, seekers, seconds=0.0), share(rides, seekers)

        assert hasty.first_come <= hasty.value <= best.value
        assert (hasty.is_whole, best.is_whole) == (False, True)

    @pytest.mark.parametrize("seed", range(4))
    def test_can_be_booked_in_any_order(self, seed: int) -> None:
        rides, seekers = market(40 + seed, 3, 9)
        aboard: dict[UUID, list[UUID]] = {}
        for ride, who in share(rides, seekers).pairs:
            aboard.setdefault(ride, []).append(who)
        people = {each.id: each for each in seekers}

        assert max(map(len, aboard.values())) > 1
        for ride in rides:
            group = [people[who] for who in aboard.get(ride.id, [])]
            in_turn = sorted(group, key=seekers.index)
            assert can_book(ride, group) or _in_turn(ride, in_turn)

    def test_puts_nobody_twice_and_no_more_than_there_are_seats(self) -> None:
        rides, seekers = market(9, 4, 10)
        pairs = share(rides, seekers).pairs

        assert len({who for _, who in pairs}) == len(pairs)

    def test_keeps_those_apart_who_may_not_share_a_car(self) -> None:
        ride, two = to_town(1, seats=4), [looks(1), looks(2)]

        together = share([ride], two)
        parted = share([ride], two, apart=[frozenset(each.id for each in two)])

        assert len(together.pairs) == 2
        assert len(parted.pairs) == 1

    def test_of_nothing_is_nothing(self) -> None:
        assert share([], []) == Chosen((), 0.0, 0.0, 0.0)
        assert share([to_town(1)], []).pairs == ()
        assert share([], [looks(1)]).gap == 0


class TestWeighted:
    def test_gives_the_seat_to_who_went_without_before(self) -> None:
        ride, first, later = to_town(1), looks(1), looks(2, start=Point(50.014, 11.51))
        loser = weighted(later, 1)

        assert share([ride], [first, weighted(later, 0)]).pairs == ((ride.id, first.id),)
        assert share([ride], [first, loser]).pairs == ((ride.id, loser.id),)

    def test_counts_more_with_each_night_up_to_a_limit(self) -> None:
        weights = [weighted(looks(1), misses).weight for misses in (0, 1, 2, 6, 100)]

        assert weights == [1.0, 1.5, 2.0, 4.0, 4.0]
