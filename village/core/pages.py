"""
The pages: what each view of the web face declares, and how it tells a person that a rule said no.

The templates named here are the layout's; a room's page is a plain view under ``@page``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template import loader
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.defaults import server_error

from village.core import refusals, strength
from village.core.actor import Actor, Level, Needs
from village.core.delegation import covered
from village.core.errors import DomainError
from village.core.http import ActorRequest

if TYPE_CHECKING:
    from django.forms import BaseForm

log = structlog.get_logger(__name__)
View = TypeVar("View", bound=Callable[..., HttpResponse])
SIGN_IN = "/sign-in"
_LOOKS = frozenset({"GET", "HEAD", "OPTIONS"})


class PageRequest(ActorRequest):
    """A request for a page of somebody who is signed in."""

    # The room whose door the layout shows as open, and the village whose name stands above it.
    door: str
    village: Any
    # Before every address of a page that is shown for somebody else: /for/<mandate>.
    prefix: str


def page(*, scope: Needs, door: str = "", level: Level = Level.ACT) -> Callable[[View], View]:
    """
    Declare a page and what a mandate must cover for a helper to see it for somebody.

    Looking at it has the level of a read, and so can have sending its form.

    As with the API's operations, ``scope=None`` means that no mandate ever does. Strangers are
    asked to sign in; a rule that says no becomes a page in kind words.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def show(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            actor: Actor | None = request.actor
            if actor is None:
                return to_sign_in(request)
            request.door, request.village = door, None
            try:
                response = covered(
                    actor,
                    scope,
                    Level.READ if request.method in _LOOKS else level,
                    lambda: view(request, *args, **kwargs),
                    request=request,
                    # Whoever has filled in a form is not asked to send it a second time.
                    prepares=True,
                )
            except DomainError as error:
                response = refusal(request, error)
            except (OperationalError, InterfaceError):
                response = _busy()
            finally:
                timezone.deactivate()
            # In a centre many people share a computer: nothing is left in it.
            patch_cache_control(response, private=True, no_store=True)
            return response

        show.is_page, show.needs = True, (scope, level)  # type: ignore[attr-defined]
        return show  # type: ignore[return-value]

    return declare


def is_page(view: Callable[..., Any]) -> bool:
    """Tell whether a view was declared as a page; only pages are shown for somebody else."""
    return getattr(view, "is_page", False)


def refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Tell a person that a rule of the village said no, and what she can do now."""
    error = strength.told(error)
    refusals.tell(error.code)
    response = render(request, "web/refusal.html", {"error": error}, status=error.status)
    if "HX-Request" in request.headers:
        # Shown above what she was doing, which stays as it was.
        response["HX-Retarget"] = "#told"
        response["HX-Reselect"] = "#refusal"
        response["HX-Reswap"] = "innerHTML show:top"
    return response


def failed(request: HttpRequest) -> HttpResponse:
    """Answer what nobody caught; Django calls it while the error is being handled."""
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        return _busy()
    return server_error(request)


def _busy() -> HttpResponse:
    log.exception("database_unavailable")
    # A page without the layout, which asks the database as well.
    words = loader.render_to_string("503.html")
    return HttpResponse(words, status=503, headers={"Retry-After": "2"})


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Ask a stranger to sign in; she then comes back to what she wanted to read."""
    wanted = request.get_full_path() if request.method == "GET" else ""
    query = f"?{urlencode({'next': wanted})}" if wanted else ""
    return HttpResponseRedirect(SIGN_IN + query)


def tell(form: BaseForm, error: DomainError) -> None:
    """Write the words of a rule beside the field of a form that it is about."""
    refusals.tell(error.code)
    field = error.field if error.field in form.fields else None
    form.add_error(field, error.detail)
