"""
What ends together with somebody's place in a village.

The ground cannot know what stands on it: a mandate, a volunteer's accreditation. Whoever ends
a membership or an account asks here, in the same transaction, and what depends on it ends too.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from village.core.actor import Actor
from village.journal.facts import Fact


class Why(StrEnum):
    """Name why somebody is no longer there, or not for now."""

    LEFT = "left"
    SUSPENDED = "suspended"
    BANNED = "banned"
    DIED = "died"
    ERASED = "erased"


# ``end(resident_id=, village=, why=, by=, at=)``; ``village=None`` stands for everywhere.
End = Callable[..., list[Fact]]
_ends: list[End] = []


def declare_end(end: End) -> None:
    """Say what ends with somebody's place; called once, when the apps are ready."""
    _ends.append(end)


def end_what_depends(
    *, resident_id: UUID, village: str | None, why: Why, by: Actor, at: datetime
) -> list[Fact]:
    """
    End all that depends on somebody living in a village, or with ``None`` on her being there.

    Gives what happened: the caller records it together with her own fact (``record_all``), as
    the last act of the transaction.
    """
    return [
        fact
        for end in _ends
        for fact in end(resident_id=resident_id, village=village, why=why, by=by, at=at)
    ]
