"""The verbs of the stewards' desk."""

from __future__ import annotations

from village.stewardship.actions.roles import (
    RoleStands,
    confirm_role,
    end_over,
    end_role,
    grant_role,
)
from village.stewardship.actions.setup import (
    ARMS_MAX,
    NeighbourhoodKnown,
    change_settings,
    draw_boundary,
    forget_neighbourhood,
    name_neighbourhood,
    show_arms,
)

__all__ = [
    "ARMS_MAX",
    "NeighbourhoodKnown",
    "RoleStands",
    "change_settings",
    "confirm_role",
    "draw_boundary",
    "end_over",
    "end_role",
    "forget_neighbourhood",
    "grant_role",
    "name_neighbourhood",
    "show_arms",
]
