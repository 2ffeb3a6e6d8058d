"""
The doors: how each room is entered from the layout, and what it shows on the front page.

A room declares its door beside its pages; the layout knows doors, and no room.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import reverse

from village.core.actor import Actor, Needs

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Front:
    """Hold what a room shows of itself on the front page: a template and what it is given."""

    template: str
    show: Callable[[HttpRequest, str], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Door:
    """
    Lead into a room.

    ``url`` names an address that takes the village's slug when ``in_village``. ``scope`` is what
    a mandate must cover for a helper to find the door. ``waiting`` counts what waits inside for
    the actor.
    """

    key: str
    place: int
    title: str | _StrPromise
    url: str
    icon: str
    scope: Needs
    in_village: bool = True
    front: Front | None = None
    waiting: Callable[[Actor], int] | None = None
    is_shown: Callable[[Actor], bool] | None = None

    def address(self, village: str) -> str:
        """Give the address of the room, in the tab of whoever asks."""
        return reverse(self.url, args=[village] if self.in_village else [])


_doors: dict[str, Door] = {}


def open_door(door: Door) -> Door:
    """Add a door to the layout; called once, beside the room's pages."""
    if door.key in _doors:
        raise TypeError(f"two rooms claim the door {door.key!r}")
    _doors[door.key] = door
    return door


def doors_for(by: Actor) -> list[Door]:
    """Give the doors an actor finds, in their places."""
    found = [
        door
        for door in _doors.values()
        if by.may(door.scope) and (door.is_shown is None or door.is_shown(by))
    ]
    return sorted(found, key=lambda door: door.place)
