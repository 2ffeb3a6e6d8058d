"""How rides that repeat look on the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import ninja
from pydantic import ConfigDict

from carpool.models import OfferSeries, RequestSeries
from carpool.recurrence import Pattern
from carpool.schemas.ends import FROM_HOME, TO_TOWN, EndIn, EndOut, exact_end
from carpool.schemas.journeys import (
    Cents,
    DetourMinutes,
    FlexibleMinutes,
    Seats,
    TermsIn,
)
from village.core.schemas import HelpedOut, In, WallTime

Weekday = Annotated[int, ninja.Field(strict=True, ge=0, le=6)]


class PatternIn(TermsIn):
    """
    On which days, at which time on the village's walls.

    ``weekdays`` counts Monday as 0; ``skipped`` and ``added`` are single days beside them.
    """

    from_: EndIn = ninja.Field(alias="from")
    to: EndIn
    clock: WallTime
    weekdays: list[Weekday] = ninja.Field(default_factory=list, max_length=7)
    valid_from: date
    valid_until: date | None = None
    skipped: list[date] = ninja.Field(default_factory=list, max_length=90)
    added: list[date] = ninja.Field(default_factory=list, max_length=90)
    seats: Seats = 1


class OfferSeriesIn(PatternIn):
    """A ride that somebody offers again and again."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "from": FROM_HOME,
                "to": TO_TOWN,
                "clock": "07:15:00",
                "weekdays": [0, 1, 2, 3, 4],
                "valid_from": "2026-12-01",
                "seats": 3,
            }
        }
    )

    via: list[EndIn] = ninja.Field(default_factory=list, max_length=5)
    flexible_minutes: FlexibleMinutes = 0
    detour_minutes: DetourMinutes = 0
    cents_per_km: Cents = 0


class RequestSeriesIn(PatternIn):
    """A ride that somebody needs again and again, to be there ``minutes`` after ``clock``."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "from": FROM_HOME,
                "to": TO_TOWN,
                "clock": "07:00:00",
                "minutes": 90,
                "weekdays": [1],
                "valid_from": "2026-12-01",
            }
        }
    )

    minutes: Annotated[int, ninja.Field(strict=True, ge=10, le=720)]


class DayIn(In):
    """A day on the village's calendar."""

    model_config = ConfigDict(json_schema_extra={"example": {"day": "2026-12-24"}})

    day: date


class SeriesOut(HelpedOut):
    """What repeats; dated rides or requests are made of it until ``made_until``."""

    model_config = ConfigDict(serialize_by_alias=True)

    id: UUID
    village: str
    created_at: datetime
    from_: EndOut = ninja.Field(serialization_alias="from")
    to: EndOut
    clock: WallTime
    zone: str
    weekdays: list[int]
    valid_from: date
    valid_until: date | None
    skipped: list[date]
    added: list[date]
    seats: int
    made_until: date | None
    ended: bool


def pattern(given: PatternIn) -> Pattern:
    """Read the days."""
    return Pattern(
        weekdays=frozenset(given.weekdays),
        valid_from=given.valid_from,
        valid_until=given.valid_until,
        skipped=frozenset(given.skipped),
        added=frozenset(given.added),
    )


def series_out(series: OfferSeries | RequestSeries) -> SeriesOut:
    """Show somebody her own series, exactly."""
    days = series.pattern
    return SeriesOut(
        id=series.pk,
        village=series.village_id,
        created_at=series.created_at,
        from_=exact_end(series.start),
        to=exact_end(series.goal),
        clock=series.clock,
        zone=series.zone,
        weekdays=sorted(days.weekdays),
        valid_from=days.valid_from,
        valid_until=days.valid_until,
        skipped=sorted(days.skipped),
        added=sorted(days.added),
        seats=series.seats,
        made_until=series.made_until,
        ended=series.ended_at is not None,
        via_helper=series.via_helper,
    )
