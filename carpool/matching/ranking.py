"""Which of the rides that fit comes first, and why it fits, in reasons that anybody can word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from carpool.matching.rides import Because, Match, Reason, Wish

# A ride that leaves so little to spare is worth as much less as it is short of it.
COMFORTABLE_SLACK = 300
# What one ride together before is worth, in seconds, and how many of them count.
FAMILIARITY = 60
MOST_FAMILIAR = 5


def ranked(matches: Iterable[Match], rides_together: Mapping[UUID, int]) -> list[Match]:
    """
    Put the matches into order: little driving, little walking, some time to spare, known people.

    All is counted in seconds. ``rides_together`` says how often rider and driver rode together,
    by ride; who is not in it never did.
    """

    def key(match: Match) -> tuple[int, int, UUID]:
        known = min(rides_together.get(match.ride_id, 0), MOST_FAMILIAR) * FAMILIARITY
        hurry = max(0, COMFORTABLE_SLACK - match.slack)
        return match.extra_seconds + match.walk + hurry - known, match.pickup_at, match.ride_id

    return sorted(matches, key=key)


def reasons(match: Match, wish: Wish, *, rides_together: int = 0) -> list[Reason]:
    """Say why a ride fits, in whole minutes."""
    detour, walk = _minutes(match.extra_seconds), _minutes(match.walk)
    early = _minutes(wish.arrives_by - match.dropoff.walk - match.arrives_at)
    shift = _minutes(match.shift)
    told = [Reason(Because.DETOUR_MINUTES, detour) if detour > 0 else Reason(Because.ON_THE_WAY)]
    if walk:
        told.append(Reason(Because.WALK_MINUTES, walk))
    told.append(Reason(Because.EARLY_MINUTES, early) if early else Reason(Because.JUST_IN_TIME))
    if shift:
        told.append(Reason(Because.LEAVES_LATER_MINUTES, shift))
    if rides_together:
        told.append(Reason(Because.RIDES_TOGETHER, rides_together))
    return told


def _minutes(seconds: int) -> int:
    return round(seconds / 60)
