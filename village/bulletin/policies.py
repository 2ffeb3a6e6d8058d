"""Who brings the bulletin out."""

from __future__ import annotations

from village.core.actor import SYSTEM, Actor
from village.core.policy import ALLOWED, Verdict, hidden


def may_publish(by: Actor) -> Verdict:
    """Say whether the actor brings it out: the clock alone."""
    return ALLOWED if by == SYSTEM else hidden()
