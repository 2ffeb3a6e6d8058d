"""Letting others in: invitations for one's household, letters to houses, cards at the desk."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from village.core.errors import DomainError, Invalid
from village.core.idempotency import show_once
from village.core.pages import PageRequest, page, tell
from village.entrance import actions, codes, paper, policies, queries
from village.entrance.forms import CardForm, InvitationForm, LettersForm
from village.entrance.pages.drawing import picture_of
from village.residents.contacts import contact_of
from village.residents.models import Residency, Resident
from village.residents.pages import enter
from village.residents.queries import members

ON_THE_PAGE = 20


@require_http_methods(["GET", "POST"])
@page(scope=None)
def invitations(request: PageRequest, v: str) -> HttpResponse:
    """Show whom one has invited; invite one's household, and show the code this once."""
    village = enter(request, v)
    by, at = request.actor, timezone.now()
    form = InvitationForm(request.POST or None)
    made = None
    if request.method == "POST" and form.is_valid():
        try:
            invitation, code = actions.invite_household(
                by=by, village=village.pk, people=form.cleaned_data["people"], at=at
            )
        except DomainError as error:
            tell(form, error)
        else:
            show_once(request)
            picture = picture_of(paper.address_of("/invitation", code))
            made = {"it": invitation, "code": codes.spoken(code), "picture": picture}
    mine = queries.invitations_of(by, village.pk).order_by("-created_at", "-pk")[:ON_THE_PAGE]
    may_invite = policies.may_invite(by, village.pk)
    asked = queries.letters_asked(village.pk).filter(resident=by.principal_id).first()
    lines = contact_of(by.principal_id).address.splitlines()
    shown = {
        "village": village,
        "form": form,
        "made": made,
        "mine": [(each, each.is_good(at)) for each in mine],
        "may_invite": may_invite,
        "may_ask": queries.level_of(by, village.pk) == Residency.DECLARED and not by.is_assisted,
        "asked": asked,
        "address": ", ".join(lines),
        "may_print_letters": bool(policies.may_print_letters(by, village.pk)),
        "may_print_cards": bool(policies.may_see_desk(by, village.pk)),
    }
    status = 422 if form.errors else 200
    return render(request, "entrance/invitations.html", shown, status=status)


@require_POST
@page(scope=None)
def withdraw_invitation(request: PageRequest, invitation_id: UUID) -> HttpResponse:
    """Take an invitation back."""
    found = actions.withdraw_invitation(
        by=request.actor, invitation_id=invitation_id, at=timezone.now()
    )
    return redirect("invitations", found.village_id)


@require_http_methods(["GET", "POST"])
@page(scope=None)
def letters(request: PageRequest, v: str) -> HttpResponse:
    """Print letters with codes for the households of the village, as one file."""
    village = enter(request, v)
    policies.may_print_letters(request.actor, village.pk).enforce()
    asked = queries.letters_asked(village.pk).order_by("created_at", "pk")
    form = LettersForm(asked, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        printed = actions.print_letters(
            by=request.actor,
            village=village.pk,
            households=form.households,
            asked=[each.pk for each in form.cleaned_data["asked"]],
            at=at,
        )
        show_once(request)
        return _pdf(paper.print_letters(village, printed, at=at), "letters.pdf")
    shown = {"village": village, "form": form, "asked": asked[: actions.LETTERS_MAX]}
    return render(request, "entrance/letters.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@page(scope=None)
def cards(request: PageRequest, v: str) -> HttpResponse:
    """Print somebody's sign-in card at the desk, let one die, or let somebody in again."""
    village = enter(request, v)
    policies.may_see_desk(request.actor, village.pk).enforce()
    form = CardForm(members(village.pk), request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = form.cleaned_data["name"]
        try:
            return _at_the_desk(request, village.pk, person)
        except DomainError as error:
            tell(form, error)
    shown = {"village": village, "form": form}
    return render(request, "entrance/cards.html", shown, status=422 if form.errors else 200)


def _at_the_desk(request: PageRequest, village: str, person: Resident) -> HttpResponse:
    by, at = request.actor, timezone.now()
    match request.POST.get("then"):
        case "print":
            printed = actions.print_card(by=by, village=village, resident_id=person.pk, at=at)
        case "let-in":
            printed = actions.let_in_at_desk(by=by, village=village, resident_id=person.pk, at=at)
        case "revoke":
            if queries.card_of(person.pk) is None:
                raise Invalid(_("This person has no card."), field="name")
            actions.revoke_card(by=by, resident_id=person.pk, at=at)
            messages.success(request, _("This card opens nothing any more."))
            return redirect("sign-in-cards", village)
        case _:
            raise Invalid(_("Please choose what to do."))
    show_once(request)
    return _pdf(paper.print_card(request.village, printed, at=at), "card.pdf")


def _pdf(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
