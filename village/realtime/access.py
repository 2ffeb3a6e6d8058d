"""
Whose access has changed, and whom nobody may meet: what the hubs ask the ground above them.

No client follows the stream; every process reads it for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from uuid import UUID

from pydantic import BaseModel

from village.core import permissions
from village.core.actor import Actor
from village.journal.topics import Topic


def nobody(by: Actor) -> bool:
    """Admit nobody: the hubs read it for themselves."""
    return False


# Its cargo is a model with a ``resident``, and maybe an ``other``, whose sockets are looked at; or
# ``EverybodyChanged``.
access = Topic("access", admits=nobody, scope=None, who=permissions.NOBODY)


class EverybodyChanged(BaseModel):
    """Say that everybody's access must be looked at again."""

    everybody: bool = True


NOBODY: frozenset[str] = frozenset()
# By resident, the ids of those whom a block keeps out of her sight; most have none.
Hidden = Mapping[UUID, frozenset[str]]
_hidden_from: Callable[[Collection[UUID]], Hidden] | None = None


def fill(hidden_from: Callable[[Collection[UUID]], Hidden]) -> None:
    """Say how to find who is hidden from whom; called once, when the apps are ready."""
    global _hidden_from
    _hidden_from = hidden_from


def hidden_from(residents: Collection[UUID]) -> Hidden:
    """Find who is hidden from each of some residents, in one query."""
    return _hidden_from(residents) if _hidden_from is not None else {}
