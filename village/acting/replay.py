"""Asking the village again for what was prepared, as if the helper asked now."""

from __future__ import annotations

import json
from dataclasses import replace
from http import HTTPStatus
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.core.handlers.wsgi import WSGIRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import resolve
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from village.acting import actions
from village.acting.actions.preparing import Request
from village.acting.models import PreparedAct, WaitsFor
from village.acting.schemas.acts import show_prepared
from village.core.actor import Actor, Scope
from village.core.delegation import PREPARE, Act
from village.core.errors import DomainError, NeedsTwo, OnlyPrepared
from village.core.idempotency import FORM_KEY

# What a browser adds to a form for its own purposes.
_OF_THE_BROWSER = frozenset({"csrfmiddlewaretoken", FORM_KEY})
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_NAMES = {
    "address": gettext_lazy("Address"),
    "phone": gettext_lazy("Phone number"),
    "title": gettext_lazy("In a few words"),
    "text": gettext_lazy("Text"),
    "seats": gettext_lazy("Seats"),
    "party_size": gettext_lazy("How many people"),
    "needs_lift": gettext_lazy("Needs a lift"),
    "earliest": gettext_lazy("Not before"),
    "latest_arrival": gettext_lazy("There by"),
    "departs_at": gettext_lazy("Leaves at"),
    "name": gettext_lazy("Place"),
}
# What is left empty here is taken away: whoever says yes to it must see that.
_TAKEN_AWAY = frozenset({"address", "phone"})


class NoLongerPossible(DomainError):
    """What was prepared cannot be done any more."""

    code = "assist.no_longer_possible"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or _("This is no longer possible. Please prepare it anew."))


class _Again(WSGIRequest):
    """A request that was made before, by somebody who could only prepare it."""

    actor: Actor
    # Nobody is signed in here: a page that refuses it is drawn all the same.
    user = AnonymousUser()
    session_key = ""
    prefix = ""
    refusal: OnlyPrepared | None = None


def prepare(request: HttpRequest, error: OnlyPrepared, scope: Scope, act: Act) -> HttpResponse:
    """
    Keep a request that its helper may only prepare; answer how to go on.

    What could not be done now is not kept: its refusal is answered to the helper, who can mend it,
    and not to whoever says yes.
    """
    if isinstance(request, _Again):
        request.refusal = error
        raise error
    actor: Actor = request.actor  # type: ignore[attr-defined]
    wrong = _tried(request, actor, act)
    if wrong is not None:
        return wrong
    kept = actions.prepare(
        by=actor,
        request=_request_of(request, scope),
        waits_for=WaitsFor.SECOND if isinstance(error, NeedsTwo) else WaitsFor.PERSON,
        at=timezone.now(),
    )
    if request.path.startswith("/api/"):
        shown = show_prepared(kept).model_dump(mode="json")
        return JsonResponse(shown, status=HTTPStatus.ACCEPTED)
    answer = redirect("prepared-act", kept.pk)
    if "HX-Request" in request.headers:
        return HttpResponse(status=204, headers={"HX-Redirect": answer["Location"]})
    return answer


def ask(request: Request, by: Actor) -> None:
    """
    Ask for something again.

    :raises NeedsTwo: if one volunteer alone is not enough for it
    :raises NoLongerPossible: if it is refused now
    """
    again = _again(request, by)
    found = resolve(again.path_info)
    answer = found.func(again, *found.args, **found.kwargs)
    if isinstance(again.refusal, NeedsTwo):
        raise again.refusal
    if answer.status_code >= 400:
        raise NoLongerPossible(_detail(answer))


def shown_of(act: PreparedAct) -> list[tuple[str, str]]:
    """Give what stands in a prepared act, as far as a person can read it."""
    body = bytes(act.body)
    if act.content_type == "application/json" and body:
        given = _flat(json.loads(body))
    else:
        given = parse_qsl(body.decode(), keep_blank_values=True)
    return [
        (str(_NAMES.get(name, "")), value)
        for name, value in given
        if _is_readable(value) or (not value and name in _TAKEN_AWAY)
    ]


def _tried(request: Any, actor: Actor, act: Act) -> HttpResponse | None:
    """
    Do what is to be prepared as if the yes had been said, and take it all back at once.

    Give the answer where it is a refusal, such as a form drawn again with its errors.

    :raises DomainError: the refusal of a verb
    """
    # Whoever is to say yes is not known yet; that somebody has is all that is asked of her.
    request.actor = replace(actor, limits=frozenset(), second_id=actor.principal_id)
    try:
        with transaction.atomic():
            answer = act()
            transaction.set_rollback(True)
    finally:
        request.actor = actor
    if isinstance(answer, HttpResponse) and answer.status_code >= 400:
        return answer
    return None


def _request_of(request: HttpRequest, scope: Scope) -> Request:
    content_type = request.content_type or ""
    if content_type in _FORMS and not request.FILES:
        content_type = _FORMS[0]
        fields = [
            (name, value)
            for name, values in request.POST.lists()
            if name not in _OF_THE_BROWSER
            for value in values
        ]
        body = urlencode(fields).encode()
    else:
        body = request.body if content_type not in _FORMS else b""
    query = request.META.get("QUERY_STRING", "")
    path = f"{request.path_info}?{query}" if query else request.path_info
    return Request(scope, request.method or "POST", path, content_type, body)


def _again(request: Request, by: Actor) -> _Again:
    parts = urlsplit(request.path)
    again = _Again(
        {
            "REQUEST_METHOD": request.method,
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "CONTENT_TYPE": request.content_type,
            "CONTENT_LENGTH": str(len(request.body)),
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "wsgi.input": BytesIO(request.body),
            f"HTTP_{PREPARE.upper().replace('-', '_')}": "true",
        }
    )
    again.actor = replace(by, until=None)
    return again


def _detail(answer: HttpResponse) -> str:
    if not answer.headers.get("Content-Type", "").endswith("json"):
        return ""
    told: dict[str, Any] = json.loads(answer.content)
    return str(told.get("detail", ""))


def _flat(value: Any, name: str = "") -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [pair for key, inner in value.items() for pair in _flat(inner, key)]
    if isinstance(value, list):
        return [pair for inner in value for pair in _flat(inner, name)]
    return [(name, "" if value is None else str(value))]


def _is_readable(value: str) -> bool:
    try:
        UUID(value.partition("/")[0])
    except ValueError:
        return bool(value)
    return False
