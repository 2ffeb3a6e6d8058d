"""A person answers a mandate on her own device: she reads its words, and says yes or no."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from village.assist import actions, queries
from village.assist.actions import Proof
from village.assist.forms import AnswerForm
from village.assist.models import ConsentKind, MandateStatus
from village.assist.wording import YES
from village.core.errors import DomainError, NotFound
from village.core.pages import PageRequest, page, tell
from village.institutions.schemas import shown_badge
from village.residents.pages import stay_home


@require_http_methods(["GET", "POST"])
@page(scope=None, door="helping")
def answer(request: PageRequest, mandate_id: UUID) -> HttpResponse:
    """Let the person read a mandate as it was put forward, and say yes or no to it."""
    stay_home(request)
    at = timezone.now()
    mandate = queries.visible_mandate(request.actor, mandate_id, at=at)
    if mandate.person_id != request.actor.principal_id:
        raise NotFound
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said_yes = form.cleaned_data["answer"] == "yes"
        proof = Proof(
            ConsentKind.OWN_DEVICE,
            said=YES[mandate.language] if said_yes else "-",
            text_hash=form.cleaned_data["text_hash"],
        )
        try:
            actions.give_consent(by=request.actor, mandate_id=mandate.pk, proof=proof, at=at)
        except DomainError as error:
            tell(form, error)
        else:
            return redirect("mandate", mandate.pk)
    if mandate.status(at) is not MandateStatus.PENDING and not form.is_bound:
        return redirect("mandate", mandate.pk)
    status = 422 if form.is_bound else 200
    badge = shown_badge(mandate.centre_id, mandate.centre.name)
    shown = {"mandate": mandate, "form": form, "badge": badge}
    return render(request, "assist/answer.html", shown, status=status)
