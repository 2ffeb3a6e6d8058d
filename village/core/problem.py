"""Errors on the wire: application/problem+json (RFC 9457), and nothing else under /api."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from village.core import refusals, strength
from village.core.errors import DomainError

log = structlog.get_logger(__name__)
CONTENT_TYPE = "application/problem+json"
_GENERIC = {
    400: "request.malformed",
    401: "auth.required",
    403: "forbidden",
    404: "not_found",
    405: "method.not_allowed",
    413: "request.too_large",
    415: "request.media_type",
    429: "rate.limited",
    500: "server.error",
    503: "server.busy",
}


def problem(
    status: int,
    code: str = "",
    detail: str = "",
    *,
    errors: Mapping[str, list[str]] | None = None,
    retry_after: int | None = None,
) -> JsonResponse:
    """Build a problem document; ``errors`` names the fields of a 422 with their words."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or _words(status),
        "code": code or _GENERIC.get(status, "error"),
    }
    if errors:
        body["errors"] = errors
    response = JsonResponse(body, status=status, content_type=CONTENT_TYPE)
    response["Cache-Control"] = "no-store"
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def problem_of(error: DomainError) -> JsonResponse:
    """Build the problem document of a rule that said no."""
    error = strength.told(error)
    refusals.tell(error.code)
    errors = {error.field: [error.detail]} if error.field else None
    return problem(
        error.status, error.code, error.detail, errors=errors, retry_after=error.retry_after
    )


def _words(status: int) -> str:
    words = {
        400: _("The request could not be read."),
        401: _("Please sign in first."),
        403: _("You may not do this."),
        404: _("There is nothing here."),
        405: _("This address does not take this method."),
        413: _("This is too large."),
        415: _("Please send JSON."),
        429: _("Too many requests. Please wait a moment."),
        503: _("The village is busy. Please try again in a moment."),
    }
    return words.get(status, _("Something went wrong on our side. It has been noted."))


class ProblemMiddleware:
    """Turn every error under /api into a problem document, also those Django makes itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith("/api/"):
            return self.get_response(request)
        response = self.get_response(request)
        if response.status_code < 400 or response.headers.get("Content-Type") == CONTENT_TYPE:
            return response
        answer = problem(response.status_code)
        for name in ("Allow", "Content-Language", "Retry-After", "Vary"):
            if name in response.headers:
                answer[name] = response.headers[name]
        return answer

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer what a view could not: the database away, a body too large."""
        if isinstance(error, OperationalError | InterfaceError):
            return _busy()
        if isinstance(error, RequestDataTooBig):
            return problem(413)
        return None


def _busy() -> JsonResponse:
    log.exception("database_unavailable")
    return problem(503, retry_after=2)
