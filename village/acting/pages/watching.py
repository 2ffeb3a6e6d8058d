"""What a coordinator keeps an eye on, in a browser."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from village.acting.graduating import open_graduations
from village.acting.schemas.watching import show_graduations, show_refusal, show_unusual
from village.acting.watching import near_their_end, refusals_at, unusual_volunteers
from village.assist.queries import coordinated_or_404
from village.core.pages import PageRequest, page
from village.residents.pages import enter

SHOWN_AT_MOST = 50


@require_GET
@page(scope=None, door="helping")
def watch(request: PageRequest, centre_id: UUID) -> HttpResponse:
    """Show a coordinator what ends soon, who does much or at night, and what was refused."""
    at = timezone.now()
    centre = coordinated_or_404(request.actor, centre_id, at=at)
    enter(request, centre.village_id)
    shown = {
        "centre": centre,
        "ending": near_their_end(centre, at=at).order_by("ends_at", "pk")[:SHOWN_AT_MOST],
        "unusual": show_unusual(unusual_volunteers(centre, at=at)),
        "refusals": [show_refusal(each) for each in refusals_at(centre, at=at)[:SHOWN_AT_MOST]],
        "graduations": show_graduations(open_graduations(at).filter(mandate__centre=centre)),
    }
    return render(request, "acting/watch.html", shown)
