"""
Who reads the journal.

Watchers hear of a fact at once, after its commit and at most once: screens. Reactions hear
of it at least once, whatever fails in between: notifications, and verbs of another room.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from village.core.actor import Actor
from village.journal.facts import Fact
from village.journal.topics import Topic


@dataclass(frozen=True, slots=True)
class Position:
    """Name the place of a fact in one stream."""

    topic: Topic
    address: str
    epoch: str
    seq: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """Hold a fact as it was recorded: who did it, when, and where it stands in the streams."""

    entry_id: int
    fact: Fact
    at: datetime
    principal_id: UUID
    helper_id: UUID | None
    mandate_id: UUID | None
    positions: tuple[Position, ...] = ()

    @property
    def by(self) -> Actor:
        """Give the actor as far as the journal knows it: without scopes to act again."""
        return Actor(self.principal_id, self.helper_id, self.mandate_id, scopes=frozenset())


# Hears at once of all that one verb recorded together.
Watcher = Callable[[Sequence[Recorded]], None]
React = Callable[[Recorded], None]


@dataclass(frozen=True, slots=True)
class Reaction:
    """Declare that a function hears of some facts, durably."""

    name: str
    react: React
    facts: Callable[[], frozenset[type[Fact]]]


watchers: list[Watcher] = []
_reactions: dict[str, Reaction] = {}


def after(*facts: type[Fact]) -> Callable[[React], React]:
    """
    Declare a reaction to facts: it runs after their commit, at least once, in a job.

    It must bear being called twice for the same entry.
    """
    kinds = frozenset(facts)
    return after_any(lambda: kinds)


def after_any(facts: Callable[[], frozenset[type[Fact]]]) -> Callable[[React], React]:
    """Declare a reaction to facts that are known only once every room has declared its own."""

    def declare(react: React) -> React:
        name = f"{react.__module__}.{react.__qualname__}"
        _reactions[name] = Reaction(name, react, facts)
        return react

    return declare


def reaction(name: str) -> Reaction | None:
    """Find a reaction by the name the journal keeps; ``None`` when this process has none such."""
    return _reactions.get(name)


def known_reactions() -> list[str]:
    """Name all reactions that are declared in this process."""
    return list(_reactions)


def reactions_to(fact: type[Fact]) -> list[str]:
    """Name the reactions that must hear of a fact."""
    return [name for name, each in _reactions.items() if fact in each.facts()]
