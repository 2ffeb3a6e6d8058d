"""The addresses of standard covoiturage: searches for other services, by their key."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from carpool.standard import search
from carpool.standard.access import Malformed, for_everybody, for_operators
from carpool.standard.shapes import DAYS
from village.core.geo import Point

# A search farther or longer than this is none.
WIDEST_KM = 100.0
LONGEST = timedelta(days=1)


@for_everybody
def status(request: HttpRequest) -> HttpResponse:
    """Say that the service answers."""
    return JsonResponse({"status": "OK"})


@for_operators("GET")
def driver_journeys(request: HttpRequest, operator: str) -> HttpResponse:
    """List rides of a certain day."""
    return _list(
        request, search.driver_journeys(_circles(request), _date(request), _delta(request))
    )


@for_operators("GET")
def passenger_journeys(request: HttpRequest, operator: str) -> HttpResponse:
    """List those who look for a ride on a certain day."""
    when, delta = _date(request), _delta(request)
    return _list(request, search.passenger_journeys(_circles(request), when, delta))


@for_operators("GET")
def driver_regular_trips(request: HttpRequest, operator: str) -> HttpResponse:
    """List rides that repeat."""
    return _list(request, search.driver_trips(_circles(request), *_regular(request)))


@for_operators("GET")
def passenger_regular_trips(request: HttpRequest, operator: str) -> HttpResponse:
    """List those who need a ride again and again."""
    return _list(request, search.passenger_trips(_circles(request), *_regular(request)))


def _list(request: HttpRequest, found: Iterator[dict[str, Any]]) -> HttpResponse:
    count = _number(request, "count", float(search.MOST), 0, 1_000_000)
    return JsonResponse(list(islice(found, min(int(count), search.MOST))), safe=False)


def _circles(request: HttpRequest) -> search.Circles:
    return search.Circles(
        _point(request, "departure"),
        _point(request, "arrival"),
        _number(request, "departureRadius", 1.0, 0, WIDEST_KM),
        _number(request, "arrivalRadius", 1.0, 0, WIDEST_KM),
    )


def _point(request: HttpRequest, end: str) -> Point:
    return Point(
        _number(request, f"{end}Lat", None, -90, 90), _number(request, f"{end}Lng", None, -180, 180)
    )


def _date(request: HttpRequest) -> datetime:
    # From 1970 to 2100: seconds of Unix time.
    seconds = _number(request, "departureDate", None, 0, 4_102_444_800)
    return datetime.fromtimestamp(seconds, UTC)


def _delta(request: HttpRequest) -> timedelta:
    return timedelta(seconds=_number(request, "timeDelta", 900, 0, LONGEST.total_seconds()))


def _regular(request: HttpRequest) -> tuple[time, timedelta, list[int]]:
    try:
        clock = time.fromisoformat(request.GET["departureTimeOfDay"]).replace(tzinfo=None)
    except (KeyError, ValueError):
        raise Malformed("departureTimeOfDay is a time such as 07:30:00") from None
    named = request.GET.get("departureWeekdays", ",".join(DAYS)).split(",")
    if not set(named) <= set(DAYS):
        raise Malformed("departureWeekdays are some of " + ",".join(DAYS))
    return clock, _delta(request), [DAYS.index(name) for name in named]


def _number(
    request: HttpRequest, name: str, usual: float | None, least: float, most: float
) -> float:
    given = request.GET.get(name)
    if given is None and usual is not None:
        return usual
    try:
        value = float(given or "")
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        raise Malformed(f"{name} is a number from {least:g} to {most:g}")
    return value
