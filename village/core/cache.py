"""
The cache that all processes share, and what each does without it.

Only limits and other things that may be forgotten are kept in it. When Redis does not answer, a
process goes on with a cache of its own and says so: in its log, once, and in a figure that an
operator can be woken by.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from prometheus_client import Gauge
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)
# Seconds until Redis is asked again: each question to a dead one costs its timeout.
ASK_AGAIN_AFTER = 2.0
AWAY = Gauge("village_limits_are_local", "1 while limits are counted by each process alone.")
Answer = TypeVar("Answer")


class SturdyCache(RedisCache):
    """Keep things in Redis, or in this process while Redis is away."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._here = LocMemCache("while-redis-is-away", {})

    def add(self, *args: Any, **options: Any) -> bool:
        """Set what is not there; tell whether it was not."""
        return self._ask(super().add, self._here.add, *args, **options)

    def get(self, *args: Any, **options: Any) -> Any:
        """Give what is kept."""
        return self._ask(super().get, self._here.get, *args, **options)

    def set(self, *args: Any, **options: Any) -> None:
        """Keep something."""
        self._ask(super().set, self._here.set, *args, **options)

    def touch(self, *args: Any, **options: Any) -> bool:
        """Keep something for longer."""
        return self._ask(super().touch, self._here.touch, *args, **options)

    def delete(self, *args: Any, **options: Any) -> bool:
        """Forget something; tell whether it was there."""
        return self._ask(super().delete, self._here.delete, *args, **options)

    def incr(self, *args: Any, **options: Any) -> int:
        """
        Count up.

        :raises ValueError: if nothing is kept there
        """
        return self._ask(super().incr, self._here.incr, *args, **options)

    def get_many(self, *args: Any, **options: Any) -> Any:
        """Give all that is kept of many."""
        return self._ask(super().get_many, self._here.get_many, *args, **options)

    def has_key(self, *args: Any, **options: Any) -> bool:
        """Tell whether something is kept."""
        return self._ask(super().has_key, self._here.has_key, *args, **options)

    def _ask(
        self,
        there: Callable[..., Answer],
        here: Callable[..., Answer],
        *args: Any,
        **options: Any,
    ) -> Answer:
        if time.monotonic() < _state.ask_again_at:
            return here(*args, **options)
        try:
            answer = there(*args, **options)
        except RedisError as error:
            _state.lost(error)
            return here(*args, **options)
        _state.found()
        return answer


class _State:
    """Remember whether Redis answered the last time: one for the process, whose fact it is."""

    def __init__(self) -> None:
        self.is_away = False
        self.ask_again_at = 0.0

    def lost(self, error: RedisError) -> None:
        if not self.is_away:
            log.error("limits_are_local", error=type(error).__name__)
        self.is_away = True
        self.ask_again_at = time.monotonic() + ASK_AGAIN_AFTER
        AWAY.set(1)

    def found(self) -> None:
        if self.is_away:
            log.warning("limits_are_shared_again")
            self.is_away = False
            AWAY.set(0)


_state = _State()


def is_away() -> bool:
    """Tell whether this process counts for itself."""
    return _state.is_away
