"""
The sections of the weekly bulletin: what each room has to say to everybody.

A room declares its section in its ``bulletin`` module; the bulletin knows sections, and no room.
Only what everybody in the village may read belongs in one: it hangs on the notice board.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# A notice board has an end.
ITEMS_MAX = 12


@dataclass(frozen=True, slots=True)
class Item:
    """Hold one thing to tell: in one line, with when it is and a few words more."""

    title: str
    at: datetime | None = None
    text: str = ""
    link: str = ""


# Gives what there is to tell of a village between two moments.
Items = Callable[[str, datetime, datetime], Sequence[Item]]


@dataclass(frozen=True, slots=True)
class Section:
    """Declare a section; one that ``looks_back`` tells of the week before."""

    key: str
    place: int
    title: str | _StrPromise
    items: Items
    looks_back: bool = False


_sections: dict[str, Section] = {}


def declare_section(section: Section) -> Section:
    """Add a section; called once, in a room's ``bulletin``."""
    if section.key in _sections:
        raise TypeError(f"two rooms claim the section {section.key!r}")
    _sections[section.key] = section
    return section


def sections() -> list[Section]:
    """Give the sections in their places."""
    return sorted(_sections.values(), key=lambda section: section.place)
