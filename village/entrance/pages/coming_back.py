"""The pages of coming back by two neighbours: hers, theirs, and the one that stops it."""

from __future__ import annotations

from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from village.core.errors import DomainError
from village.core.limits import Budget
from village.core.pages import PageRequest, page, tell
from village.core.phone import read
from village.core.sealing import seal, unseal
from village.core.visitors import network_of
from village.entrance import actions, codes, queries
from village.entrance.forms import LostForm, ReturnCodeForm
from village.residents.pages import stay_home

BEGUN_FROM = Budget("entrance.lost-from", 10, 3600)
# What this browser holds until she is in again; its session keeps it sealed.
HELD = "recovery"


@require_http_methods(["GET", "POST"])
@never_cache
def lost(request: Any) -> HttpResponse:
    """Begin to come back when every way in is lost; show the code for neighbours; come in."""
    if request.actor is not None:
        return HttpResponseRedirect("/")
    form = LostForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data["address"]
        number = "" if "@" in said else read(said, region=settings.PHONE_REGION) or ""
        try:
            BEGUN_FROM.spend(network_of(request))
        except DomainError as error:
            tell(form, error)
        else:
            _row, code, secret = actions.begin_recovery(
                address=said if "@" in said else "", number=number, at=timezone.now()
            )
            request.session[HELD] = {"code": seal(HELD, code), "secret": seal(HELD, secret)}
            return redirect("lost")
    shown = {"form": form, "held": _held(request)}
    return render(request, "entrance/lost.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@page(scope=None)
def vouch_for_return(request: PageRequest) -> HttpResponse:
    """See who wants to come back by a code, and say that it is she."""
    stay_home(request)
    form, recovery = ReturnCodeForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        by, code, now = request.actor, form.cleaned_data["code"], timezone.now()
        try:
            if request.POST.get("sure") == "yes":
                actions.vouch_for_return(by=by, code=code, at=now)
                messages.success(request, _("Thank you. You have vouched for your neighbour."))
                return redirect("me")
            recovery = actions.look_at_recovery(by=by, code=code, at=now)[0]
        except DomainError as error:
            tell(form, error)
    shown = {"form": form, "recovery": recovery}
    status = 422 if form.errors else 200
    return render(request, "entrance/vouch_for_return.html", shown, status=status)


@require_http_methods(["GET", "POST"])
@page(scope=None)
def stop_recovery(request: PageRequest) -> HttpResponse:
    """Show whether somebody may soon come in as oneself by neighbours, and stop it."""
    stay_home(request)
    if request.method == "POST":
        actions.stop_recovery(by=request.actor, at=timezone.now())
        messages.success(request, _("Stopped. Nobody comes in as you by neighbours."))
        return redirect("stop-recovery")
    live = queries.recoveries_of(request.actor.principal_id, timezone.now()).order_by("created_at")
    return render(request, "entrance/stop_recovery.html", {"recoveries": live})


def _held(request: Any) -> dict[str, str] | None:
    """Give what this browser holds, to be shown; nothing when it was sealed by another key."""
    held = request.session.get(HELD)
    try:
        return held and {
            "code": codes.spoken(unseal(HELD, held["code"])),
            "secret": unseal(HELD, held["secret"]),
        }
    except InvalidToken:
        return None
