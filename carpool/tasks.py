"""What the rides do when something happens elsewhere."""

from __future__ import annotations

from typing import cast

from carpool import actions
from village.core.actor import SYSTEM, Actor
from village.journal.readers import Recorded, after
from village.residents.facts import ResidentBlocked, ResidentLeft
from village.residents.queries import blocked_with, is_member


@after(ResidentLeft)
def end_rides_of_who_left(recorded: Recorded) -> None:
    """Cancel what somebody who left the village offers, has booked and looks for."""
    fact = cast(ResidentLeft, recorded.fact)
    if not is_member(Actor(fact.resident_id), fact.village):
        actions.end_rides(
            by=SYSTEM, village=fact.village, resident_id=fact.resident_id, at=recorded.at
        )


@after(ResidentBlocked)
def part_who_are_kept_apart(recorded: Recorded) -> None:
    """Cancel what two who are not to meet have booked of each other."""
    fact = cast(ResidentBlocked, recorded.fact)
    if fact.blocked_id in blocked_with(fact.blocker_id):
        actions.end_bookings_between(
            by=SYSTEM, blocker=fact.blocker_id, blocked=fact.blocked_id, at=recorded.at
        )
