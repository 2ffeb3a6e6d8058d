"""What people of a centre do by hand: whom to call and what to say, and which letters to carry."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from notifications import actions, handing
from notifications.actions import CallOutcome
from notifications.paper import call_sheet, letters_of, script_of
from village.assist.models import Centre
from village.assist.queries import coordinated_or_404
from village.core.errors import Invalid, NotFound
from village.core.pages import PageRequest, page
from village.residents.pages import enter


@require_http_methods(["GET", "POST"])
@page(scope=None, door="helping")
def calls(request: PageRequest, centre_id: UUID) -> HttpResponse:
    """Show whom to call and what to say, emergencies first, and note how a call ended."""
    centre = _enter_centre(request, centre_id)
    if request.method == "POST":
        _note_call(request, centre)
        return redirect("calls", centre.pk)
    listed = handing.calls(centre, at=timezone.now())
    shown = {"centre": centre, "calls": [(each, script_of(each)) for each in listed]}
    return render(request, "notifications/calls.html", shown)


@require_safe
@page(scope=None, door="helping")
def print_calls(request: PageRequest, centre_id: UUID) -> HttpResponse:
    """Print the calls to make, with a script for each, in large type."""
    centre, now = _enter_centre(request, centre_id), timezone.now()
    return _sheet(call_sheet(centre.name, handing.calls(centre, at=now), at=now))


@require_http_methods(["GET", "POST"])
@page(scope=None, door="helping")
def letters(request: PageRequest, centre_id: UUID) -> HttpResponse:
    """Show which letters are to be carried, place by place, and note which were."""
    centre = _enter_centre(request, centre_id)
    if request.method == "POST":
        chosen = [_uuid(each) for each in request.POST.getlist("letter")]
        actions.note_carried(
            by=request.actor, centre_id=centre.pk, notification_ids=chosen, at=timezone.now()
        )
        return redirect("letters", centre.pk)
    listed = handing.letters(centre, at=timezone.now())
    return render(request, "notifications/letters.html", {"centre": centre, "letters": listed})


@require_safe
@page(scope=None, door="helping")
def print_letters(request: PageRequest, centre_id: UUID) -> HttpResponse:
    """Print today's letters in large type, after a list to tick from door to door."""
    centre, now = _enter_centre(request, centre_id), timezone.now()
    return _sheet(letters_of(centre.name, handing.letters(centre, at=now), at=now))


def _enter_centre(request: PageRequest, centre_id: UUID) -> Centre:
    centre = coordinated_or_404(request.actor, centre_id, at=timezone.now())
    enter(request, centre.village_id)
    return centre


def _note_call(request: PageRequest, centre: Centre) -> None:
    try:
        outcome = CallOutcome(request.POST.get("outcome", ""))
    except ValueError:
        raise Invalid(_("Please choose how the call ended.")) from None
    try:
        actions.note_call(
            by=request.actor,
            centre_id=centre.pk,
            notification_id=_uuid(request.POST.get("call", "")),
            outcome=outcome,
            at=timezone.now(),
        )
    except NotFound:
        # Two who call work on one list, and so it is not a mistake of either.
        messages.info(request, _("This call has been noted already, or is no longer needed."))
    else:
        messages.success(request, _("Noted. Thank you."))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def _sheet(pdf: bytes) -> HttpResponse:
    headers = {"Content-Disposition": "inline"}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)
