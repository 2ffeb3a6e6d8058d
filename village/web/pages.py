"""The pages of no room: the front page, signing in and out, what waits behind a door."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from village.core import sms
from village.core.actor import EVERY_MANDATE
from village.core.doors import doors_for
from village.core.errors import NotFound
from village.core.pages import PageRequest, page
from village.residents.models import Language
from village.residents.pages import enter
from village.residents.queries import villages_of
from village.stewardship.queries import settings_of, setup_of
from village.web.context import Layout


@dataclass(frozen=True, slots=True)
class Guest:
    """Name somebody whom a visitor of the demo may come in as."""

    name: str
    display_name: str
    role: str


_guests: Callable[[], Iterable[Guest]] | None = None


def invite(guests: Callable[[], Iterable[Guest]]) -> None:
    """Say whom a visitor may come in as; called by the demo, and by nobody else."""
    global _guests
    _guests = guests


@require_safe
@never_cache
def home(request: Any) -> HttpResponse:
    """Welcome a stranger; lead a resident into her village."""
    if request.actor is None:
        guests = list(_guests()) if _guests else []
        return render(request, "web/welcome.html", {"guests": guests})
    return _my_village(request)


@page(scope=EVERY_MANDATE)
def _my_village(request: PageRequest) -> HttpResponse:
    villages = list(villages_of(request.actor).order_by("name"))
    if len(villages) == 1:
        return redirect("village", villages[0].pk)
    return render(request, "web/villages.html", {"villages": villages})


home.is_page, home.needs = True, _my_village.needs  # type: ignore[attr-defined]


@require_safe
@page(scope=EVERY_MANDATE)
def village(request: PageRequest, v: str) -> HttpResponse:
    """Show the front page: what each room of the village has to say first."""
    place = enter(request, v)
    fronts = [
        (door, door.address(place.pk), door.front, door.front.show(request, place.pk))
        for door in doors_for(request.actor)
        if door.front is not None
    ]
    shown = {
        "fronts": fronts,
        "hour": timezone.localtime().hour,
        "settings": settings_of(place, setup_of(place)),
    }
    return render(request, "web/village.html", shown)


@require_safe
@page(scope=EVERY_MANDATE)
def front(request: PageRequest, v: str, key: str) -> HttpResponse:
    """Show what one room has to say on the front page, to be fetched when it has changed."""
    place = enter(request, v)
    door = next((door for door in doors_for(request.actor) if door.key == key), None)
    if door is None or door.front is None:
        raise NotFound
    return render(request, door.front.template, {"shown": door.front.show(request, place.pk)})


@require_safe
@page(scope=EVERY_MANDATE)
def waiting(request: PageRequest, key: str) -> HttpResponse:
    """Tell how much waits behind a door."""
    way = next((way for way in Layout(request).doors if way.door.key == key), None)
    if way is None or way.waiting is None:
        raise NotFound
    return render(request, "web/_waiting.html", {"way": way})


@require_safe
@page(scope=None)
def me(request: PageRequest) -> HttpResponse:
    """Show who is signed in, and the way out."""
    shown = {"villages": villages_of(request.actor), "languages": Language.choices}
    return render(request, "web/me.html", shown)


@require_safe
@never_cache
def sign_up(request: Any) -> HttpResponse:
    """Ask somebody who is new for her name and an address, then for the code sent there."""
    going = reverse("invitation")
    if request.actor is not None:
        return HttpResponseRedirect(going)
    shown = {"next": going, "by_phone": sms.is_there(), "is_new": True}
    return render(request, "web/sign_in.html", shown)


@require_safe
@never_cache
def sign_in(request: Any) -> HttpResponse:
    """Ask for an address or a phone number, then for the code that was sent there."""
    wanted = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    going = wanted if safe else "/"
    if request.actor is not None:
        return HttpResponseRedirect(going)
    return render(request, "web/sign_in.html", {"next": going, "by_phone": sms.is_there()})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, and with it its sockets."""
    logout(request)
    return HttpResponseRedirect(reverse("home"))
