"""The people a centre looks after: registering somebody, her card, her PIN, and stopping it all."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from village.assist import actions, policies, queries
from village.assist.forms import PersonForm, PinForm
from village.assist.models import Centre
from village.assist.paper import print_card
from village.assist.reach import reach_of, way_names
from village.core.errors import DomainError, NotFound
from village.core.idempotency import show_once
from village.core.pages import PageRequest, page, tell
from village.residents.models import Resident
from village.residents.pages import enter, stay_home
from village.residents.queries import resident_or_404


@require_http_methods(["GET", "POST"])
@page(scope=None, door="helping")
def register_person(request: PageRequest, centre_id: UUID) -> HttpResponse:
    """Register somebody at the desk, as a coordinator; she needs nothing digital."""
    at = timezone.now()
    centre = queries.desk_or_404(request.actor, centre_id, at=at)
    # Asked before anything is filled in; nobody has this id.
    policies.may_look_after(request.actor, centre, UUID(int=0)).enforce()
    enter(request, centre.village_id)
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.register_person(
                by=request.actor, centre_id=centre.pk, person=form.person, at=at
            )
        except DomainError as error:
            tell(form, error)
        else:
            return redirect("centre-person", centre.pk, made.pk)
    shown = {"form": form, "centre": centre}
    return render(request, "assist/register_person.html", shown, status=_status(form))


@require_GET
@page(scope=None, door="helping")
def person(request: PageRequest, centre_id: UUID, person_id: UUID) -> HttpResponse:
    """Show somebody whom a centre looks after, to a coordinator."""
    return _show(request, centre_id, person_id, PinForm())


@require_POST
@page(scope=None, door="helping")
def print_new_card(request: PageRequest, centre_id: UUID, person_id: UUID) -> HttpResponse:
    """Print somebody a new card, as a coordinator; the old one ends."""
    at = timezone.now()
    printed = actions.issue_card(by=request.actor, centre_id=centre_id, person_id=person_id, at=at)
    show_once(request)
    headers = {"Content-Disposition": 'inline; filename="card.pdf"'}
    return HttpResponse(print_card(printed, at=at), content_type="application/pdf", headers=headers)


@require_POST
@page(scope=None, door="helping")
def set_pin(request: PageRequest, centre_id: UUID, person_id: UUID) -> HttpResponse:
    """Let somebody choose a PIN at the desk."""
    form = PinForm(request.POST)
    if form.is_valid():
        try:
            actions.set_pin(
                by=request.actor,
                pin=form.cleaned_data["pin"],
                centre_id=centre_id,
                person_id=person_id,
                at=timezone.now(),
            )
        except DomainError as error:
            if error.field is None:
                raise
            tell(form, error)
        else:
            return redirect("centre-person", centre_id, person_id)
    return _show(request, centre_id, person_id, form)


@require_POST
@page(scope=None, door="helping")
def stop_for(request: PageRequest, centre_id: UUID, person_id: UUID) -> HttpResponse:
    """End everything for somebody who asks for it at the desk or on the phone."""
    until = actions.freeze_for(
        by=request.actor, centre_id=centre_id, person_id=person_id, at=timezone.now()
    )
    return render(request, "assist/stopped.html", {"until": until})


@require_http_methods(["GET", "POST"])
@page(scope=None, door="helping")
def my_pin(request: PageRequest) -> HttpResponse:
    """Let somebody choose her own PIN for the desk, on her own device."""
    stay_home(request)
    form = PinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_pin(by=request.actor, pin=form.cleaned_data["pin"], at=timezone.now())
        except DomainError as error:
            tell(form, error)
        else:
            return redirect("helping")
    return render(request, "assist/my_pin.html", {"form": form}, status=_status(form))


def _show(request: PageRequest, centre_id: UUID, person_id: UUID, form: PinForm) -> HttpResponse:
    centre, found = _looked_after(request, centre_id, person_id)
    enter(request, centre.village_id)
    own = queries.mandates_of_person(found.pk).filter(centre=centre).order_by("-created_at", "-pk")
    at = timezone.now()
    shown = {
        "centre": centre,
        "person": found,
        "ways": way_names(reach_of(found.pk)),
        "mandates": [(each, each.status(at)) for each in own],
        "form": form,
    }
    return render(request, "assist/person.html", shown, status=_status(form))


def _looked_after(
    request: PageRequest, centre_id: UUID, person_id: UUID
) -> tuple[Centre, Resident]:
    centre = queries.desk_or_404(request.actor, centre_id, at=timezone.now())
    policies.may_look_after(request.actor, centre, person_id).enforce()
    if queries.home_served_by(centre, person_id) is None:
        raise NotFound
    return centre, resident_or_404(person_id)


def _status(form: PersonForm | PinForm) -> int:
    return 422 if form.is_bound else 200
