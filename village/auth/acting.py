"""From a session to an Actor: who is signed in, and for whom she acts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

import structlog
from allauth.headless.contrib.ninja.security import x_session_token_auth
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import InterfaceError, OperationalError
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.middleware.csrf import CsrfViewMiddleware
from django.urls import get_script_prefix, reverse, set_script_prefix
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja.security import HttpBearer
from ninja.security.apikey import APIKeyCookie, APIKeyHeader

from village.acting.actions import count_refusal
from village.acting.queries import NoSession, actor_in_session
from village.auth.speaking import speak_with
from village.core import refusals, strength, walls
from village.core.actor import Actor
from village.core.errors import DomainError, Forbidden, NotFound, TooMany
from village.core.idempotency import SAFE_METHODS
from village.core.limits import Flow
from village.core.pages import is_page, refusal, to_sign_in
from village.core.problem import problem, problem_of
from village.core.sessions import key_of
from village.core.visitors import network_of
from village.stewardship.actions import use_key

ACTING_FOR = "X-Acting-For"
# What is not even an id names a mandate that nobody holds.
NO_MANDATE = UUID(int=0)
# The pages of somebody else, as one tab shows them: /for/<mandate>/villages/lindental.
_FOR_SOMEBODY = re.compile(r"/for/(?P<mandate>[^/]+)(?P<page>/.*)?")
# Of one person, whichever device she uses; of strangers, those of one network together.
REQUESTS = Flow("api", settings.API_REQUESTS_PER_MINUTE, 60)
# What an address names that belongs to acting for somebody, and what is watched of it besides.
_NEAR = frozenset({"accreditation_id", "act_id", "centre_id", "mandate_id", "session_id"})
# What signs people in, and what serves operators, is outside of the wall between villages.
_OUTSIDE = ("/_allauth/", "/accounts/", "/operate/")
_WATCHED = frozenset({Forbidden.code, TooMany.code})
log = structlog.get_logger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponse]


class ActorMiddleware:
    """
    Say who acts in ``request.actor``: nobody, a resident, or a helper for her principal.

    An app sends its session in ``X-Session-Token``, a browser its cookie. ``X-Acting-For``
    names the mandate of this one request, and so does the prefix ``/for/<mandate>`` of a page:
    no server remembers a current person, so two tabs can never mix.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.actor, request.prefix, request.mandate_named = None, "", None
        strength.begin()
        refusals.begin()
        response = self._answer(request)
        if response.status_code >= 400 and (code := refusals.told()):
            watch(request, code)
        return response

    def _answer(self, request: Any) -> HttpResponse:
        if secret := _bearer(request):
            return self._act_by_key(request, secret)
        token = request.headers.get("X-Session-Token")
        user = x_session_token_auth(request) if token else request.user
        request.session_key = key_of(token) if token else request.session.session_key or ""
        if user is not None and user.is_authenticated and user.is_active:
            request.user = user
            request.actor = Actor(principal_id=user.pk)
            speak_with(user, request)
        if request.path.startswith("/api/"):
            refused = self._refuse_flood(request) or self._refuse_foreign_page(request, token)
            if refused is not None:
                return refused
            if mandate := request.headers.get(ACTING_FOR):
                return self._act_for(request, mandate)
        elif named := _FOR_SOMEBODY.fullmatch(request.path):
            return self._show_for(request, named["mandate"], named["page"] or "/")
        return self._behind_the_wall(request)

    def _act_by_key(self, request: Any, secret: str) -> HttpResponse:
        """Answer a machine of an office; a session beside its key counts nothing."""
        request.user, request.session_key = AnonymousUser(), ""
        request.actor = use_key(secret=secret, at=timezone.now())
        if refused := self._refuse_flood(request):
            return refused
        if request.actor is None:
            return problem(401, "auth.key_not_good", _("This API key is not good any more."))
        if ACTING_FOR in request.headers:
            return problem(403, "assist.mandate_unknown", _("You hold no such mandate."))
        return self._behind_the_wall(request)

    def _behind_the_wall(self, request: Any) -> HttpResponse:
        """Answer behind the wall around the villages of whoever acts; around none for strangers."""
        if request.path_info.startswith(_OUTSIDE):
            return self.get_response(request)
        people = request.actor.people if request.actor else ()
        with walls.behind(*people):
            response = self.get_response(request)
        sent: Any = response
        if isinstance(sent, StreamingHttpResponse) and not isinstance(sent, FileResponse):
            # What is asynchronous cannot be iterated, and is therefore not sent without a wall.
            pieces: Any = sent.streaming_content
            sent.streaming_content = walls.streamed(iter(pieces), *people)
        return response

    def process_view(
        self, request: Any, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        """Show somebody else's pages, and nothing beside them: no account, no machine's address."""
        if request.prefix and not is_page(view):
            raise Http404

    def _refuse_flood(self, request: Any) -> HttpResponse | None:
        """Refuse whoever asks more often than any app for people does."""
        if not REQUESTS.amount:
            return None
        try:
            REQUESTS.spend(
                str(request.actor.principal_id) if request.actor else network_of(request)
            )
        except TooMany as error:
            return problem_of(error)
        return None

    def _refuse_foreign_page(self, request: Any, token: str | None) -> HttpResponse | None:
        """Refuse an unsafe request that a browser was tricked into: a cookie without its proof."""
        if request.actor is None or token or request.method in SAFE_METHODS:
            return None
        # The API's views are exempt, because apps send no cookies; here the exemption ends.
        refused = CsrfViewMiddleware(lambda _: HttpResponse()).process_view(
            request, _any_view, (), {}
        )
        if refused is None:
            return None
        return problem(403, "auth.csrf", _("This page is out of date. Please load it again."))

    def _act_for(self, request: Any, mandate: str) -> HttpResponse:
        if request.actor is None:
            return problem(401)
        request.mandate_named = _uuid(mandate) or NO_MANDATE
        try:
            actor, name = actor_in_session(
                helper_id=request.actor.principal_id,
                mandate_id=request.mandate_named,
                at=timezone.now(),
            )
        except DomainError as error:
            return problem_of(error)
        request.actor = actor
        response = self._behind_the_wall(request)
        # Header values are latin-1: a name in any script travels percent-encoded.
        response["X-Acting-For-Name"] = quote(name)
        return response

    def _show_for(self, request: Any, mandate: str, page: str) -> HttpResponse:
        """Answer as the page behind the prefix; every address on that page keeps it."""
        if request.actor is None:
            return to_sign_in(request)
        request.mandate_named = _uuid(mandate) or NO_MANDATE
        try:
            request.actor, _name = actor_in_session(
                helper_id=request.actor.principal_id,
                mandate_id=request.mandate_named,
                at=timezone.now(),
            )
        except NoSession as error:
            # Whoever only looks is led to where she begins, and back.
            if request.method == "GET" and "HX-Request" not in request.headers:
                return begin(mandate, request.get_full_path())
            return refusal(request, error)
        except DomainError as error:
            return refusal(request, error)
        outside = get_script_prefix()
        request.prefix = f"/for/{request.actor.mandate_id}"
        request.path_info = page
        set_script_prefix(f"{request.prefix}/")
        try:
            return self._behind_the_wall(request)
        finally:
            set_script_prefix(outside)


def watch(request: Any, code: str) -> None:
    """
    Write down a refusal that coordinators watch, once its own transaction is over.

    It is one of acting for somebody, or of what hangs on a mandate or a centre. There, what is
    not to be seen counts as well: that is how somebody else's centre looks.
    """
    actor: Actor | None = request.actor
    address = request.resolver_match.kwargs if request.resolver_match else {}
    is_assisted = request.mandate_named is not None
    is_near = is_assisted or bool(address.keys() & _NEAR)
    is_watched = code in _WATCHED or (code == NotFound.code and not is_assisted)
    if actor is None or not (code.startswith("assist.") or (is_near and is_watched)):
        return
    try:
        count_refusal(
            who_id=actor.helper_id or actor.principal_id,
            code=code,
            mandate_id=request.mandate_named or address.get("mandate_id"),
            centre_id=address.get("centre_id"),
            at=timezone.now(),
        )
    except (OperationalError, InterfaceError):
        # Whoever is refused hears so all the same.
        log.exception("refusal_not_counted", code=code)


def begin(mandate: str, wanted: str) -> HttpResponse:
    """Lead a helper to the page on which a person says that she is there."""
    query = urlencode({"next": wanted})
    return HttpResponseRedirect(f"{reverse('begin-session', args=[mandate])}?{query}")


def _any_view(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def _bearer(request: HttpRequest) -> str:
    """Give the key that a machine sends to the API, or nothing."""
    kind, _blank, secret = request.headers.get("Authorization", "").partition(" ")
    is_key = kind.lower() == "bearer" and request.path.startswith("/api/")
    return secret.strip() if is_key else ""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


class SessionToken(APIKeyHeader):
    """An app's session token."""

    param_name = "X-Session-Token"

    def authenticate(self, request: Any, key: str | None) -> Actor | None:
        """Give the actor that the middleware has found."""
        actor: Actor | None = request.actor
        return actor


class SessionCookie(APIKeyCookie):
    """A browser's session cookie."""

    def __init__(self) -> None:
        super().__init__(csrf=False)  # checked in ActorMiddleware, for assisted requests too

    def authenticate(self, request: Any, key: str | None) -> Actor | None:
        """Give the actor that the middleware has found."""
        actor: Actor | None = request.actor
        return actor


class ApiKeyBearer(HttpBearer):
    """The API key of an outlet or a department."""

    def authenticate(self, request: Any, token: str) -> Actor | None:
        """Give the actor that the middleware has found."""
        actor: Actor | None = request.actor
        return actor
