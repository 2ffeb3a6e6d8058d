"""
The port through which an acting transaction holds on to its mandate.

Core names it and assisted mode fills it, so that every verb, request and job can hold a
mandate without knowing what one is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from village.core.actor import Actor, Level, Needs, Scope
from village.core.errors import NeedsTwo, OnlyPrepared, OutOfScope

# Asks, with the value "true", that what may only be prepared is prepared.
PREPARE = "X-Acting-Prepare"
# Where one volunteer alone could cut somebody off from the village.
TAKES_TWO = frozenset({Scope.CONTACT_DETAILS})
Act = Callable[[], object]
Prepare = Callable[[HttpRequest, OnlyPrepared, Scope, Act], HttpResponse]
Answer = TypeVar("Answer")
_hold: Callable[[Actor], None] | None = None
_stands: Callable[[Actor], bool] | None = None
_prepare: Prepare | None = None


def fill(hold: Callable[[Actor], None], stands: Callable[[Actor], bool], prepare: Prepare) -> None:
    """Say how a mandate is held, how it stands, and how an act is prepared; called once."""
    global _hold, _stands, _prepare
    _hold, _stands, _prepare = hold, stands, prepare


def covered(
    by: Actor,
    needed: Needs,
    level: Level,
    act: Callable[[], Answer],
    *,
    request: HttpRequest,
    prepares: bool,
) -> Answer | HttpResponse:
    """
    Do what was asked as far as the mandate goes; prepare what it only lets a helper prepare.

    :raises OutOfScope: if the mandate does not cover it
    :raises OnlyPrepared: if it could be prepared, and nobody has asked for that
    """
    if not by.is_assisted:
        return act()
    try:
        if by.may(needed, level):
            if level is Level.ACT and needed in TAKES_TWO and by.needs_a_second:
                raise NeedsTwo
            # What was begun before a verb found that it takes two is taken back.
            with transaction.atomic():
                return act()
        if not by.may(needed, Level.PREPARE):
            raise OutOfScope
        raise OnlyPrepared
    except OnlyPrepared as error:
        if not prepares or not isinstance(needed, Scope) or not by.may(needed, Level.PREPARE):
            raise
        if _prepare is None:
            raise RuntimeError("no app has said how an act is prepared") from error
        return _prepare(request, error, needed, act)


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
