"""Rides that repeat: made for four weeks ahead, right across the days when clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from carpool import actions, queries
from carpool.models import OfferSeries, RequestSeries, RideOffer, RideRequest
from carpool.recurrence import Pattern, is_skipped, moment_on
from tests.carpool.factories import LINDE, TOWN, answer, book, make_offer, make_request, repeat
from tests.support.cast import Cast
from village.core.actor import SYSTEM, Actor
from village.core.errors import Invalid, NotFound
from village.journal.models import Entry

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
BEFORE_SUMMER = datetime(2027, 3, 20, 12, tzinfo=UTC)


class TestRepeatOffer:
    def test_makes_dated_rides_for_four_weeks(self, cast: Cast, at: datetime) -> None:
        series = repeat(cast.tom, at=at)

        rides = list(series.offers.order_by("day"))
        assert len(rides) == 12
        assert {each.departs_at.astimezone(BERLIN).time() for each in rides} == {time(7, 15)}
        assert {each.day.weekday() for each in rides if each.day} == {0, 2, 4}
        assert Entry.objects.filter(kind="carpool.ride_offered").count() == 12

    def test_keeps_its_time_when_the_clocks_change(self, cast: Cast) -> None:
        series = repeat(cast.tom, at=BEFORE_SUMMER)

        by_day = {str(each.day): each.departs_at for each in series.offers.all()}
        assert by_day["2027-03-26"] == datetime(2027, 3, 26, 6, 15, tzinfo=UTC)
        assert by_day["2027-03-29"] == datetime(2027, 3, 29, 5, 15, tzinfo=UTC)

    def test_is_made_further_once_a_day_has_passed_and_never_twice(
        self, cast: Cast, at: datetime
    ) -> None:
        series = repeat(cast.tom, at=at)

        def ahead(when: datetime) -> int:
            return actions.make_ahead(by=SYSTEM, kind=OfferSeries, series_id=series.pk, at=when)

        assert ahead(at) == 0
        assert ahead(at + timedelta(days=7)) == 3
        assert ahead(at + timedelta(days=7)) == 0

    def test_is_taken_with_its_exceptions(self, cast: Cast, at: datetime) -> None:
        pattern = Pattern(
            frozenset({0}),
            at.date(),
            valid_until=date(2026, 12, 7),
            skipped=frozenset({date(2026, 11, 30)}),
            added=frozenset({date(2026, 12, 12)}),
        )

        series = repeat(cast.tom, at=at, pattern=pattern)

        days = [str(each.day) for each in series.offers.order_by("day")]
        assert days == ["2026-11-23", "2026-12-07", "2026-12-12"]

    @pytest.mark.parametrize(
        ("pattern", "field"),
        [
            (Pattern(frozenset(), date(2026, 12, 1)), "weekdays"),
            (Pattern(frozenset({1}), date(2026, 12, 1), date(2026, 11, 1)), "valid_until"),
        ],
    )
    def test_refuses_days_that_make_no_sense(
        self, cast: Cast, at: datetime, pattern: Pattern, field: str
    ) -> None:
        with pytest.raises(Invalid) as refusal:
            repeat(cast.tom, at=at, pattern=pattern)

        assert refusal.value.field == field


class TestLeavingOut:
    def test_calls_off_the_ride_of_that_day_alone(self, cast: Cast, at: datetime) -> None:
        series = repeat(cast.tom, at=at)
        ride = series.offers.order_by("day")[1]
        assert ride.day is not None
        answer(book(cast.nora, ride, at=at))

        for _ in range(2):
            actions.leave_out_day(
                by=Actor(cast.tom.pk),
                kind=OfferSeries,
                series_id=series.pk,
                day=ride.day,
                at=at,
            )

        ride.refresh_from_db()
        assert ride.is_cancelled
        assert series.offers.open().count() == 11
        assert actions.make_ahead(by=SYSTEM, kind=OfferSeries, series_id=series.pk, at=at) == 0

    def test_is_up_to_whose_series_it_is(self, cast: Cast, at: datetime) -> None:
        series = repeat(cast.tom, at=at)

        with pytest.raises(NotFound):
            actions.end_series(by=Actor(cast.nora.pk), kind=OfferSeries, series_id=series.pk, at=at)

    def test_of_everything_ends_what_is_to_come(self, cast: Cast, at: datetime) -> None:
        series = repeat(cast.tom, at=at)

        actions.end_series(by=Actor(cast.tom.pk), kind=OfferSeries, series_id=series.pk, at=at)

        assert not series.offers.open().exists()
        assert not queries.running_series(OfferSeries)


def test_requests_repeat_too_and_find_each_ride(cast: Cast, at: datetime) -> None:
    repeat(cast.tom, at=at)
    wanted = actions.repeat_request(
        by=Actor(cast.nora.pk),
        village="lindental",
        start=LINDE,
        goal=TOWN,
        clock=time(7),
        minutes=90,
        pattern=Pattern(frozenset({0}), at.date()),
        seats=1,
        at=at,
    )

    assert wanted.requests.count() == 4
    assert Entry.objects.filter(kind="carpool.match_found").count() == 4
    actions.end_series(by=Actor(cast.nora.pk), kind=RequestSeries, series_id=wanted.pk, at=at)
    assert not RideRequest.objects.open().exists()


class TestClocks:
    @pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Tokyo"])
    def test_show_every_day_of_two_years_once(self, zone: str) -> None:
        """No day is missing, none comes twice, and each shows the time, but in the jump."""
        pattern = Pattern(frozenset(range(7)), date(2026, 1, 1), date(2027, 12, 31))
        for clock in (time(7, 15), time(2, 30), time(23, 50)):
            days = list(pattern.days(date(2025, 12, 1), date(2028, 2, 1)))
            moments = [moment_on(day, clock, ZoneInfo(zone)) for day in days]
            assert len(set(moments)) == len(days) == 730
            assert moments == sorted(moments)
            for day, moment in zip(days, moments, strict=True):
                shown = moment.astimezone(ZoneInfo(zone))
                jumps = is_skipped(datetime.combine(day, clock), ZoneInfo(zone))
                later = timedelta(hours=1 if jumps else 0)
                assert shown.replace(tzinfo=None, fold=0) == datetime.combine(day, clock) + later

    def test_that_show_a_time_twice_mean_the_first(self) -> None:
        assert moment_on(date(2026, 10, 25), time(2, 30), BERLIN) == datetime(
            2026, 10, 25, 0, 30, tzinfo=UTC
        )

    def test_that_jump_are_not_asked_for_what_they_skip(self, cast: Cast) -> None:
        wall = datetime.fromisoformat("2027-03-28T02:30:00+01:00")
        with pytest.raises(Invalid) as refusal:
            make_offer(cast.tom, at=BEFORE_SUMMER, departs_at=wall)
        assert refusal.value.field == "departs_at"
        with pytest.raises(Invalid):
            make_request(
                cast.nora, at=BEFORE_SUMMER, earliest=wall, latest_arrival=wall + timedelta(hours=4)
            )

        make_offer(cast.tom, at=BEFORE_SUMMER, departs_at=wall.astimezone(UTC))
        assert RideOffer.objects.count() == 1
