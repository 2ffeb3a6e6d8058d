"""What the rides do when something happens elsewhere."""

from __future__ import annotations

from typing import cast

from carpool import actions
from village.core.actor import SYSTEM, Actor
from village.journal.readers import Recorded, after
from village.residents.facts import ResidentLeft
from village.residents.queries import is_member


@after(ResidentLeft)
def end_rides_of_who_left(recorded: Recorded) -> None:
    """Cancel what somebody who left the village offers, has booked and looks for."""
    fact = cast(ResidentLeft, recorded.fact)
    if not is_member(Actor(fact.resident_id), fact.village):
        actions.end_rides(
            by=SYSTEM, village=fact.village, resident_id=fact.resident_id, at=recorded.at
        )
