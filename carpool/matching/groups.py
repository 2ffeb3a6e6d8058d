"""
What it costs a ride to take several riders along together, in the best order of all.

Every order is tried, that of the ride's own calls kept; what cannot become good is left early. For
that, it is known what comes at least after each place: the way to the goal by way of the ride's own
calls, and by way of the best spots of each rider.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

import numpy as np

from carpool.matching.drives import Drives
from carpool.matching.rides import DWELL, EARLIEST, EVER, LATEST, Ride, Wish
from carpool.routing.port import Whole

# More than anything costs.
_NEVER = 10**15


@dataclass(frozen=True, slots=True)
class Seeker:
    """Hold somebody who looks for a ride; ``weight`` is what taking her along counts."""

    id: UUID
    wish: Wish
    weight: float = 1.0


class _Stop(NamedTuple):
    """Hold one stop that may be next."""

    place: int
    dwell: int
    earliest: int
    latest: int
    boards: int
    walk: int = 0


class _Need(NamedTuple):
    """
    Hold what somebody needs next: a call at one of some stops, and ``then`` another.

    From each place, it takes at least ``driven`` seconds to the goal by way of all that she needs,
    and with her walks ``spent``. Whoever leaves a place after ``until`` comes too late.
    ``longest`` is how long she may be on her way to what comes then.
    """

    stops: list[_Stop]
    driven: list[int]
    spent: list[int]
    until: list[int]
    then: _Need | None = None
    longest: int = EVER


class _Own(NamedTuple):
    """
    Hold a call that the ride has already, and what its further calls need, as a need does.

    Whoever leaves the car here boarded at the call ``boarded``, at most ``longest`` seconds ago.
    """

    stop: _Stop
    driven: list[int]
    until: list[int]
    boarded: int
    longest: int


class _State(NamedTuple):
    """
    Hold how far a trial has come: it leaves ``place`` at ``leaves``, shifts left out.

    ``left`` has when each of the ride's own calls was left; ``needs`` come with until when they
    must be met.
    """

    place: int
    leaves: int
    driven: int
    walked: int
    not_less: int
    not_more: int
    load: int
    left: tuple[int, ...]
    needs: tuple[tuple[_Need, int], ...]


class Trial:
    """Try in which order a ride takes a group along, of those who may join it."""

    def __init__(self, ride: Ride, seekers: Iterable[Seeker], drives: Drives, *, at: int) -> None:
        """Take the ride, which leaves after ``at``, and the drives between all places."""
        first = ride.calls[0]
        self._leaves, self._not_more = first.arrives + first.dwell, first.latest - first.arrives
        self._not_less = max(0, at - self._leaves, first.earliest - first.arrives)
        self._seats, self._longest, self._driving = ride.seats, ride.longest, ride.driving
        self._seconds = drives.seconds
        self._own = _owns(ride, drives)
        goal = drives.quickest[:, self._own[-1].stop.place]
        self._needs = {each.id: _need(each.wish, goal, drives) for each in seekers}
        self._best = _NEVER

    def best_cost(self, group: Sequence[UUID], *, at_most: int | None = None) -> int | None:
        """
        Give what taking a whole group along costs at least; ``None`` if it cannot be.

        Counted are the seconds that the driver drives more than now, and those that the riders
        walk. That it can be done for ``at_most`` may be known already.
        """
        self._best = _NEVER if at_most is None else at_most + self._driving
        if self._not_less <= self._not_more:
            needs = tuple((self._needs[each], LATEST) for each in group)
            place, leaves = self._own[0].stop.place, self._leaves
            self._go(
                _State(place, leaves, 0, 0, self._not_less, self._not_more, 0, (leaves,), needs)
            )
        return None if self._best == _NEVER else self._best - self._driving

    def _go(self, state: _State) -> None:
        """Go on from a place in every way that may still become better than the best."""
        turn, left, needs = len(state.left), state.left, state.needs
        if turn == len(self._own):
            self._best = state.driven + state.walked
            return
        row = self._seconds[state.place]
        for number, (need, due) in enumerate(needs):
            others = (*needs[:number], *needs[number + 1 :])
            for stop in need.stops:
                arrives = state.leaves + row[stop.place]
                if arrives > due:
                    continue
                if need.then is None:
                    self._call(state, stop, left, others)
                else:
                    then = need.then, arrives + stop.dwell + need.longest
                    self._call(state, stop, left, (*others, then))
        if turn < len(self._own) - 1 or not needs:
            stop, _, _, boarded, longest = self._own[turn]
            arrives = state.leaves + row[stop.place]
            if arrives - left[boarded] <= longest:
                self._call(state, stop, (*left, arrives + stop.dwell), needs)

    def _call(
        self,
        state: _State,
        stop: _Stop,
        left: tuple[int, ...],
        needs: tuple[tuple[_Need, int], ...],
    ) -> None:
        """Call at one more stop, and go on from there unless something would no longer hold."""
        place, leaves, driven, walked, not_less, not_more, load, _, _ = state
        takes = self._seconds[place][stop.place]
        arrives = leaves + takes
        reached = _State(
            stop.place,
            arrives + stop.dwell,
            driven + takes,
            walked + stop.walk,
            max(not_less, stop.earliest - arrives),
            min(not_more, stop.latest - arrives),
            load + stop.boards,
            left,
            needs,
        )
        if self._may_end_well(reached):
            self._go(reached)

    def _may_end_well(self, state: _State) -> bool:
        """Tell whether everybody may still be served in time, and for less than the best."""
        place, leaves, driven, walked, not_less, not_more, load, left, needs = state
        if not_less > not_more or load > self._seats:
            return False
        leaves += not_less
        more = spent = 0
        if len(left) < len(self._own):
            own = self._own[len(left)]
            if leaves > own.until[place]:
                return False
            more = spent = own.driven[place]
        for need, _ in needs:
            if leaves > need.until[place]:
                return False
            more, spent = max(more, need.driven[place]), max(spent, need.spent[place])
        return driven + more <= self._longest and driven + walked + spent < self._best


def _owns(ride: Ride, drives: Drives) -> list[_Own]:
    """Give the calls that a ride has already."""
    boarded = {call.rider: turn for turn, call in enumerate(ride.calls) if call.boards > 0}
    owns: list[_Own] = []
    for call in reversed(ride.calls):
        place = drives.number(call.point)
        stop = _Stop(place, call.dwell, call.earliest, call.latest, call.boards)
        to_here = drives.quickest[:, place]
        driven, until = 0, call.latest
        if owns:
            driven = owns[-1].driven[place]
            until = min(until, owns[-1].until[place] - call.dwell)
        begins = boarded[call.rider] if call.boards < 0 else 0
        longest = ride.calls[begins].longest if call.boards < 0 else EVER
        owns.append(
            _Own(stop, (to_here + driven).tolist(), (until - to_here).tolist(), begins, longest)
        )
    return owns[::-1]


def _need(wish: Wish, goal: Whole, drives: Drives) -> _Need:
    """Give what a rider needs: to board, and then to leave and come to the ``goal``."""
    latest = np.full(len(goal), LATEST)
    stops = [
        _Stop(
            place=drives.number(spot.point),
            dwell=DWELL,
            earliest=EARLIEST,
            latest=wish.arrives_by - spot.walk,
            boards=-wish.seats,
            walk=spot.walk,
        )
        for spot in wish.dropoffs
    ]
    leave = _Need(stops, *_ahead(stops, goal, goal, latest, drives))
    stops = [
        _Stop(
            place=drives.number(spot.point),
            dwell=DWELL,
            earliest=wish.earliest + spot.walk,
            latest=wish.latest,
            boards=wish.seats,
            walk=spot.walk,
        )
        for spot in wish.pickups
    ]
    driven, spent, until = (np.array(each) for each in (leave.driven, leave.spent, leave.until))
    ahead = _ahead(stops, driven, spent, until - DWELL, drives)
    return _Need(stops, *ahead, then=leave, longest=wish.longest)


def _ahead(
    stops: Sequence[_Stop], driven: Whole, spent: Whole, until: Whole, drives: Drives
) -> tuple[list[int], list[int], list[int]]:
    """Give for each place what is ahead, by one of some stops and then as it is there."""
    places = [stop.place for stop in stops]
    there = drives.quickest[:, places]
    walks = np.array([stop.walk for stop in stops])
    latest = np.minimum([stop.latest for stop in stops], until[places])
    return (
        (there + driven[places]).min(axis=1).tolist(),
        (there + spent[places] + walks).min(axis=1).tolist(),
        (latest - there).max(axis=1).tolist(),
    )
