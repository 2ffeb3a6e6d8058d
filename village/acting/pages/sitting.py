"""What waits for a yes, and what was done in one's name, in a browser."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from village.acting import actions, policies, queries
from village.acting.account import lines_of
from village.acting.forms import SessionForm
from village.acting.models import Place
from village.acting.replay import ask, shown_of
from village.acting.schemas.acts import show_ledger
from village.acting.slip import slip_of
from village.assist import queries as mandates
from village.assist.actions.cards import CardExpired, CodeRefused
from village.assist.models import Mandate
from village.assist.queries import desk_or_404
from village.core.actor import EVERY_MANDATE
from village.core.errors import Invalid, NotFound
from village.core.pages import PageRequest, page, tell
from village.core.pagination import page as cut
from village.residents.pages import enter, stay_home

ON_A_PAGE = 30
NEWEST_FIRST = ("-created_at", "-id")


@require_http_methods(["GET", "POST"])
@page(scope=None, door="helping")
def begin(request: PageRequest, mandate_id: UUID) -> HttpResponse:
    """Begin to act for somebody who says with a code from her card that she is there."""
    at = timezone.now()
    mandate = mandates.visible_mandate(request.actor, mandate_id, at=at)
    enter(request, mandate.village_id)
    form = SessionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.begin_session(
                by=request.actor,
                mandate_id=mandate_id,
                place=Place(given["place"]),
                purpose=given["purpose"],
                code=given["code"],
                at=at,
            )
        except (CardExpired, CodeRefused) as error:
            tell(form, error)
        else:
            return redirect(_back_to(request, mandate))
    shown = {
        "form": form,
        "mandate": mandate,
        "live": queries.live_session(request.actor.principal_id, at=at),
    }
    return render(request, "acting/begin.html", shown, status=422 if form.is_bound else 200)


@require_GET
@page(scope=None, door="helping")
def now(request: PageRequest) -> HttpResponse:
    """Lead a volunteer to the session she is in."""
    live = queries.live_session(request.actor.principal_id, at=timezone.now())
    return redirect("helping") if live is None else redirect("session", live.pk)


@require_GET
@page(scope=None, door="helping")
def session(request: PageRequest, session_id: UUID) -> HttpResponse:
    """Show what was done in a session, to the two whose it is."""
    found = queries.visible_session(request.actor, session_id)
    enter(request, found.village_id)
    shown = {
        "session": found,
        "is_live": found.is_live(timezone.now()),
        "is_mine": found.volunteer_id == request.actor.principal_id,
        "lines": lines_of(queries.acts_of(found), with_day=False),
    }
    return render(request, "acting/session.html", shown)


@require_POST
@page(scope=None, door="helping")
def end(request: PageRequest, session_id: UUID) -> HttpResponse:
    """End a session."""
    actions.end_session(by=request.actor, session_id=session_id, at=timezone.now())
    return redirect("session", session_id)


@require_GET
@page(scope=None, door="helping")
def slip(request: PageRequest, session_id: UUID) -> HttpResponse:
    """Print what the person takes home."""
    found = queries.visible_session(request.actor, session_id)
    headers = {"Content-Disposition": 'inline; filename="slip.pdf"'}
    return HttpResponse(slip_of(found), content_type="application/pdf", headers=headers)


@require_GET
@page(scope=None, door="helping")
def ledger(request: PageRequest) -> HttpResponse:
    """Show what helpers did in one's name."""
    stay_home(request)
    after = request.GET.get("after")
    rows = cut(
        queries.ledger_of(request.actor.principal_id),
        order=("-id",),
        limit=ON_A_PAGE,
        after=after,
    )
    shown = {"lines": show_ledger(rows.items), "next": rows.next, "after": after}
    return render(request, "acting/ledger.html", shown)


@require_GET
@page(scope=EVERY_MANDATE, door="helping")
def waiting(request: PageRequest) -> HttpResponse:
    """Show what waits for one's yes; in assisted mode for the person's."""
    stay_home(request)
    acts = queries.waiting_for(request.actor, at=timezone.now()).order_by(*NEWEST_FIRST)
    return render(request, "acting/waiting.html", {"acts": acts[:ON_A_PAGE]})


@require_GET
@page(scope=None, door="helping")
def waiting_at_centre(request: PageRequest, centre_id: UUID) -> HttpResponse:
    """Show what waits at a centre for a second volunteer."""
    at = timezone.now()
    centre = desk_or_404(request.actor, centre_id, at=at)
    enter(request, centre.village_id)
    acts = queries.waiting_at(centre, request.actor, at=at).order_by(*NEWEST_FIRST)
    named = set(
        mandates.mandates_of_helper(request.actor.principal_id, at=at).values_list("pk", flat=True)
    )
    shown = {"acts": acts[:ON_A_PAGE], "centre": centre, "open_to_her": named}
    return render(request, "acting/waiting.html", shown)


@require_GET
@page(scope=EVERY_MANDATE, door="helping")
def prepared(request: PageRequest, act_id: UUID) -> HttpResponse:
    """Show what was prepared, to those whose yes it waits for, and to who prepared it."""
    at, by = timezone.now(), request.actor
    act = queries.prepared_acts().filter(pk=act_id).first()
    if act is None:
        raise NotFound
    verdict = policies.may_settle(by, act, at=at)
    is_hers = by.is_assisted and (by.helper_id, by.mandate_id) == (act.volunteer_id, act.mandate_id)
    if not verdict and not is_hers:
        verdict.enforce()
    enter(request, act.village_id)
    shown = {
        "act": act,
        "given": shown_of(act),
        "may_settle": bool(verdict) and act.settled_at is None,
        "reason": verdict.reason,
    }
    return render(request, "acting/prepared.html", shown)


@require_POST
@page(scope=EVERY_MANDATE, door="helping")
def settle(request: PageRequest, act_id: UUID) -> HttpResponse:
    """Say yes to what was prepared, or no."""
    at, by = timezone.now(), request.actor
    answer = request.POST.get("answer")
    if answer == "yes":
        actions.carry_out(by=by, act_id=act_id, ask=ask, at=at)
    elif answer == "no":
        actions.drop(by=by, act_id=act_id, at=at)
    else:
        raise Invalid(_("Please choose what to do."))
    return redirect("prepared-act", act_id)


def _back_to(request: PageRequest, mandate: Mandate) -> str:
    """Give the page of the person that was wanted, or her village."""
    wanted, hers = request.GET.get("next", ""), f"/for/{mandate.pk}/"
    if wanted.startswith(hers) and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return f"{hers}villages/{mandate.village_id}"
