"""A ride as somebody whom the rider trusts sees it, without signing in."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from carpool.trips import trip_of
from village.core import walls

# The page's own cookie: it is sent to no other address.
_COOKIE = "trip"


@require_GET
@walls.lifted()
def trip_link(request: HttpRequest, token: str) -> HttpResponse:
    """Take the key out of the address at first sight: it would stay in the history."""
    at = timezone.now()
    booking = trip_of(token, at=at)
    if booking is None:
        raise Http404
    shown_at = reverse("trip", args=[booking.pk])
    answer = redirect(shown_at)
    answer.set_cookie(
        _COOKIE,
        token,
        path=shown_at,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return _private(answer)


@require_GET
@walls.lifted()
def trip(request: HttpRequest, booking_id: UUID) -> HttpResponse:
    """Show with whom somebody rides, when, and how far she has come; no place exactly."""
    booking = trip_of(request.COOKIES.get(_COOKIE, ""), at=timezone.now())
    if booking is None or booking.pk != booking_id:
        raise Http404
    with timezone.override(booking.village.tzinfo):
        answer = render(request, "carpool/trip.html", {"booking": booking})
    return _private(answer)


def _private(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "private, no-store"
    # The link is the key: no other site learns it.
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex"
    return answer
