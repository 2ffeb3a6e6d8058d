"""When to ask a feed again: politely, not all at once, and never for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from village.core.outbound.pulling import (
    LATEST,
    SOONEST,
    USUAL,
    Outcome,
    conditional_headers,
    moved_to,
    next_pull,
    outcome,
)

pytestmark = pytest.mark.once
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def wait(
    status: int | None = 200,
    *,
    retry_after: str = "",
    ttl_minutes: int | None = None,
    failures: int = 0,
    jitter: float = 0.0,
) -> timedelta:
    due_at = next_pull(
        NOON,
        status=status,
        retry_after=retry_after,
        ttl_minutes=ttl_minutes,
        failures=failures,
        jitter=jitter,
    )
    return due_at - NOON


class TestAnswers:
    @pytest.mark.parametrize(
        ("status", "meaning"),
        [
            (200, Outcome.OK),
            (203, Outcome.OK),
            (304, Outcome.UNCHANGED),
            (301, Outcome.MOVED),
            (308, Outcome.MOVED),
            (302, Outcome.TRY_LATER),
            (307, Outcome.TRY_LATER),
            (401, Outcome.TRY_LATER),
            (404, Outcome.TRY_LATER),
            (410, Outcome.GONE),
            (429, Outcome.TRY_LATER),
            (500, Outcome.TRY_LATER),
            (503, Outcome.TRY_LATER),
        ],
    )
    def test_mean_what_http_says(self, status: int, meaning: Outcome) -> None:
        assert outcome(status) is meaning

    @pytest.mark.parametrize(
        ("hops", "kept"),
        [
            ([], None),
            ([(301, "https://a.example/")], "https://a.example/"),
            ([(301, "https://a.example/"), (308, "https://b.example/")], "https://b.example/"),
            ([(301, "https://a.example/"), (302, "https://b.example/")], "https://a.example/"),
            ([(302, "https://a.example/"), (301, "https://b.example/")], None),
        ],
    )
    def test_that_move_for_good_are_kept_until_one_that_does_not(
        self, hops: list[tuple[int, str]], kept: str | None
    ) -> None:
        assert moved_to(hops) == kept


class TestConditions:
    def test_go_back_as_they_came(self) -> None:
        assert conditional_headers('W/"a b"', "Fri, 20 Nov 2026 08:00:00 GMT") == {
            "if-none-match": 'W/"a b"',
            "if-modified-since": "Fri, 20 Nov 2026 08:00:00 GMT",
        }

    @pytest.mark.parametrize("value", ["", " ", "a\r\nHost: b", "a\nb", "\x00", "é", "x" * 513])
    def test_that_are_no_header_are_left_out(self, value: str) -> None:
        assert conditional_headers(value, value) == {}


class TestTheNextPull:
    def test_is_in_half_an_hour(self) -> None:
        assert wait() == wait(304) == USUAL

    def test_is_when_the_feed_says_within_reason(self) -> None:
        assert wait(ttl_minutes=90) == timedelta(minutes=90)
        assert wait(ttl_minutes=1) == SOONEST
        assert wait(ttl_minutes=10_000) == LATEST

    def test_is_later_with_each_failure_up_to_a_day(self) -> None:
        waits = [wait(503, failures=failures) for failures in range(1, 9)]
        assert waits[0] == 2 * USUAL
        assert waits[1] == 4 * USUAL
        assert waits == sorted(waits)
        assert waits[-1] == wait(None, failures=10**9) == LATEST

    def test_forgets_failures_after_an_answer(self) -> None:
        assert wait(200, failures=5) == USUAL

    def test_is_not_before_the_server_wants_it(self) -> None:
        assert wait(429, retry_after="7200") == timedelta(hours=2)
        assert wait(503, retry_after="Sun, 22 Nov 2026 15:00:00 GMT") == timedelta(hours=3)
        assert wait(200, retry_after=" 3600 ") == timedelta(hours=1)

    @pytest.mark.parametrize(
        "value",
        [
            "soon",
            "-5",
            "1e9",
            "٥",
            "5",
            "Sun, 22 Nov 2020 15:00:00 GMT",
            "Sun, 22 Nov 2026 12:00:00 -0000",
            "Mon, 1 Jan 99999 00:00:00 +9999999999",
            "Mon, 1 Jan 99999999999999999999 00:00:00 GMT",
            "x" * 100_000,
        ],
    )
    def test_is_not_moved_by_nonsense(self, value: str) -> None:
        assert wait(retry_after=value) == USUAL

    def test_is_never_put_off_for_ever(self) -> None:
        assert wait(503, retry_after="999999999") == LATEST
        assert wait(503, retry_after="Fri, 31 Dec 9999 23:59:59 GMT") == LATEST

    def test_after_the_end_is_a_day_away(self) -> None:
        assert wait(410) == LATEST

    def test_is_spread_by_up_to_a_tenth(self) -> None:
        assert wait(jitter=1.0) == USUAL * 1.1
        assert wait(None, failures=99, jitter=1.0) == LATEST * 1.1

    @given(
        st.none() | st.integers(100, 599),
        st.text(max_size=30) | st.integers().map(str),
        st.none() | st.integers(0, 10**6),
        st.integers(0, 10**6),
        st.floats(0, 1),
    )
    def test_is_always_soon_enough_and_late_enough(
        self,
        status: int | None,
        retry_after: str,
        ttl_minutes: int | None,
        failures: int,
        jitter: float,
    ) -> None:
        due = wait(
            status,
            retry_after=retry_after,
            ttl_minutes=ttl_minutes,
            failures=failures,
            jitter=jitter,
        )
        assert SOONEST <= due <= LATEST * 1.1
