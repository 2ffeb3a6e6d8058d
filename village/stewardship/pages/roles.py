"""Who is what in the village."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from village.core.errors import DomainError, NotFound
from village.core.pages import PageRequest, page, tell
from village.residents.models import Grant, Role
from village.residents.pages import enter
from village.residents.places import places_of
from village.residents.queries import members
from village.stewardship import actions, policies, queries
from village.stewardship.forms import RoleForm


@require_http_methods(["GET", "POST"])
@page(scope=None, door="stewardship")
def roles(request: PageRequest, v: str) -> HttpResponse:
    """Show who is what, and ask whom to give a role."""
    village = enter(request, v)
    policies.may_steward(request.actor, village.pk).enforce()
    form = RoleForm(village, members(village.pk), request.POST or None)
    if request.method == "POST" and form.is_valid():
        role, of = form.chosen
        try:
            actions.grant_role(
                by=request.actor,
                village=village.pk,
                resident_id=form.cleaned_data["name"].pk,
                role=role,
                of=of,
                until=form.ends_at,
                at=timezone.now(),
            )
        except DomainError as error:
            tell(form, error)
        else:
            return redirect("roles", village.pk)
    found = queries.roles_visible_to(request.actor, village.pk).order_by("role", "granted_at", "pk")
    lines = [(each, _place(each, village.pk)) for each in found]
    shown = {
        "form": form,
        "village": village,
        "granted": [line for line in lines if line[0].granted_at is not None],
        "proposed": [
            (*line, bool(policies.may_confirm(request.actor, line[0])))
            for line in lines
            if line[0].granted_at is None
        ],
    }
    return render(request, "stewardship/roles.html", shown, status=422 if form.errors else 200)


@require_POST
@page(scope=None, door="stewardship")
def confirm_role(request: PageRequest, grant_id: UUID) -> HttpResponse:
    """Agree, as the second steward."""
    village = _village_of(grant_id)
    actions.confirm_role(by=request.actor, grant_id=grant_id, at=timezone.now())
    return redirect("roles", village)


@require_POST
@page(scope=None, door="stewardship")
def end_role(request: PageRequest, grant_id: UUID) -> HttpResponse:
    """Take a role back, or drop a proposal."""
    village = _village_of(grant_id)
    actions.end_role(by=request.actor, grant_id=grant_id, at=timezone.now())
    return redirect("roles", village)


def _village_of(grant_id: UUID) -> str:
    found = queries.grant(grant_id)
    if found is None:
        raise NotFound
    return found.membership.village_id


def _place(grant: Grant, village: str) -> str:
    return "" if grant.of is None else places_of(Role(grant.role), village).get(grant.of, "")
