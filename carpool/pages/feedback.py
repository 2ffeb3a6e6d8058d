"""Telling the moderator how a ride went, and what moderators read of it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from carpool import actions, policies, queries
from carpool.forms import FeedbackForm
from carpool.models import FeedbackKind
from village.core.actor import Scope
from village.core.errors import DomainError, NotFound
from village.core.pages import PageRequest, page, tell
from village.core.pagination import page as cut
from village.residents.actions import block
from village.residents.pages import enter

ON_A_PAGE = 20


@require_http_methods(["GET", "POST"])
@page(scope=Scope.RIDES_REQUEST, door="rides")
def feedback(request: PageRequest, booking_id: UUID) -> HttpResponse:
    """Tell the moderator of the other side, and meet her no more if that is wanted."""
    by, at = request.actor, timezone.now()
    booking = queries.booking(booking_id)
    if booking is None:
        raise NotFound
    policies.may_tell_of(by, booking).enforce()
    enter(request, booking.village_id)
    other = booking.offer.driver if booking.rider_id == by.principal_id else booking.rider
    form = FeedbackForm(request.POST or None, may_block=not by.is_assisted)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.give_feedback(
                by=by,
                booking_id=booking_id,
                kind=FeedbackKind(given["kind"]),
                text=given["text"],
                at=at,
            )
        except DomainError as error:
            tell(form, error)
        else:
            if given.get("apart"):
                block(by=by, resident_id=other.pk, at=at)
            shown = {"booking": booking, "other": other, "apart": given.get("apart")}
            return render(request, "carpool/feedback_given.html", shown)
    status = 422 if form.is_bound else 200
    shown = {"booking": booking, "other": other, "form": form}
    return render(request, "carpool/feedback.html", shown, status=status)


@require_GET
@page(scope=None, door="rides")
def all_feedback(request: PageRequest, v: str) -> HttpResponse:
    """Show moderators what was told of rides."""
    village = enter(request, v)
    policies.may_read_feedback(request.actor, village.pk).enforce()
    after = request.GET.get("after")
    rows = cut(
        queries.feedback_visible_to(request.actor).filter(village=village),
        order=("-created_at", "-id"),
        limit=ON_A_PAGE,
        after=after,
    )
    shown = {"village": village, "told": rows.items, "next": rows.next, "after": after}
    return render(request, "carpool/all_feedback.html", shown)


@require_POST
@page(scope=None, door="rides")
def settle(request: PageRequest, feedback_id: UUID) -> HttpResponse:
    """Say that a moderator has seen to it."""
    told = actions.settle_feedback(by=request.actor, feedback_id=feedback_id, at=timezone.now())
    return redirect("rides-feedback", told.village_id)
