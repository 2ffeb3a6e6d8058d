"""Asking together: a herd is few questions, and one that goes wrong takes nobody else along."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from django.db import DataError, OperationalError

from village.realtime.gathering import Gathering

pytestmark = pytest.mark.filterwarnings("error")


class Desk:
    """Write down each question, and who was answered or failed."""

    def __init__(self, *, at_once: int = 500) -> None:
        self.questions: list[list[str]] = []
        self.answered: list[str] = []
        self.failed: list[tuple[str, type[BaseException]]] = []
        self.away = False
        self.gathering = Gathering(self._run, self._ask, self._fail, at_once=at_once)
        self._tasks: set[asyncio.Task[None]] = set()

    def come(self, *names: str) -> None:
        for name in names:
            self.gathering.add(name[0], name)

    async def until(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.answered) + len(self.failed) < count:
                await asyncio.sleep(0.005)

    def _run(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _ask(self, asked: dict[str, list[str]]) -> None:
        self.questions.append([name for names in asked.values() for name in names])
        await asyncio.sleep(0.01)
        if self.away:
            raise OperationalError
        if "!" in asked:
            raise DataError
        if "?" in asked:
            raise ZeroDivisionError
        self.answered += [name for names in asked.values() for name in names]

    def _fail(self, names: list[str], error: BaseException) -> None:
        self.failed += [(name, type(error)) for name in names]


class TestGathering:
    async def test_asks_once_for_all_who_come_together(self) -> None:
        desk = Desk()
        desk.come(*(f"{letter}{number}" for number in range(50) for letter in "abc"))
        await desk.until(150)

        assert len(desk.questions) == 1

    async def test_who_comes_meanwhile_goes_with_the_next_question(self) -> None:
        desk = Desk()
        for number in range(60):
            desk.come(f"a{number}")
            await asyncio.sleep(0.002)
        await desk.until(60)

        assert len(desk.questions) < 12
        assert desk.answered == [f"a{number}" for number in range(60)]

    async def test_asks_about_so_many_matters_at_once(self) -> None:
        desk = Desk(at_once=2)
        desk.come("a1", "b1", "c1", "a2")
        await desk.until(4)

        assert desk.questions == [["a1", "a2", "b1"], ["c1"]]

    async def test_fails_for_all_while_the_database_is_away_and_goes_on(self) -> None:
        desk = Desk()
        desk.away = True
        desk.come("a1", "b1")
        await desk.until(2)
        desk.away = False
        desk.come("c1")
        await desk.until(3)

        assert desk.failed == [("a1", OperationalError), ("b1", OperationalError)]
        assert desk.answered == ["c1"]

    @pytest.mark.parametrize(("name", "error"), [("!", DataError), ("?", ZeroDivisionError)])
    async def test_of_a_bad_question_only_its_own_fail(
        self, name: str, error: type[BaseException]
    ) -> None:
        desk = Desk()
        desk.come("a1", name, "b1", f"{name}2", "a2")
        await desk.until(5)
        desk.come("c1")
        await desk.until(6)

        assert sorted(desk.answered) == ["a1", "a2", "b1", "c1"]
        assert desk.failed == [(name, error), (f"{name}2", error)]
