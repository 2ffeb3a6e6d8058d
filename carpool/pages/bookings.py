"""Asking for a seat, and the driver's answer."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from carpool import actions, queries
from carpool.forms import SEATS_MAX, BookingForm
from carpool.pages.offers import shown_ride
from village.core.actor import Scope
from village.core.errors import Invalid, NotFound
from village.core.pages import PageRequest, page

STEPS = {
    "confirm": actions.confirm_booking,
    "board": actions.board,
    "arrive": actions.arrive,
    "miss": actions.miss_rider,
}


@require_POST
@page(scope=Scope.RIDES_REQUEST, door="rides")
def book(request: PageRequest, offer_id: UUID) -> HttpResponse:
    """Ask the driver for seats."""
    form = BookingForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("Between 1 and %(most)d seats can be booked.") % {"most": SEATS_MAX})
    actions.book_seats(
        by=request.actor,
        offer_id=offer_id,
        seats=form.cleaned_data["seats"],
        request_id=form.cleaned_data["request"],
        at=timezone.now(),
    )
    return _show(request, offer_id)


@require_POST
@page(scope=None, door="rides")
def answer(request: PageRequest, booking_id: UUID) -> HttpResponse:
    """Say, as the driver, whether one takes somebody along."""
    said = request.POST.get("answer")
    if said not in ("yes", "no"):
        raise Invalid(_("Please say yes or no."))
    booking = actions.answer_booking(
        by=request.actor, booking_id=booking_id, accept=said == "yes", at=timezone.now()
    )
    return _show(request, booking.offer_id)


@require_POST
@page(scope=Scope.RIDES_REQUEST, door="rides")
def cancel_booking(request: PageRequest, booking_id: UUID) -> HttpResponse:
    """Take a booking back, as its rider or as the driver."""
    booking = queries.booking_or_404(request.actor, booking_id)
    actions.cancel_booking(by=request.actor, booking_id=booking_id, at=timezone.now())
    return _show(request, booking.offer_id)


@require_POST
@page(scope=Scope.RIDES_REQUEST, door="rides")
def step(request: PageRequest, booking_id: UUID, step: str) -> HttpResponse:
    """Say how a ride goes on: that one comes, is on board, has arrived, or did not come."""
    verb = STEPS.get(step)
    if verb is None:
        raise NotFound
    booking = verb(by=request.actor, booking_id=booking_id, at=timezone.now())
    return _show(request, booking.offer_id)


def _show(request: PageRequest, offer_id: UUID) -> HttpResponse:
    """Show what has become of a ride: what moves of it to htmx, its page otherwise."""
    if "HX-Request" in request.headers:
        return render(request, "carpool/_ride.html", shown_ride(request, offer_id))
    return redirect("ride", offer_id)
