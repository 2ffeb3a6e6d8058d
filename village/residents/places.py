"""
What a role can be of: the outlets, departments and centres of a village.

The ground cannot know them; whoever holds them says so, and a role is only given of what is there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from village.residents.models import Role


@dataclass(frozen=True, slots=True)
class Place:
    """Hold what everybody in the village may know of an outlet, a department or a centre."""

    name: str
    about: str = ""
    homepage: str = ""
    address: str = ""
    phone: str = ""
    hours: str = ""
    is_closed: bool = False


# Gives the ids of a village's places with what is known of them.
Places = Callable[[str], Mapping[UUID, Place]]
_places: dict[Role, Places] = {}
# Roles of the whole village.
OF_THE_VILLAGE = frozenset({Role.MODERATOR, Role.STEWARD})


def declare_places(places: Places, *roles: Role) -> None:
    """Say what some roles are of; called once, when the apps are ready."""
    _places.update(dict.fromkeys(roles, places))


def places_of(role: Role, village: str) -> Mapping[UUID, str]:
    """Give what a role can be of in a village, with names; nothing for one of the whole village."""
    return {of: place.name for of, place in profiles_of(role, village).items()}


def profiles_of(role: Role, village: str) -> Mapping[UUID, Place]:
    """Give what a role can be of in a village, with all that everybody may know of it."""
    return {} if role in OF_THE_VILLAGE else _places[role](village)
