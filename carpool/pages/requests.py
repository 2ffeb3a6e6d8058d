"""Looking for a ride, and the rides that fit."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from carpool import actions, policies, queries
from carpool.forms import RequestForm
from carpool.models import RequestStatus
from carpool.pages.known_places import known_places
from carpool.roads import roads
from carpool.schemas import matches_out
from village.core.actor import Scope
from village.core.errors import Invalid
from village.core.forms import span
from village.core.pages import PageRequest, page, tell
from village.journal.queries import top
from village.residents.pages import enter


@require_http_methods(["GET", "POST"])
@page(scope=Scope.RIDES_REQUEST, door="rides")
def new_request(request: PageRequest, v: str) -> HttpResponse:
    """Look for a ride."""
    village, at = enter(request, v), timezone.now()
    form = RequestForm(known_places(request.actor, village, at=at), request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        earliest, latest = span(given["day"], given["earliest"], given["latest"], village.tzinfo)
        try:
            made = actions.ask_for_ride(
                by=request.actor,
                village=village.pk,
                start=given["start_place"],
                goal=given["goal_place"],
                earliest=earliest,
                latest_arrival=latest,
                seats=given["seats"],
                walk_minutes=given["walk"],
                at=at,
            )
        except Invalid as error:
            tell(form, error)
        else:
            return redirect("ride-request", made.pk)
    status = 422 if form.is_bound else 200
    return render(request, "carpool/new_request.html", {"form": form}, status=status)


@require_GET
@page(scope=Scope.RIDES_REQUEST, door="rides")
def request_(request: PageRequest, request_id: UUID) -> HttpResponse:
    """Show a request of one's own, and the rides that fit it."""
    by, at = request.actor, timezone.now()
    found = queries.request_or_404(by, request_id)
    policies.may_see_matches(by, found).enforce()
    village = enter(request, found.village_id)
    topic = f"villages/{village.pk}/carpool"
    position = top(topic)
    found = queries.request_or_404(by, request_id)
    is_open = found.status == RequestStatus.OPEN and found.latest_arrival > at
    fitting = queries.matches_for(found, at=at) if is_open else []
    booked = queries.bookings_visible_to(by).active().filter(request=found)
    shown = {
        "wish": found,
        "topic": topic,
        "position": position,
        "is_open": is_open,
        "matches": matches_out(fitting, found, estimate=roads().is_estimate),
        "booked": booked.order_by("created_at", "id"),
    }
    is_part = "HX-Request" in request.headers
    return render(request, "carpool/_matches.html" if is_part else "carpool/request.html", shown)


@require_POST
@page(scope=Scope.RIDES_REQUEST, door="rides")
def withdraw(request: PageRequest, request_id: UUID) -> HttpResponse:
    """Look for a ride no longer."""
    found = actions.withdraw_request(by=request.actor, request_id=request_id, at=timezone.now())
    return redirect("rides", found.village_id)
