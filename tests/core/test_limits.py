"""Limits: exact where it matters, shared by processes, and kind when Redis is away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache.backends.locmem import LocMemCache
from django.test import Client

from tests.support.server import free_port
from village.auth import acting
from village.core import cache as sturdy
from village.core import limits
from village.core.cache import SturdyCache
from village.core.errors import TooMany
from village.core.limits import Budget, Flow
from village.residents.models import Resident


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Iterator[SturdyCache]:
    """Give the cache of a process whose Redis does not answer."""
    monkeypatch.setattr(sturdy, "_state", sturdy._State())
    found = SturdyCache(f"redis://127.0.0.1:{free_port()}", {"OPTIONS": {"socket_timeout": 1}})
    monkeypatch.setattr(limits, "cache", found)
    yield found
    sturdy.AWAY.set(0)


class TestBudget:
    def test_grants_so_many_and_says_when_there_is_more(self) -> None:
        budget = Budget("tests", 3, 60)
        for _ in range(3):
            budget.spend("nora")
        with pytest.raises(TooMany) as refused:
            budget.spend("nora")
        assert 0 < (refused.value.retry_after or 0) <= 60
        budget.spend("tom")

    def test_gives_back_what_was_no_guess(self) -> None:
        budget = Budget("tests", 1, 60)
        for _ in range(5):
            budget.give_back(budget.spend("nora"))

    def test_grants_no_more_to_many_at_once(self) -> None:
        budget = Budget("tests", 10, 60)

        def spend(_: int) -> bool:
            try:
                budget.spend("nora")
            except TooMany:
                return False
            return True

        with ThreadPoolExecutor(32) as threads:
            assert sum(threads.map(spend, range(64))) == 10

    def test_frees_each_try_on_its_own_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """In no hour are there more than ten, wherever the hour begins."""
        now, clock = 1000.0, "django.core.cache.backends.locmem.time.time"
        monkeypatch.setattr(clock, lambda: now)
        monkeypatch.setattr("village.core.limits.time.time", lambda: now)
        granted: list[float] = []
        budget = Budget("tests", 10, 3600)
        for _ in range(600):
            try:
                budget.spend("nora")
                granted.append(now)
            except TooMany:
                pass
            now += 30
        for first in granted:
            assert sum(first <= each < first + 3600 for each in granted) <= 10

    def test_keeps_no_address(self) -> None:
        Budget("tests", 1, 60).spend("nora@village.example")
        local = LocMemCache("", {})
        assert "nora" not in str(list(local._cache))


class TestWithoutRedis:
    def test_each_process_counts_for_half_and_says_so(self, away: SturdyCache) -> None:
        budget = Budget("tests", 10, 60)
        for _ in range(5):
            budget.spend("nora")
        with pytest.raises(TooMany):
            budget.spend("nora")
        assert sturdy.is_away()
        assert sturdy.AWAY._value.get() == 1

    def test_everything_that_limits_use_goes_on(self, away: SturdyCache) -> None:
        assert away.add("a", 1, timeout=9)
        assert not away.add("a", 2, timeout=9)
        assert (away.incr("a"), away.get("a"), away.has_key("a")) == (2, 2, True)
        away.set("b", 3, 9)
        assert away.get_many(["a", "b"]) == {"a": 2, "b": 3}
        assert away.touch("b", 9) and away.delete("b")


@pytest.mark.django_db
class TestTheApi:
    def test_refuses_a_flood_and_says_when_to_come_again(
        self,
        api: Callable[..., Client],
        nora: Resident,
        tom: Resident,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(acting, "REQUESTS", Flow("api", 3, 60))
        window = api(nora)
        answers = [window.get("/api/v1/me") for _ in range(4)]
        assert [each.status_code for each in answers] == [200, 200, 200, 429]
        assert answers[-1].json()["code"] == "rate.limited"
        assert answers[-1]["Retry-After"] == "60"
        assert api(tom).get("/api/v1/me").status_code == 200
