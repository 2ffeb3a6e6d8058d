"""One's own ways in: the keys on one's devices, one's phone number, and one's card."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from village.core import sms
from village.core.pages import PageRequest, page
from village.entrance import actions, queries
from village.residents.pages import stay_home
from village.residents.queries import resident_or_404


@require_safe
@page(scope=None)
def passkeys(request: PageRequest) -> HttpResponse:
    """Show the keys on one's devices; the page's script adds, names and removes them."""
    stay_home(request)
    mine = Authenticator.objects.filter(
        user=request.actor.principal_id, type=Authenticator.Type.WEBAUTHN
    )
    keys = mine.order_by("created_at", "pk")
    return render(request, "entrance/passkeys.html", {"keys": keys})


@require_safe
@page(scope=None)
def phone(request: PageRequest) -> HttpResponse:
    """Show one's phone number; the page's script changes it by a code that is sent there."""
    stay_home(request)
    number = resident_or_404(request.actor.principal_id).phone
    return render(request, "entrance/phone.html", {"number": number, "by_phone": sms.is_there()})


@require_http_methods(["GET", "POST"])
@page(scope=None)
def my_card(request: PageRequest) -> HttpResponse:
    """Show whether one has a sign-in card, and let it die."""
    stay_home(request)
    if request.method == "POST":
        by = request.actor
        actions.revoke_card(by=by, resident_id=by.principal_id, at=timezone.now())
        messages.success(request, _("Your card opens nothing any more."))
        return redirect("my-card")
    card = queries.card_of(request.actor.principal_id)
    return render(request, "entrance/my_card.html", {"card": card})
