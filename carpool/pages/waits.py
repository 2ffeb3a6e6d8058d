"""Waiting at a ride bench, and taking along who waits there."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from carpool import actions, queries
from carpool.forms import WaitForm
from carpool.pages.known_places import known_places
from village.core.actor import Scope
from village.core.errors import DomainError, Invalid, NotFound
from village.core.pages import PageRequest, page, tell
from village.journal.queries import top
from village.residents.pages import enter


@require_http_methods(["GET", "POST"])
@page(scope=Scope.RIDES_REQUEST, door="rides")
def wait_at(request: PageRequest, stop_id: UUID) -> HttpResponse:
    """Say that one waits at a stop, and where to."""
    stop, at = queries.stop(stop_id), timezone.now()
    if stop is None:
        raise NotFound
    village = enter(request, stop.village_id)
    form = WaitForm(known_places(request.actor, village, at=at), request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = actions.raise_wait(
                by=request.actor,
                stop_id=stop_id,
                goal=given["goal_place"],
                seats=given["seats"],
                at=at,
            )
        except DomainError as error:
            tell(form, error)
        else:
            return redirect("ride-request", made.pk)
    status = 422 if form.is_bound else 200
    shown = {"form": form, "stop": stop, "minutes": actions.WAITS.seconds // 60}
    return render(request, "carpool/wait_at.html", shown, status=status)


@require_GET
@page(scope=Scope.RIDES_REQUEST, door="rides")
def wait(request: PageRequest, request_id: UUID) -> HttpResponse:
    """Show who waits at a stop, and which of one's own rides come by."""
    by, at = request.actor, timezone.now()
    found = queries.request_or_404(by, request_id)
    village = enter(request, found.village_id)
    if found.waits_until is None:
        raise NotFound
    topic = f"villages/{village.pk}/carpool"
    position = top(topic)
    found = queries.request_or_404(by, request_id)
    waits = found.is_waiting(at)
    fitting = queries.matches_for(found, at=at) if waits and not by.is_assisted else []
    shown = {
        "wish": found,
        "topic": topic,
        "position": position,
        "waits": waits,
        "rides": [offer for offer, _match in fitting if offer.driver_id == by.principal_id],
    }
    is_part = "HX-Request" in request.headers
    return render(request, "carpool/_wait.html" if is_part else "carpool/wait.html", shown)


@require_POST
@page(scope=None, door="rides")
def take(request: PageRequest, request_id: UUID) -> HttpResponse:
    """Take somebody along who waits."""
    try:
        offer_id = UUID(request.POST.get("offer", ""))
    except ValueError:
        raise Invalid(_("On which ride?")) from None
    actions.take_rider(
        by=request.actor, request_id=request_id, offer_id=offer_id, at=timezone.now()
    )
    return redirect("ride", offer_id)
