"""The verbs of rides that repeat: dated ones are made of them for four weeks ahead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from carpool import facts, policies
from carpool.actions import offers, requests
from carpool.actions.journeys import check_places, check_price
from carpool.models import OfferSeries, RequestSeries, RequestStatus, columns, written_via
from carpool.places import Place
from carpool.recurrence import Pattern, moment_on
from carpool.terms import PLAIN, Terms
from village.core.actor import SYSTEM, Actor
from village.core.errors import Invalid, NotFound
from village.journal.actions import record_all
from village.journal.facts import Fact
from village.residents.queries import village_or_404

# Dated rides are made for so many days ahead.
AHEAD = timedelta(days=28)
# As many single days may differ from the weekdays.
EXCEPTIONS_MAX = 90

Repeated = OfferSeries | RequestSeries


@transaction.atomic
def repeat_offer(
    *,
    by: Actor,
    village: str,
    start: Place,
    goal: Place,
    clock: time,
    pattern: Pattern,
    flexible_minutes: int,
    seats: int,
    detour_minutes: int,
    via: Sequence[Place] = (),
    terms: Terms = PLAIN,
    cents_per_km: int = 0,
    at: datetime,
) -> OfferSeries:
    """
    Offer a ride on some days of the week, at a time of day on the village's walls.

    :raises NotFound: if the actor's principal does not belong to the village
    :raises OutOfScope: if the mandate does not cover offering rides
    :raises Invalid: if the places, days or money make no sense
    """
    policies.may_offer(by, village).enforce()
    check_places(start, goal, via, village=village)
    check_price(cents_per_km, village)
    series = OfferSeries(
        driver_id=by.principal_id,
        via=[written_via(place) for place in via],
        flexible_minutes=flexible_minutes,
        detour_minutes=detour_minutes,
        cents_per_km=cents_per_km,
        **_days(village, clock, pattern, at),
        **columns(start, goal, terms),
    )
    series.seats, series.via_helper = seats, by.is_assisted
    return _begin(series, by=by, at=at)


@transaction.atomic
def repeat_request(
    *,
    by: Actor,
    village: str,
    start: Place,
    goal: Place,
    clock: time,
    minutes: int,
    pattern: Pattern,
    seats: int,
    terms: Terms = PLAIN,
    at: datetime,
) -> RequestSeries:
    """
    Look for a ride on some days of the week: not before ``clock``, there ``minutes`` later.

    :raises NotFound: if the actor's principal does not belong to the village
    :raises OutOfScope: if the mandate does not cover asking for rides
    :raises Invalid: if the places or days make no sense
    """
    policies.may_ask(by, village).enforce()
    check_places(start, goal, village=village)
    series = RequestSeries(
        person_id=by.principal_id,
        minutes=minutes,
        **_days(village, clock, pattern, at),
        **columns(start, goal, terms),
    )
    series.seats, series.via_helper = seats, by.is_assisted
    return _begin(series, by=by, at=at)


@transaction.atomic
def make_ahead(
    *, by: Actor, kind: type[OfferSeries] | type[RequestSeries], series_id: UUID, at: datetime
) -> int:
    """
    Make the dated rides of a series that are missing for the next four weeks; give their number.

    :raises Forbidden: if anybody but the village itself asks for it
    """
    policies.may_end_rides(by).enforce()
    series = _locked(kind, series_id)
    if series is None or series.ended_at is not None:
        return 0
    before = _dated(series).count()
    told = _make(series, at=at)
    record_all(told, by=SYSTEM, at=at)
    return _dated(series).count() - before


@transaction.atomic
def leave_out_day(
    *,
    by: Actor,
    kind: type[OfferSeries] | type[RequestSeries],
    series_id: UUID,
    day: date,
    at: datetime,
) -> None:
    """
    Leave one day out of what repeats; its ride or request ends. A second call changes nothing.

    :raises NotFound: if the actor has no such series
    :raises Invalid: if too many days are left out
    """
    series = _own(by, kind, series_id)
    written = day.isoformat()
    if written in series.skipped:
        return
    if len(series.skipped) >= EXCEPTIONS_MAX:
        raise Invalid(_("So many days are left out: please end it and begin anew."), field="day")
    series.skipped = [*series.skipped, written]
    series.save(update_fields=["skipped"])
    told = _end_dated(series, day, at=at)
    told.append(facts.SeriesChanged(village=series.village_id, series_id=series.pk, day=day))
    record_all(told, by=by, at=at)


@transaction.atomic
def end_series(
    *, by: Actor, kind: type[OfferSeries] | type[RequestSeries], series_id: UUID, at: datetime
) -> None:
    """
    Repeat something no longer; what is dated and to come ends. A second call changes nothing.

    :raises NotFound: if the actor has no such series
    """
    series = _own(by, kind, series_id)
    if series.ended_at is not None:
        return
    series.ended_at = at
    series.save(update_fields=["ended_at"])
    told = _end_dated(series, None, at=at)
    told.append(facts.SeriesEnded(village=series.village_id, series_id=series.pk))
    record_all(told, by=by, at=at)


S = TypeVar("S", OfferSeries, RequestSeries)


def _begin(series: S, *, by: Actor, at: datetime) -> S:
    series.save(force_insert=True)
    begun = facts.SeriesBegun(village=series.village_id, series_id=series.pk)
    record_all([begun, *_make(series, at=at)], by=by, at=at)
    return series


def _locked(kind: type[OfferSeries] | type[RequestSeries], series_id: UUID) -> Repeated | None:
    rows: QuerySet[Any] = kind._default_manager.select_for_update(no_key=True)
    found: Repeated | None = rows.filter(pk=series_id).first()
    return found


def _own(by: Actor, kind: type[OfferSeries] | type[RequestSeries], series_id: UUID) -> Repeated:
    """
    Lock a series of the actor's principal, whom the mandate lets offer or ask.

    :raises NotFound: if she has none of this id
    """
    series = _locked(kind, series_id)
    if series is None:
        raise NotFound
    owner = series.driver_id if isinstance(series, OfferSeries) else series.person_id
    if owner != by.principal_id:
        raise NotFound
    may = policies.may_offer if kind is OfferSeries else policies.may_ask
    may(by, series.village_id).enforce()
    return series


def _days(village: str, clock: time, pattern: Pattern, at: datetime) -> dict[str, Any]:
    """Give the columns that say on which days, on the village's walls."""
    if not pattern.weekdays and not pattern.added:
        raise Invalid(_("On which days?"), field="weekdays")
    if pattern.valid_until is not None and pattern.valid_until < pattern.valid_from:
        raise Invalid(_("This ends before it begins."), field="valid_until")
    if max(len(pattern.skipped), len(pattern.added)) > EXCEPTIONS_MAX:
        raise Invalid(_("At most %(n)d single days.") % {"n": EXCEPTIONS_MAX}, field="skipped")
    return {
        "village_id": village,
        "clock": clock,
        "zone": village_or_404(village).zone,
        "weekdays": sorted(pattern.weekdays),
        "valid_from": pattern.valid_from,
        "valid_until": pattern.valid_until,
        "skipped": sorted(each.isoformat() for each in pattern.skipped),
        "added": sorted(each.isoformat() for each in pattern.added),
        "created_at": at,
    }


