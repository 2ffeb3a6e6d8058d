"""A ride as somebody whom the rider trusts sees it, without signing in."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from carpool.trips import trip_of


@require_GET
def trip(request: HttpRequest, token: str) -> HttpResponse:
    """Show with whom somebody rides, when, and how far she has come; no place exactly."""
    at = timezone.now()
    booking = trip_of(token, at=at)
    if booking is None:
        raise Http404
    with timezone.override(booking.village.tzinfo):
        answer = render(request, "carpool/trip.html", {"booking": booking})
    answer["Cache-Control"] = "private, no-store"
    # The address is the key: no other site learns it.
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex"
    return answer
