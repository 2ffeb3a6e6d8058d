"""
Who has the village before her eyes: a screen that is being looked at says so now and then.

It is kept in the cache alone. Losing it means a push too many, never one too few.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.core.cache import cache

# A screen says it every 30 seconds.
SEEN_SECONDS = 45


def note(resident: UUID) -> None:
    """Remember that somebody looks at the village now."""
    cache.set(_key(resident), True, timeout=SEEN_SECONDS)


def looking(residents: Collection[UUID]) -> set[UUID]:
    """Give those who look at the village now."""
    keys = {_key(each): each for each in residents}
    return {keys[key] for key in cache.get_many(keys)}


def _key(resident: UUID) -> str:
    return f"presence:{resident}"
