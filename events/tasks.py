"""What the event board does when something happens elsewhere."""

from __future__ import annotations

from typing import cast

from events import actions
from village.core.actor import SYSTEM, Actor
from village.journal.readers import Recorded, after
from village.residents.facts import ResidentLeft
from village.residents.queries import is_member


@after(ResidentLeft)
def free_places_of_who_left(recorded: Recorded) -> None:
    """Give the places of somebody who left the village to those who wait."""
    fact = cast(ResidentLeft, recorded.fact)
    if not is_member(Actor(fact.resident_id), fact.village):
        actions.free_places(
            by=SYSTEM, village=fact.village, resident_id=fact.resident_id, at=recorded.at
        )
