"""
What a room shows to neighbouring villages: declared beside its bulletin, put up by the page.

A shelf holds only what everybody in its village sees anyway. It is given who reads, so that two
whom a block keeps apart do not meet here either.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from village.core.actor import Actor, Scope
from village.core.bulletin import Item
from village.federation.models import Shared

# Gives what there is to read of a village now.
Items = Callable[[Actor, str, datetime], Sequence[Item]]


@dataclass(frozen=True, slots=True)
class Shelf:
    """
    Declare what is shown of one kind.

    ``scope`` is what a mandate must cover; ``topic`` is the stream that tells of it, with the
    village in braces, or nothing where none is open to neighbours.
    """

    what: Shared
    items: Items
    scope: Scope
    topic: str = ""


_shelves: dict[Shared, Shelf] = {}


def declare_shelf(shelf: Shelf) -> Shelf:
    """Add a shelf; called once, when the room's app is ready."""
    if shelf.what in _shelves:
        raise TypeError(f"two rooms claim the shelf {shelf.what!r}")
    _shelves[shelf.what] = shelf
    return shelf


def shelves() -> list[Shelf]:
    """Give the shelves in the order of their kinds."""
    return [_shelves[what] for what in Shared if what in _shelves]
