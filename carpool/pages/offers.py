"""One ride: its seats, who rides along, and offering one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from carpool import actions, policies, queries
from carpool.forms import BookingForm, OfferForm
from carpool.models import Booking, BookingStatus
from carpool.pages.known_places import known_places
from carpool.trips import link_of
from village.core.actor import Actor, Scope
from village.core.errors import Invalid
from village.core.forms import moment
from village.core.pages import PageRequest, page, tell
from village.journal.queries import top
from village.residents.pages import enter


@require_GET
@page(scope=Scope.RIDES_REQUEST, door="rides")
def card(request: PageRequest, offer_id: UUID) -> HttpResponse:
    """Show one ride of the board, to be fetched when it has changed."""
    found = queries.offer_or_404(request.actor, offer_id)
    enter(request, found.village_id)
    shown = {"offer": found, "me": request.actor.principal_id}
    return render(request, "carpool/_card.html", shown)


@require_GET
@page(scope=Scope.RIDES_REQUEST, door="rides")
def offer(request: PageRequest, offer_id: UUID) -> HttpResponse:
    """Show a ride."""
    return render(request, "carpool/offer.html", shown_ride(request, offer_id))


@require_GET
@page(scope=Scope.RIDES_REQUEST, door="rides")
def ride(request: PageRequest, offer_id: UUID) -> HttpResponse:
    """Show what moves of a ride, to be fetched when it has moved."""
    return render(request, "carpool/_ride.html", shown_ride(request, offer_id))


@require_http_methods(["GET", "POST"])
@page(scope=Scope.RIDES_OFFER, door="rides")
def new_offer(request: PageRequest, v: str) -> HttpResponse:
    """Offer a ride."""
    village, at = enter(request, v), timezone.now()
    form = OfferForm(known_places(request.actor, village, at=at), request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = actions.offer_ride(
                by=request.actor,
                village=village.pk,
                start=given["start_place"],
                goal=given["goal_place"],
                departs_at=moment(given["day"], given["leaves"], village.tzinfo),
                flexible_minutes=given["flexible"],
                seats=given["seats"],
                detour_minutes=given["detour"],
                at=at,
            )
        except Invalid as error:
            tell(form, error)
        else:
            return redirect("ride", made.pk)
    status = 422 if form.is_bound else 200
    return render(request, "carpool/new_offer.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@page(scope=Scope.RIDES_OFFER, door="rides")
def call_off(request: PageRequest, offer_id: UUID) -> HttpResponse:
    """Take a ride back, having asked once more."""
    found = queries.offer_or_404(request.actor, offer_id)
    enter(request, found.village_id)
    policies.may_cancel_offer(request.actor, found).enforce()
    if request.method == "GET":
        return render(request, "carpool/call_off.html", {"offer": found})
    actions.cancel_offer(by=request.actor, offer_id=offer_id, at=timezone.now())
    return redirect("ride", offer_id)


@require_POST
@page(scope=Scope.RIDES_OFFER, door="rides")
def still_go(request: PageRequest, offer_id: UUID) -> HttpResponse:
    """Say, as the driver who was asked, that one still goes."""
    actions.still_go(by=request.actor, offer_id=offer_id, at=timezone.now())
    return redirect("ride", offer_id)


def shown_ride(request: PageRequest, offer_id: UUID) -> dict[str, Any]:
    """Give what the page of a ride shows to somebody."""
    by: Actor = request.actor
    at = timezone.now()
    topic = f"carpool/offers/{offer_id}"
    position = top(topic)
    found = queries.offer_or_404(by, offer_id)
    enter(request, found.village_id)
    drives = found.driver_id == by.principal_id
    bookings = list(
        queries.bookings_visible_to(by).filter(offer=found).order_by("created_at", "id")
    )
    for each in bookings:
        each.steps = _drivers_steps(each, at)  # type: ignore[attr-defined]
    own = next((each for each in bookings if each.is_active and not drives), None)
    is_open = not found.is_cancelled and found.departs_until > at
    return {
        "offer": found,
        "topic": topic,
        "position": position,
        "drives": drives,
        "own": own,
        "price": None if own is None or not found.is_for_one_rider else _price(own),
        "own_steps": [] if own is None else _riders_steps(own, at),
        "knows_riders": drives and at < found.arrives_at + queries.KNOWN_FOR,
        "may_answer_now": drives and not by.is_assisted,
        "bookings": bookings if drives else [],
        "trip_link": _trip_link(by, own),
        "messages": queries.partner_messages(by, found) if drives else [],
        # Where she has ridden, or was to.
        "told_of": None if drives or not bookings else bookings[-1],
        "asks": BookingStatus.REQUESTED,
        "is_open": is_open,
        "knows_exactly": queries.knows_exactly(by, found, at=at),
        "may_book": is_open and own is None and bool(policies.may_book(by, found)),
        "may_answer": is_open and drives and not by.is_assisted,
        "may_still_go": is_open
        and drives
        and found.asked_at is not None
        and found.still_goes_at is None,
        "may_call_off": is_open and bool(policies.may_cancel_offer(by, found)),
        "form": BookingForm(),
    }


def _trip_link(by: Actor, own: Booking | None) -> str:
    """Give the link for somebody a rider trusts: hers to give, in person, once she has a seat."""
    if own is None or own.status == BookingStatus.REQUESTED or by.is_assisted:
        return ""
    return link_of(own)


def _price(own: Booking) -> dict[str, Any] | None:
    """Give what a driver of another service asks of her; nothing where that is nothing."""
    booked = queries.partner_booking(own.pk)
    if booked is None:
        return None
    amount = booked.price.get("amount", 0 if booked.price.get("type") == "FREE" else None)
    return None if amount == 0 else {"amount": amount}


def _riders_steps(booking: Booking, at: datetime) -> list[tuple[str, str]]:
    """Give what a rider can say next, and in which words."""
    if booking.status == BookingStatus.ACCEPTED:
        return [("confirm", _("Yes, I come"))]
    if booking.status == BookingStatus.CONFIRMED and at >= booking.offer.departs_at:
        return [("board", _("I am on board"))]
    return [("arrive", _("I have arrived"))] if booking.status == BookingStatus.ON_BOARD else []


def _drivers_steps(booking: Booking, at: datetime) -> list[tuple[str, str]]:
    """Give what a driver can say of a rider next, and in which words."""
    if booking.status == BookingStatus.CONFIRMED and at >= booking.offer.departs_at:
        missed = at >= (booking.pickup_at or at)
        return [("board", _("Is on board")), *([("miss", _("Did not come"))] if missed else [])]
    return [("arrive", _("Has arrived"))] if booking.status == BookingStatus.ON_BOARD else []
