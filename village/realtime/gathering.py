"""
Asking together: who arrives while the database is asked goes with the next question.

A herd that comes back costs a few queries a second, however large it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from itertools import islice
from typing import Any, Generic, TypeVar

import structlog
from django.db import InterfaceError, OperationalError

K = TypeVar("K")
T = TypeVar("T")
Run = Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"]

log = structlog.get_logger(__name__)
# The database does not answer; with any other error it is the question that is wrong.
AWAY = (OperationalError, InterfaceError)
AT_ONCE = 500
# Seconds to the next question for each that was in the last one: nobody notices it who comes
# alone, and of a herd all those who come in a quarter of a second are asked for together.
APART_EACH = 0.01
APART_MAX = 0.25


class Gathering(Generic[K, T]):
    """
    Ask one kind of question for all who need an answer, one question at a time.

    ``ask`` answers everybody it is given, by what they ask about. When the database does not
    answer, all of them have ``failed``. After any other error each matter is asked about by
    itself, so that only those fail who are the reason.
    """

    def __init__(
        self,
        run: Run,
        ask: Callable[[dict[K, list[T]]], Awaitable[None]],
        failed: Callable[[list[T], BaseException], None],
        *,
        at_once: int = AT_ONCE,
    ) -> None:
        self._run, self._ask, self._failed, self._at_once = run, ask, failed, at_once
        self._waiting: dict[K, list[T]] = {}
        self._alone: list[dict[K, list[T]]] = []
        self._asked: dict[K, list[T]] = {}
        self._is_asking = False
        # The next question is not asked before, on the loop's clock.
        self._not_before = 0.0

    def add(self, about: K, one: T) -> None:
        """Let somebody be asked for; those who ask about the same keep their order."""
        self._waiting.setdefault(about, []).append(one)
        self._go_on()

    def _go_on(self) -> None:
        if not self._is_asking and (self._waiting or self._alone):
            self._is_asking = True
            self._run(self._question()).add_done_callback(self._answered)

    async def _question(self) -> None:
        # At least one pass of the loop, in which others arrive.
        await asyncio.sleep(max(0.0, self._not_before - _now()))
        if self._alone:
            self._asked = self._alone.pop()
        else:
            about = list(islice(self._waiting, self._at_once))
            self._asked = {each: self._waiting.pop(each) for each in about}
        count = sum(map(len, self._asked.values()))
        self._not_before = _now() + min(count * APART_EACH, APART_MAX)
        await self._ask(self._asked)

    def _answered(self, task: asyncio.Task[None]) -> None:
        asked, self._asked, self._is_asking = self._asked, {}, False
        if task.cancelled():
            return
        error = task.exception()
        if isinstance(error, AWAY):
            log.warning("database_away", error=type(error).__name__)
            self._failed([one for ones in asked.values() for one in ones], error)
        elif error is not None and len(asked) > 1:
            self._alone += [{about: ones} for about, ones in asked.items()]
        elif error is not None:
            log.error("question_failed", exc_info=error)
            self._failed([one for ones in asked.values() for one in ones], error)
        self._go_on()


def _now() -> float:
    return asyncio.get_running_loop().time()
