"""
What a role can be of: the outlets, departments and centres of a village.

The ground cannot know them; whoever holds them says so, and a role is only given of what is there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from village.residents.models import Role

# Gives the ids of a village's places with their names.
Places = Callable[[str], Mapping[UUID, str]]
_places: dict[Role, Places] = {}
# Roles of the whole village.
OF_THE_VILLAGE = frozenset({Role.MODERATOR, Role.STEWARD})


def declare_places(places: Places, *roles: Role) -> None:
    """Say what some roles are of; called once, when the apps are ready."""
    _places.update(dict.fromkeys(roles, places))


def places_of(role: Role, village: str) -> Mapping[UUID, str]:
    """Give what a role can be of in a village, with names; nothing for one of the whole village."""
    return {} if role in OF_THE_VILLAGE else _places[role](village)
