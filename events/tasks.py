"""What the event board does when something happens elsewhere."""

from __future__ import annotations

from typing import cast

from events import actions
from village.core.actor import SYSTEM, Actor
from village.journal.readers import Recorded, after
from village.residents.facts import ResidentBlocked, ResidentErased, ResidentLeft
from village.residents.queries import blocked_with, is_member


@after(ResidentLeft)
def free_places_of_who_left(recorded: Recorded) -> None:
    """Give the places of somebody who left the village to those who wait."""
    fact = cast(ResidentLeft, recorded.fact)
    if not is_member(Actor(fact.resident_id), fact.village):
        actions.free_places(
            by=SYSTEM, village=fact.village, resident_id=fact.resident_id, at=recorded.at
        )


@after(ResidentBlocked)
def part_who_are_kept_apart(recorded: Recorded) -> None:
    """Take two who are not to meet off each other's dates; the places go to those who wait."""
    fact = cast(ResidentBlocked, recorded.fact)
    if fact.blocked_id in blocked_with(fact.blocker_id):
        actions.free_places_between(
            by=SYSTEM, one=fact.blocker_id, other=fact.blocked_id, at=recorded.at
        )


@after(ResidentErased)
def call_off_what_she_organised(recorded: Recorded) -> None:
    """Call off the dates of somebody who was erased, while those who come can still be told."""
    fact = cast(ResidentErased, recorded.fact)
    actions.call_off_all(by=SYSTEM, organiser=fact.resident_id, at=recorded.at)
