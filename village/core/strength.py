"""
How strongly somebody is signed in, as far as her powers care.

Whoever holds a staff role without a second factor does not have its powers. A policy that finds
so says no like to anybody else; here is remembered why, so that the refusal can say what to do.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from uuid import UUID

from django.utils.translation import gettext as _

from village.core.errors import DomainError, Forbidden, NotFound

# Of whom a power was asked in this request, and whether a missing second factor was told.
_asked: ContextVar[UUID | None] = ContextVar("asked", default=None)
_told: ContextVar[bool] = ContextVar("told", default=False)


def _nobody_lacks(resident_id: UUID) -> bool:
    return False


_lacks: Callable[[UUID], bool] = _nobody_lacks


class SecondFactorRequired(DomainError):
    """A staff role needs a second factor, and its holder has set up none."""

    code = "auth.second_factor_required"
    status = 403


def fill(lacks: Callable[[UUID], bool]) -> None:
    """Say who can tell that somebody lacks a second factor; called once, by who knows roles."""
    global _lacks
    _lacks = lacks


def begin() -> None:
    """Begin a request, in which no power was asked for yet."""
    _asked.set(None)
    _told.set(False)


def ask(resident_id: UUID) -> None:
    """Remember that a power of somebody was asked for."""
    _asked.set(resident_id)


def is_told() -> bool:
    """Tell whether this request was refused for lack of a second factor."""
    return _told.get()


def told(error: DomainError) -> DomainError:
    """Give the refusal to tell: the missing second factor, where that is what is behind it."""
    resident_id = _asked.get()
    if resident_id is None or not isinstance(error, Forbidden | NotFound):
        return error
    if not _lacks(resident_id):
        return error
    _told.set(True)
    return SecondFactorRequired(
        _(
            "Your role needs a second lock on your account. Please set it up first, under your "
            "name, at Sign-in."
        )
    )
