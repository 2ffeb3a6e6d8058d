"""The verbs of the stewards' desk."""

from __future__ import annotations

from village.stewardship.actions.keys import GRACE, end_key, make_key, rotate_key, use_key
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
    "GRACE",
    "NeighbourhoodKnown",
    "RoleStands",
    "change_settings",
    "confirm_role",
    "draw_boundary",
    "end_key",
    "end_over",
    "end_role",
    "forget_neighbourhood",
    "grant_role",
    "make_key",
    "name_neighbourhood",
    "rotate_key",
    "show_arms",
    "use_key",
]
