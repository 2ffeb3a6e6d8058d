"""Digests and quiet hours by the reader's own clocks, also where summer time bends them."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from notifications.timetable import end_of_quiet, next_hour, next_monday, next_morning

BERLIN, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class TestDigests:
    def test_of_an_hour_come_at_the_full_hour(self) -> None:
        assert next_hour(utc("2026-11-22T10:59:59")) == utc("2026-11-22T11:00")
        assert next_hour(utc("2026-11-22T11:00")) == utc("2026-11-22T12:00")

    @pytest.mark.parametrize(
        ("at", "zone", "morning"),
        [
            ("2026-11-22T06:59", BERLIN, "2026-11-22T07:00"),
            ("2026-11-22T07:00", BERLIN, "2026-11-23T07:00"),
            ("2026-11-22T10:00", TOKYO, "2026-11-22T23:00"),
            # The night in which the clocks go back, and the one in which they go forward.
            ("2026-10-24T20:00", BERLIN, "2026-10-25T07:00"),
            ("2026-03-28T20:00", BERLIN, "2026-03-29T06:00"),
        ],
    )
    def test_of_a_day_come_in_her_own_morning(self, at: str, zone: ZoneInfo, morning: str) -> None:
        assert next_morning(utc(at), zone) == utc(morning)

    def test_of_a_week_come_on_monday(self) -> None:
        # 22 November 2026 is a Sunday.
        assert next_monday(utc("2026-11-22T10:00"), BERLIN) == utc("2026-11-23T07:00")
        assert next_monday(utc("2026-11-23T07:00"), BERLIN) == utc("2026-11-30T07:00")


class TestQuietHours:
    @pytest.mark.parametrize(
        ("at", "ends"),
        [
            ("2026-11-22T20:59", None),
            ("2026-11-22T21:00", "2026-11-23T06:00"),
            ("2026-11-23T02:00", "2026-11-23T06:00"),
            ("2026-11-23T05:59", "2026-11-23T06:00"),
            ("2026-11-23T06:00", None),
        ],
    )
    def test_go_over_midnight(self, at: str, ends: str | None) -> None:
        found = end_of_quiet(utc(at), time(22), time(7), BERLIN)
        assert found == (utc(ends) if ends else None)

    def test_can_be_a_nap(self) -> None:
        nap = (time(13), time(15), BERLIN)
        assert end_of_quiet(utc("2026-11-22T12:30"), *nap) == utc("2026-11-22T14:00")
        assert end_of_quiet(utc("2026-11-22T15:00"), *nap) is None

    def test_that_begin_when_they_end_are_none(self) -> None:
        assert end_of_quiet(utc("2026-11-22T12:30"), time(8), time(8), BERLIN) is None
