"""Entering a village, which every page inside one does first; and the pages of one's own data."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from village.core.actor import Scope
from village.core.errors import Invalid, NotFound
from village.core.pages import PageRequest, page, tell
from village.residents import actions, consents, contacts, erasing, exporting, policies, queries
from village.residents.forms import ContactForm
from village.residents.models import Language, Village
from village.residents.queries import member_of, villages_of


def enter(request: PageRequest, slug: str) -> Village:
    """
    Enter a village, and show its times from here on; ``@page`` leaves it again.

    :raises NotFound: if there is none of this name, or the principal does not belong to it
    """
    village = member_of(request.actor, slug)
    timezone.activate(village.tzinfo)
    request.village = village
    return village


def stay_home(request: PageRequest) -> Village | None:
    """Show a page of no village by the times of the one a person lives in, if she lives in any."""
    village = villages_of(request.actor).order_by("name").first()
    if village is not None:
        timezone.activate(village.tzinfo)
        request.village = village
    return village


@require_safe
@page(scope=None)
def my_data(request: PageRequest) -> HttpResponse:
    """Show what one can do about what is kept of oneself."""
    stay_home(request)
    try:
        export = exporting.latest(request.actor)
    except NotFound:
        export = None
    mine = consents.consents_of(request.actor)
    shown = {
        "export": export,
        "me": queries.resident_or_404(request.actor.principal_id),
        "may_be_full": bool(policies.may_choose_board_name(request.actor, True)),
        "consents": [(each, mine.get(key)) for key, each in consents.SUBJECTS.items()],
        "blocks": queries.blocks_of(request.actor).order_by("-created_at", "-pk"),
    }
    return render(request, "residents/my_data.html", shown)


@require_POST
@page(scope=None)
def choose_board_name(request: PageRequest) -> HttpResponse:
    """Choose by how much of one's name the neighbours see one."""
    is_full = request.POST.get("full") == "yes"
    actions.choose_board_name(by=request.actor, is_full=is_full, at=timezone.now())
    return redirect("my-data")


@require_http_methods(["GET", "POST"])
@page(scope=Scope.CONTACT_DETAILS)
def my_contact(request: PageRequest) -> HttpResponse:
    """Show where the town hall finds somebody, and let her change it; two helpers may as well."""
    stay_home(request)
    by = request.actor
    contact = contacts.contact_of(by.principal_id)
    form = ContactForm(
        request.POST if request.method == "POST" else None,
        initial={"address": contact.address, "phone": contact.phone},
    )
    if form.is_valid():
        given = form.cleaned_data
        try:
            contacts.keep_contact(
                by=by, address=given["address"], phone=given["phone"], at=timezone.now()
            )
        except Invalid as error:
            tell(form, error)
        else:
            return redirect("my-contact")
    shown = {"form": form, "contact": contact}
    return render(request, "residents/my_contact.html", shown, status=422 if form.is_bound else 200)


@require_POST
@page(scope=None)
def choose_language(request: PageRequest) -> HttpResponse:
    """Choose in which language the village speaks with one."""
    wanted = request.POST.get("language")
    if wanted not in Language.values:
        raise Invalid(_("Please choose one of the languages shown."))
    actions.choose_language(by=request.actor, language=Language(wanted), at=timezone.now())
    return redirect("me")


@require_POST
@page(scope=None)
def ask_for_export(request: PageRequest) -> HttpResponse:
    """Ask for all that is kept of oneself."""
    exporting.ask_for_export(by=request.actor, at=timezone.now())
    return redirect("my-data")


@require_POST
@page(scope=None)
def change_consent(request: PageRequest, subject: str) -> HttpResponse:
    """Agree to something, or no longer."""
    by, now = request.actor, timezone.now()
    if request.POST.get("agree") == "no":
        consents.withdraw_consent(by=by, subject=subject, at=now)
    else:
        shown = request.POST.get("version", "")
        version = int(shown) if shown.isdecimal() and shown.isascii() and len(shown) < 5 else 0
        consents.give_consent(by=by, subject=subject, version=version, at=now)
    return redirect("my-data")


@require_POST
@page(scope=None)
def unblock(request: PageRequest) -> HttpResponse:
    """Take a block back."""
    found = queries.blocks_of(request.actor).filter(pk__in=_ids(request.POST.get("block"))).first()
    if found is None:
        raise NotFound
    actions.unblock(by=request.actor, resident_id=found.blocked_id, at=timezone.now())
    return redirect("my-data")


@require_POST
@page(scope=None)
def erase_me(request: PageRequest) -> HttpResponse:
    """Erase oneself, for whoever has said so twice."""
    if request.POST.get("sure") != "yes":
        raise Invalid(_("Please tick the box first: this cannot be taken back."))
    by = request.actor
    erasing.erase_resident(by=by, resident_id=by.principal_id, at=timezone.now())
    request.session.flush()
    return HttpResponseRedirect(reverse("home"))


def _ids(text: str | None) -> list[UUID]:
    try:
        return [UUID(text or "")]
    except ValueError:
        return []