def _dated(series: Repeated) -> QuerySet[Any]:
    return series.offers.all() if isinstance(series, OfferSeries) else series.requests.all()


def _end_dated(series: Repeated, day: date | None, *, at: datetime) -> list[Fact]:
    """End what is dated and to come, of one day or of all, each under its lock."""
    dated = _dated(series) if day is None else _dated(series).filter(day=day)
    told: list[Fact] = []
    for pk in dated.order_by("pk").values_list("pk", flat=True):
        if isinstance(series, OfferSeries):
            offer = offers.locked(pk)
            if not offer.is_cancelled and offer.departs_until > at:
                told += offers.end_offer(offer, at=at)
            continue
        request = requests.locked(pk)
        # A booked ride of hers stays: it is cancelled by itself, and its driver told so.
        if request is not None and request.status == RequestStatus.OPEN:
            told.append(requests.end_request(request))
    return told


def _make(series: Repeated, *, at: datetime) -> list[Fact]:
    """Write the rides or requests that are missing; the series is locked or new."""
    zone = series.tzinfo
    today = at.astimezone(zone).date()
    there = set(_dated(series).values_list("day", flat=True))
    told: list[Fact] = []
    for day in series.pattern.days(today, today + AHEAD):
        moment = moment_on(day, series.clock, zone)
        if day in there or moment <= at:
            continue
        if isinstance(series, OfferSeries):
            told += offers.put_up(offers.dated(series, day, moment, at=at), at=at)
        else:
            told += requests.put_up(requests.dated(series, day, moment, at=at), at=at)
    series.made_until = today + AHEAD
    series.save(update_fields=["made_until"])
    return told
