"""The addresses of standard covoiturage: searches for other services, by their key."""

from __future__ import annotations

import hmac
import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from functools import wraps
from itertools import islice
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from carpool.standard import search
from carpool.standard.shapes import DAYS
from village.core.geo import Point

View = Callable[[HttpRequest], HttpResponse]
# As many questions may one service ask in a minute.
A_MINUTE = 60
PER_MINUTE = 120
# A search farther or longer than this is none.
WIDEST_KM = 100.0
LONGEST = timedelta(days=1)


class _Malformed(Exception):
    """A parameter is missing or makes no sense."""


def _for_operators(view: View) -> View:
    """Let services with a key in, so many times a minute."""

    @require_GET
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        name = _operator(request.headers.get("X-API-Key", ""))
        if name is None:
            return _error(401, "an API key is needed")
        counter = f"standard-covoiturage/{name}"
        cache.add(counter, 0, A_MINUTE)
        if cache.incr(counter) > PER_MINUTE:
            answer = _error(429, "too many requests")
            answer["Retry-After"] = str(A_MINUTE)
            return answer
        try:
            return view(request)
        except _Malformed as error:
            return _error(400, str(error))

    return guarded


@_for_operators
def status(request: HttpRequest) -> HttpResponse:
    """Say that the service answers."""
    return JsonResponse({"status": "OK"})


@_for_operators
def driver_journeys(request: HttpRequest) -> HttpResponse:
    """List rides of a certain day."""
    return _list(
        request, search.driver_journeys(_circles(request), _date(request), _delta(request))
    )


@_for_operators
def passenger_journeys(request: HttpRequest) -> HttpResponse:
    """List those who look for a ride on a certain day."""
    when, delta = _date(request), _delta(request)
    return _list(request, search.passenger_journeys(_circles(request), when, delta))


@_for_operators
def driver_regular_trips(request: HttpRequest) -> HttpResponse:
    """List rides that repeat."""
    return _list(request, search.driver_trips(_circles(request), *_regular(request)))


@_for_operators
def passenger_regular_trips(request: HttpRequest) -> HttpResponse:
    """List those who need a ride again and again."""
    return _list(request, search.passenger_trips(_circles(request), *_regular(request)))


def _operator(key: str) -> str | None:
    """Find whose key it is, in the same time whether it is anybody's or not."""
    found = None
    for name, known in settings.CARPOOL_OPERATORS.items():
        if hmac.compare_digest(key.encode(), known.encode()):
            found = name
    return found


def _error(status: int, words: str) -> HttpResponse:
    return JsonResponse({"error": words}, status=status)


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
        raise _Malformed("departureTimeOfDay is a time such as 07:30:00") from None
    named = request.GET.get("departureWeekdays", ",".join(DAYS)).split(",")
    if not set(named) <= set(DAYS):
        raise _Malformed("departureWeekdays are some of " + ",".join(DAYS))
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
        raise _Malformed(f"{name} is a number from {least:g} to {most:g}")
    return value
