"""Who may ask by standard covoiturage, how often, and how it is told that something is wrong."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from village.core import walls
from village.core.errors import DomainError
from village.core.limits import Flow
from village.core.visitors import network_of

# As many questions may one service ask in a minute.
QUESTIONS = Flow("standard-covoiturage", 120, 60)
View = Callable[..., HttpResponse]


class Malformed(Exception):
    """What was sent is missing something or makes no sense."""


def for_operators(*methods: str) -> Callable[[View], View]:
    """Let services with a key in, so many times a minute; the view is told whose key it is."""

    def declare(view: View) -> View:
        @csrf_exempt
        @require_http_methods(list(methods))
        @wraps(view)
        def guarded(request: HttpRequest, **path: Any) -> HttpResponse:
            name = _operator(request.headers.get("X-API-Key", ""))
            if name is None:
                return error(401, "an API key is needed")
            return _answer(name, lambda: view(request, name, **path))

        return guarded

    return declare


def for_everybody(view: View) -> View:
    """Let everybody in, so many times a minute."""

    @require_http_methods(["GET"])
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        return _answer(f"from {network_of(request)}", lambda: view(request))

    return guarded


def error(status: int, words: str) -> HttpResponse:
    """Say what is wrong."""
    return JsonResponse({"error": words}, status=status)


def _answer(asks: str, view: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        QUESTIONS.spend(asks)
        # No resident asks, and what another service may find is in all villages.
        with walls.lifted():
            return view()
    except Malformed as wrong:
        return error(400, str(wrong))
    except RequestDataTooBig:
        return error(400, "this is too large")
    except DomainError as refused:
        status = refused.status if refused.status in (404, 429, 503) else 400
        answer = error(status, f"{refused.code}: {refused.detail}")
        if refused.retry_after is not None:
            answer["Retry-After"] = str(refused.retry_after)
        return answer


def _operator(key: str) -> str | None:
    """Find whose key it is, in the same time whether it is anybody's or not."""
    found = None
    for name, known in settings.CARPOOL_OPERATORS.items():
        if hmac.compare_digest(key.encode(), known.encode()):
            found = name
    return found
