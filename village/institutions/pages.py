"""Who speaks for more than one person here, as everybody sees it; and the stewards' badges."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from village.core.actor import EVERY_MANDATE
from village.core.errors import DomainError
from village.core.pages import PageRequest, page, tell
from village.institutions import actions, policies, queries
from village.institutions.forms import BadgeForm
from village.residents.pages import enter
from village.stewardship.policies import may_steward


@require_safe
@page(scope=EVERY_MANDATE)
def institutions(request: PageRequest, v: str) -> HttpResponse:
    """Show the outlets, departments and centres of a village."""
    village = enter(request, v)
    found = queries.institutions_of(request.actor, village.pk)
    shown = {
        "village": village,
        "institutions": found,
        "may_steward": bool(may_steward(request.actor, village.pk)),
    }
    return render(request, "institutions/institutions.html", shown)


@require_safe
@page(scope=EVERY_MANDATE)
def institution(request: PageRequest, institution_id: UUID) -> HttpResponse:
    """Show who speaks for an institution, who has verified it, and until when."""
    found = queries.institution_or_404(request.actor, institution_id)
    enter(request, found.village)
    return render(request, "institutions/institution.html", {"it": found})


@require_http_methods(["GET", "POST"])
@page(scope=None, door="stewardship")
def badges(request: PageRequest, v: str) -> HttpResponse:
    """Show which badges stand and which wait for a second steward, and propose one."""
    village = enter(request, v)
    by, at = request.actor, timezone.now()
    may_steward(by, village.pk).enforce()
    form = BadgeForm(queries.institutions_of(by, village.pk), village.tzinfo, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.propose_badge(
                by=by, village=village.pk, institution_id=form.chosen, until=form.ends_at, at=at
            )
        except DomainError as error:
            tell(form, error)
        else:
            return redirect("badges", village.pk)
    current = queries.badges_in(village).filter(ended_at=None).order_by("name", "pk")
    shown = {
        "village": village,
        "form": form,
        "given": [each for each in current if each.granted_at is not None],
        "proposed": [
            (each, bool(policies.may_confirm(by, each)))
            for each in current
            if each.granted_at is None
        ],
        "now": at,
    }
    return render(request, "institutions/badges.html", shown, status=422 if form.errors else 200)


@require_POST
@page(scope=None, door="stewardship")
def confirm_badge(request: PageRequest, badge_id: UUID) -> HttpResponse:
    """Agree, as the second steward."""
    actions.confirm_badge(by=request.actor, badge_id=badge_id, at=timezone.now())
    return redirect("badges", queries.badge_or_404(badge_id).village_id)


@require_POST
@page(scope=None, door="stewardship")
def withdraw_badge(request: PageRequest, badge_id: UUID) -> HttpResponse:
    """Take a badge back, or drop a proposal."""
    actions.withdraw_badge(by=request.actor, badge_id=badge_id, at=timezone.now())
    return redirect("badges", queries.badge_or_404(badge_id).village_id)
