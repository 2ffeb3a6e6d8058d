"""
What it costs a ride to take several riders along together, in the best order of all.

Every order is tried, that of the ride's own calls kept; what cannot become good is left early.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from carpool.matching.rides import DWELL, EARLIEST, EVER, Call, Ride, Wish
from carpool.routing.port import Roads, coordinates
from village.core.geo import Point

# Each drive is rounded to whole seconds, so a way round may seem shorter by a few.
_ROUNDING = 8


@dataclass(frozen=True, slots=True)
class Seeker:
    """Hold somebody who looks for a ride; ``weight`` is what taking her along counts."""

    id: UUID
    wish: Wish
    weight: float = 1.0


class Drives:
    """Know how long it takes between any two places of a ride and of those who may join it."""

    def __init__(self, ride: Ride, seekers: Iterable[Seeker], roads: Roads) -> None:
        """
        Ask for all drives at once.

        :raises RoadsUnavailable: nobody knows how long a drive takes
        """
        spots = (spot for each in seekers for spot in (*each.wish.pickups, *each.wish.dropoffs))
        points = dict.fromkeys(
            (*(call.point for call in ride.calls), *(spot.point for spot in spots))
        )
        places = coordinates(points)
        self.numbers: dict[Point, int] = {point: number for number, point in enumerate(points)}
        self.seconds: list[list[int]] = roads.table(places, places).seconds.tolist()


class _Stop(NamedTuple):
    """Hold one stop that may be next; ``who`` names whom it serves."""

    place: int
    dwell: int
    earliest: int
    latest: int
    boards: int
    who: UUID | None
    longest: int
    walk: int


class _State(NamedTuple):
    """
    Hold how far a trial has come: it leaves ``place`` at ``leaves``, shifts left out.

    ``turn`` counts the ride's own calls; ``aboard`` says of whom since when, and for how long.
    """

    place: int
    leaves: int
    driven: int
    walked: int
    not_less: int
    not_more: int
    load: int
    turn: int
    waiting: tuple[UUID, ...]
    aboard: tuple[tuple[UUID, int, int], ...]


class _Trial:
    """Try all orders of one ride and one group; ``best`` is the lowest cost found so far."""

    def __init__(
        self, ride: Ride, group: Sequence[Seeker], drives: Drives, best: int | None
    ) -> None:
        self.drives = drives.seconds
        self.due = [_due(call, drives) for call in ride.calls]
        self.goal = self.due[-1].place
        self.pickups = {each.id: _pickups(each, drives) for each in group}
        self.dropoffs = {each.id: _dropoffs(each, drives) for each in group}
        self.seats, self.longest, self.driving = ride.seats, ride.longest, ride.driving
        self.best = best

    def go(self, state: _State) -> None:
        """Go on from a place in every way that may still become better than the best."""
        if state.turn == len(self.due):
            cost = state.driven - self.driving + state.walked
            if state.driven <= self.longest and (self.best is None or cost < self.best):
                self.best = cost
            return
        ours = [who for who, _, _ in state.aboard if who in self.dropoffs]
        is_last = state.turn == len(self.due) - 1
        for who in ours:
            for stop in self.dropoffs[who]:
                self._call(state, stop)
        for who in state.waiting:
            for stop in self.pickups[who]:
                self._call(state, stop)
        if not is_last or not (state.waiting or ours):
            self._call(state, self.due[state.turn], own=True)

    def _call(self, state: _State, stop: _Stop, *, own: bool = False) -> None:
        """Call at one more stop, and go on from there unless something would no longer hold."""
        takes = self.drives[state.place][stop.place]
        arrives, driven = state.leaves + takes, state.driven + takes
        not_less = max(state.not_less, stop.earliest - arrives)
        not_more = min(state.not_more, stop.latest - arrives)
        load = state.load + stop.boards
        if not_less > not_more or load > self.seats:
            return
        waiting, aboard = state.waiting, state.aboard
        if stop.boards > 0 and stop.who is not None:
            waiting = tuple(who for who in waiting if who != stop.who)
            aboard = (*aboard, (stop.who, arrives + stop.dwell, stop.longest))
        elif stop.boards < 0:
            if any(who == stop.who and arrives - since > most for who, since, most in aboard):
                return
            aboard = tuple(each for each in aboard if each[0] != stop.who)
        reached = _State(
            stop.place,
            arrives + stop.dwell,
            driven,
            state.walked + stop.walk,
            not_less,
            not_more,
            load,
            state.turn + own,
            waiting,
            aboard,
        )
        if self._may_end_well(reached):
            self.go(reached)

    def _may_end_well(self, state: _State) -> bool:
        """Tell whether everybody may still be served in time, and for less than the best."""
        row, soonest = self.drives[state.place], state.leaves + state.not_less - _ROUNDING
        farthest = row[self.goal]
        if state.turn < len(self.due):
            due = self.due[state.turn]
            if soonest + row[due.place] > due.latest:
                return False
        for who in state.waiting:
            if all(soonest + row[stop.place] > stop.latest for stop in self.pickups[who]):
                return False
            farthest = max(farthest, self._by(row, self.pickups[who]))
        for who, _, _ in state.aboard:
            if who in self.dropoffs:
                stops = self.dropoffs[who]
                if all(soonest + row[stop.place] > stop.latest for stop in stops):
                    return False
                farthest = max(farthest, self._by(row, stops))
        least = state.driven + farthest - _ROUNDING
        if least > self.longest:
            return False
        return self.best is None or least - self.driving + state.walked < self.best

    def _by(self, row: list[int], stops: list[_Stop]) -> int:
        """Give how long it takes at least by one of some stops to the goal."""
        return min(row[stop.place] + self.drives[stop.place][self.goal] for stop in stops)


def best_cost(
    ride: Ride, group: Sequence[Seeker], drives: Drives, *, at: int, at_most: int | None = None
) -> int | None:
    """
    Give what taking a whole group along after ``at`` costs at least; ``None`` if it cannot be.

    Counted are the seconds that the driver drives more than now, and those that the riders walk.
    That it can be done for ``at_most`` may be known already.
    """
    first = ride.calls[0]
    not_less = max(0, at - first.arrives - first.dwell, first.earliest - first.arrives)
    not_more = first.latest - first.arrives
    if not_less > not_more:
        return None
    trial = _Trial(ride, group, drives, at_most)
    begin = _State(
        place=trial.due[0].place,
        leaves=first.arrives + first.dwell,
        driven=0,
        walked=0,
        not_less=not_less,
        not_more=not_more,
        load=0,
        turn=1,
        waiting=tuple(each.id for each in group),
        aboard=(),
    )
    trial.go(begin)
    return trial.best


def _due(call: Call, drives: Drives) -> _Stop:
    return _Stop(
        place=drives.numbers[call.point],
        dwell=call.dwell,
        earliest=call.earliest,
        latest=call.latest,
        boards=call.boards,
        who=call.rider,
        longest=call.longest,
        walk=0,
    )


def _pickups(seeker: Seeker, drives: Drives) -> list[_Stop]:
    wish = seeker.wish
    return [
        _Stop(
            place=drives.numbers[spot.point],
            dwell=DWELL,
            earliest=wish.earliest + spot.walk,
            latest=wish.latest,
            boards=wish.seats,
            who=seeker.id,
            longest=wish.longest,
            walk=spot.walk,
        )
        for spot in wish.pickups
    ]


def _dropoffs(seeker: Seeker, drives: Drives) -> list[_Stop]:
    wish = seeker.wish
    return [
        _Stop(
            place=drives.numbers[spot.point],
            dwell=DWELL,
            earliest=EARLIEST,
            latest=wish.arrives_by - spot.walk,
            boards=-wish.seats,
            who=seeker.id,
            longest=EVER,
            walk=spot.walk,
        )
        for spot in wish.dropoffs
    ]
