"""
The port through which an acting transaction holds on to its mandate.

Core names it and assisted mode fills it, so that every verb, request and job can hold a
mandate without knowing what one is.
"""

from __future__ import annotations

from collections.abc import Callable

from village.core.actor import Actor

_hold: Callable[[Actor], None] | None = None
_stands: Callable[[Actor], bool] | None = None


def fill(hold: Callable[[Actor], None], stands: Callable[[Actor], bool]) -> None:
    """Say how a mandate is held and how it stands; called once, when the apps are ready."""
    global _hold, _stands
    _hold, _stands = hold, stands


def mandate_stands(by: Actor) -> bool:
    """
    Tell whether the actor's mandate covers her now, without waiting for anybody who holds it.

    For what only looks; what acts must hold it.
    """
    if not by.is_assisted:
        return True
    if _stands is None:
        raise RuntimeError("no app has said how a mandate stands")
    return _stands(by)


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
