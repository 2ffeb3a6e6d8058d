"""The API: one place that names the rooms, and one way in which each error is told."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser
from ninja.renderers import BaseRenderer

from village.auth import ApiKeyBearer, SessionCookie, SessionToken
from village.core.errors import DomainError
from village.core.idempotency import SAFE_METHODS
from village.core.json import dump
from village.core.problem import CONTENT_TYPE, problem, problem_of

DEPTH_MAX = 20


class StrictJson(Parser):
    """Read JSON bodies, and nothing that only looks like one."""

    def parse_body(self, request: HttpRequest) -> Any:
        """
        Give the body's value.

        :raises HttpError: 415 for another media type, 400 for what is not plain JSON
        """
        if request.content_type != "application/json":
            raise HttpError(415, "")
        try:
            text = request.body.decode()
            if "\\u0000" in text or "\0" in text:
                raise ValueError("a NUL character")
            value = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
        except (ValueError, RecursionError):
            raise HttpError(400, _("The request is not valid JSON.")) from None
        if _depth(value) > DEPTH_MAX:
            raise HttpError(400, _("The request is nested too deeply."))
        return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a repeated key")
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _depth(value: Any) -> int:
    depth, layer = 0, [value]
    while layer:
        depth += 1
        layer = [
            inner
            for each in layer
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
    return depth


class Json(BaseRenderer):
    """Write JSON."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        """Give the body's bytes."""
        return dump(data)


class _Schema(OpenAPISchema):
    """The OpenAPI document, with every error said to be the problem document that it is."""

    def responses(self, operation: Any) -> dict[int, dict[str, Any]]:
        answers = super().responses(operation)
        for status in _PROBLEMS:
            if self._is_answered(status, operation):
                answers.setdefault(status, {"$ref": f"#/components/responses/Problem{status}"})
        return answers

    def get_components(self) -> dict[str, Any]:
        components = super().get_components()
        components.setdefault("schemas", {})["Problem"] = _PROBLEM
        shown = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        components["responses"] = {
            f"Problem{status}": {"description": words, "content": shown}
            for status, words in _PROBLEMS.items()
        }
        return components

    def _is_answered(self, status: int, operation: Any) -> bool:
        if status == 401:
            return bool(operation.auth_callbacks)
        if status in (410, 412):
            return not SAFE_METHODS.issuperset(operation.methods)
        if status in (413, 415):
            return bool(self.request_body(operation))
        return True


_PROBLEMS = {
    400: "The request could not be read.",
    401: "Nobody is signed in.",
    403: "This may not be done.",
    404: "There is nothing here.",
    409: "A rule of the village said no.",
    410: "This was done before; what it showed has been erased since.",
    412: "Somebody else changed it since it was read.",
    413: "The request is too large; past 1 MiB nobody reads what is in it.",
    415: "The body is of another kind.",
    422: "Some fields make no sense.",
    429: "Too many requests.",
    503: "The village is busy; try again in a moment.",
}
_PROBLEM = {
    "title": "Problem",
    "description": "A problem document (RFC 9457).",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "Words for a person."},
        "code": {"type": "string", "description": "Stable and dotted, for programs."},
        "errors": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
    "example": {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "detail": "2 seats are left.",
        "code": "carpool.ride_full",
    },
}


class VillageAPI(NinjaAPI):
    """The one API of the village."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """Give the OpenAPI document."""
        return _Schema(api=self, path_prefix="/api/v1/" if path_prefix is None else path_prefix)


api = VillageAPI(
    title="Pocket village",
    version="1",
    description="News, events, rides, the town hall and neighbours of a village.",
    auth=[SessionToken(), SessionCookie(), ApiKeyBearer()],
    parser=StrictJson(),
    renderer=Json(),
    urls_namespace="api",
)


@api.exception_handler(DomainError)
def _on_domain_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    return problem_of(error)


@api.exception_handler(AuthenticationError)
def _on_stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problem(401)


@api.exception_handler(HttpError)
def _on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    # What our parser says of a body stands behind what ninja makes of it.
    said = error.__cause__ if isinstance(error.__cause__, HttpError) else error
    return problem(said.status_code, detail=said.message)


@api.exception_handler(ValidationError)
def _on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors: dict[str, list[str]] = {}
    for each in error.errors:
        # ninja's location starts with the source (body, query, ...) and the parameter's name.
        names = [str(name) for name in each["loc"] if name not in ("body", "data", "payload")]
        errors.setdefault(".".join(names) or "body", []).append(each["msg"])
    return problem(422, "invalid", _("Some fields make no sense."), errors=errors)


api.add_router("", "village.residents.api.router", tags=["residents"])
api.add_router("", "village.entrance.api.router", tags=["entrance"])
api.add_router("", "village.stewardship.api.router", tags=["stewardship"])
api.add_router("", "village.institutions.api.router", tags=["institutions"])
api.add_router("", "village.federation.api.router", tags=["federation"])
api.add_router("", "village.assist.api.router", tags=["assist"])
api.add_router("", "village.acting.api.router", tags=["acting"])
api.add_router("", "village.messaging.api.router", tags=["messaging"])
api.add_router("", "village.alerts.api.router", tags=["alerts"])
api.add_router("", "village.bulletin.api.router", tags=["bulletin"])
api.add_router("", "village.realtime.api.router", tags=["realtime"])
api.add_router("", "news.api.router", tags=["news"])
api.add_router("", "events.api.router", tags=["events"])
api.add_router("", "carpool.api.router", tags=["carpool"])
api.add_router("", "notifications.api.router", tags=["notifications"])
