"""
How often something may be tried, counted in the cache that all processes share.

When Redis is away, each process counts for itself and grants half as much: whoever guesses gains
little, and nobody who is 81 and mistypes once is locked out (see ``village.core.cache``).
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import Final

from django.core.cache import cache
from django.utils.translation import gettext as _

from village.core.cache import is_away
from village.core.errors import TooMany

# Found by trying one place after the other: more of them would ask the cache too often.
EXACT_UP_TO: Final = 60


@dataclass(frozen=True, slots=True)
class Budget:
    """
    Grant ``amount`` tries in any ``seconds``, to each key.

    A try takes one of ``amount`` places, which is free again after ``seconds``. Taking a free place
    is one atomic step, so no two processes take the same.
    """

    name: str
    amount: int
    seconds: int

    def __post_init__(self) -> None:
        if not 0 < self.amount <= EXACT_UP_TO:
            raise ValueError(f"a budget has 1 to {EXACT_UP_TO} tries")

    def spend(self, key: str) -> str:
        """
        Take one try; give its place, for whoever wants to give it back.

        :raises TooMany: when none is left; it says when there will be one
        """
        now = time.time()
        places = self._places(key)
        for place in places:
            if cache.add(place, now + self.seconds, timeout=self.seconds):
                return place
        free_at = min(cache.get_many(places).values(), default=now)
        raise TooMany(_words(free_at - now), retry_after=max(1, round(free_at - now)))

    @staticmethod
    def give_back(place: str) -> None:
        """Let a try not count: it was no guess."""
        cache.delete(place)

    def _places(self, key: str) -> list[str]:
        granted = max(1, self.amount // 2) if is_away() else self.amount
        return [f"{_address(self.name, key)}:{number}" for number in range(granted)]


@dataclass(frozen=True, slots=True)
class Flow:
    """Grant ``amount`` requests in ``seconds``, counted from the first of them, to each key."""

    name: str
    amount: int
    seconds: int

    def spend(self, key: str) -> None:
        """
        Take one request.

        :raises TooMany: when none is left
        """
        address = _address(self.name, key)
        cache.add(address, 0, timeout=self.seconds)
        try:
            count = cache.incr(address)
        except ValueError:
            # Its time was over just now: this is the first of the next.
            return
        granted = max(1, self.amount // 2) if is_away() else self.amount
        if count > granted:
            raise TooMany(_words(self.seconds), retry_after=self.seconds)


def _address(name: str, key: str) -> str:
    # Hashed, because a key can be an e-mail address, and a cache is no place for those.
    return f"limit:{name}:{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def _words(seconds: float) -> str:
    if seconds <= 90:
        return _("That was a bit often. Please wait a moment.")
    minutes = round(seconds / 60)
    return _("That was a bit often. Please try again in %(minutes)s minutes.") % {
        "minutes": minutes
    }
