"""
The port through which an acting transaction holds on to its mandate.

Core names it and assisted mode fills it, so that every verb, request and job can hold a
mandate without knowing what one is.
"""

from __future__ import annotations

from collections.abc import Callable

from village.core.actor import Actor

_hold: Callable[[Actor], None] | None = None


def fill(hold: Callable[[Actor], None]) -> None:
    """Say how a mandate is held; called once, when the apps are ready."""
    global _hold
    _hold = hold


def hold_mandate(by: Actor) -> None:
    """
    Lock the actor's mandate until the transaction ends, so that no effect outlives it.

    Does nothing for somebody who acts for herself.

    :raises DomainError: if the mandate has ended or no longer covers this
    """
    if not by.is_assisted:
        return
    if _hold is None:
        raise RuntimeError("no app has said how a mandate is held")
    _hold(by)
