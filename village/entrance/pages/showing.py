"""Showing the village that one lives there: by a letter, by two neighbours, or at a desk."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from village.core.errors import DomainError, Invalid
from village.core.idempotency import show_once
from village.core.pages import PageRequest, page, tell
from village.entrance import actions, codes, queries
from village.entrance.forms import AskForLetterForm, ReturnCodeForm
from village.residents.contacts import contact_of
from village.residents.pages import enter, stay_home


@require_http_methods(["GET", "POST"])
@page(scope=None)
def ask_for_letter(request: PageRequest, v: str) -> HttpResponse:
    """Ask for a letter with a code; show where it goes."""
    village = enter(request, v)
    by = request.actor
    asked = queries.letters_asked(village.pk).filter(resident=by.principal_id).first()
    known = asked.address if asked else contact_of(by.principal_id).address
    people = asked.people if asked else 1
    form = AskForLetterForm(request.POST or None, initial={"address": known, "people": people})
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_for_letter(
                by=by,
                village=village.pk,
                lines=form.cleaned_data["address"].splitlines(),
                people=form.cleaned_data["people"] or people,
                at=timezone.now(),
            )
        except DomainError as error:
            tell(form, error)
        else:
            messages.success(request, _("Your letter is asked for. It comes with the post."))
            return redirect("ask-for-letter", village.pk)
    shown = {"village": village, "form": form, "asked": asked}
    status = 422 if form.errors else 200
    return render(request, "entrance/ask_for_letter.html", shown, status=status)


@require_http_methods(["GET", "POST"])
@never_cache
@page(scope=None)
def introduce_oneself(request: PageRequest, v: str) -> HttpResponse:
    """Show a code to two neighbours or at the desk, this once."""
    village = enter(request, v)
    made = None
    if request.method == "POST":
        introduction, code = actions.introduce_oneself(
            by=request.actor, village=village.pk, at=timezone.now()
        )
        show_once(request)
        made = {"code": codes.spoken(code), "expires_at": introduction.expires_at}
    level = queries.level_of(request.actor, village.pk)
    shown = {"village": village, "made": made, "level": level}
    return render(request, "entrance/introduction.html", shown)


@require_http_methods(["GET", "POST"])
@page(scope=None)
def new_neighbour(request: PageRequest) -> HttpResponse:
    """See who shows a code, and vouch for her, or confirm at a desk where she lives."""
    stay_home(request)
    form, introduced = ReturnCodeForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        by, code, now = request.actor, form.cleaned_data["code"], timezone.now()
        try:
            match request.POST.get("then"):
                case "vouch":
                    actions.vouch_for(by=by, code=code, at=now)
                    messages.success(request, _("Thank you. You have vouched for your neighbour."))
                    return redirect("me")
                case "check":
                    actions.check_introduced(by=by, code=code, at=now)
                    done = _("Confirmed. The village knows that she lives here.")
                    messages.success(request, done)
                    return redirect("me")
                case None:
                    introduced = actions.look_at(by=by, code=code, at=now)
                case _:
                    raise Invalid(_("Please choose what to do."))
        except DomainError as error:
            tell(form, error)
    at_desk = introduced is not None and queries.is_at_a_desk(request.actor, introduced.village_id)
    shown = {"form": form, "introduced": introduced, "at_desk": at_desk}
    status = 422 if form.errors else 200
    return render(request, "entrance/new_neighbour.html", shown, status=status)
