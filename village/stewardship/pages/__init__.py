"""The stewards' desk in a browser."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from village.core.actor import Actor
from village.core.doors import Door, open_door
from village.residents.models import Role
from village.residents.queries import holds_anywhere
from village.stewardship.pages.roles import confirm_role, end_role, roles
from village.stewardship.pages.setup import arms, look, setup, show_arms

__all__ = ["arms", "confirm_role", "end_role", "look", "roles", "setup", "show_arms"]


def _is_steward(by: Actor) -> bool:
    return holds_anywhere(by, Role.STEWARD)


open_door(
    Door(
        key="stewardship",
        place=8,
        title=_("Village"),
        url="setup",
        icon="leaf",
        scope=None,
        is_shown=_is_steward,
    )
)
