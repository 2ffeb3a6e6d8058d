"""The pages of the entrance: the card, the code of a letter, and the second lock."""

from __future__ import annotations

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal import auth as totp
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from village.core.errors import DomainError
from village.core.limits import Budget
from village.core.pages import PageRequest, page, tell
from village.core.visitors import network_of
from village.entrance import actions
from village.entrance.forms import CodeForm, SecondLockForm
from village.entrance.pages.drawing import picture_of
from village.residents.pages import stay_home
from village.residents.queries import has_second_factor, resident_or_404

VISITOR_TRIES = Budget("entrance.visitors", 30, 3600)
LOCK_TRIES = Budget("entrance.second-lock", 10, 3600)


@require_safe
@never_cache
def card(request: HttpRequest) -> HttpResponse:
    """Ask for the number and the PIN of a sign-in card."""
    if getattr(request, "actor", None) is not None:
        return HttpResponseRedirect("/")
    return render(request, "entrance/card.html")


@require_http_methods(["GET", "POST"])
@page(scope=None)
def invitation(request: PageRequest) -> HttpResponse:
    """Come into a village by the code of a letter or an invitation."""
    stay_home(request)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            VISITOR_TRIES.spend(network_of(request))
            membership = actions.accept_invitation(
                by=request.actor, code=form.cleaned_data["code"], at=timezone.now()
            )
        except DomainError as error:
            tell(form, error)
        else:
            messages.success(request, _("Welcome. The village knows you now."))
            return redirect("village", membership.village_id)
    status = 422 if form.errors else 200
    return render(request, "entrance/invitation.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@page(scope=None)
def second_lock(request: PageRequest) -> HttpResponse:
    """Set up an app for codes, which those whose roles reach other people need."""
    stay_home(request)
    if has_second_factor(request.actor.principal_id):
        return render(request, "entrance/second_lock.html", {"is_set_up": True})
    me = resident_or_404(request.actor.principal_id)
    form = SecondLockForm(request.POST or None)
    secret = totp.get_totp_secret(regenerate=request.method == "GET")
    if request.method == "POST" and form.is_valid():
        try:
            LOCK_TRIES.spend(str(request.actor.principal_id))
            if totp.validate_totp_code(secret, form.cleaned_data["code"]):
                totp.TOTP.activate(me, secret)
                totp.clear_totp_secret(request)
                messages.success(request, _("Your account has its second lock now."))
                return redirect("me")
            form.add_error("code", _("This is not what the app shows. Please look again."))
        except DomainError as error:
            tell(form, error)
    address = get_adapter().build_totp_url(me, secret)
    shown = {"form": form, "secret": secret, "picture": picture_of(address)}
    status = 422 if form.errors else 200
    return render(request, "entrance/second_lock.html", shown, status=status)
