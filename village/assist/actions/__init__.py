"""The verbs of assisted mode."""

from __future__ import annotations

from village.assist.actions.endings import end_with_membership
from village.assist.actions.mandates import grant_mandate, revoke_mandate

__all__ = ["end_with_membership", "grant_mandate", "revoke_mandate"]
