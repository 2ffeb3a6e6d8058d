"""The verbs of the stewards' desk."""

from __future__ import annotations

from village.stewardship.actions.roles import (
    RoleStands,
    confirm_role,
    end_over,
    end_role,
    grant_role,
)

__all__ = ["RoleStands", "confirm_role", "end_over", "end_role", "grant_role"]
