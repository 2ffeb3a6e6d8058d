"""Two pages without signing in: what a printed mandate is worth now, and how to stop it all."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from village.assist import actions, paper, queries
from village.assist.models import MandateStatus
from village.assist.words import SCOPES
from village.core import walls
from village.core.errors import DomainError
from village.core.forms import LineField
from village.core.pages import tell
from village.core.visitors import network_of


class StopForm(forms.Form):
    """Ask for the code that ends everything."""

    code = LineField(
        label=gettext_lazy("The long code on the card"),
        max_length=60,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


@require_GET
@never_cache
@walls.lifted()
def check(request: HttpRequest, mandate_id: UUID, seal: str) -> HttpResponse:
    """Say what a printed mandate is worth at this moment, to whoever holds the paper."""
    mandate = queries.mandates().filter(pk=mandate_id).first()
    if mandate is None or not paper.is_sealed(mandate, seal):
        return render(request, "assist/check.html", {"mandate": None}, status=404)
    at = timezone.now()
    status = mandate.status(at)
    shown = {
        "mandate": mandate,
        "status": status,
        "is_valid": status is MandateStatus.ACTIVE,
        "covers": [words for scope, words in SCOPES.items() if scope in mandate.covers],
    }
    with translation.override(mandate.language), timezone.override(mandate.village.tzinfo):
        return render(request, "assist/check.html", shown)


@require_http_methods(["GET", "POST"])
@never_cache
@walls.lifted()
def stop(request: HttpRequest) -> HttpResponse:
    """End everything with the code on a card; nobody signs in for this."""
    form = StopForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            until = actions.stop_with_code(
                code=form.cleaned_data["code"],
                network=network_of(request),
                at=timezone.now(),
            )
        except DomainError as error:
            tell(form, error)
            status = error.status
        else:
            return render(request, "assist/stopped.html", {"until": until})
    else:
        status = 422 if form.is_bound else 200
    return render(request, "assist/stop.html", {"form": form}, status=status)
