"""What a coordinator keeps an eye on, and what the village counts, in a browser."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from village.acting.figures import PEOPLE_AT_LEAST, Figures, figures_of
from village.acting.graduating import open_graduations
from village.acting.schemas.watching import show_graduations, show_refusal, show_unusual
from village.acting.watching import near_their_end, refusals_at, unusual_volunteers
from village.assist.queries import coordinated_or_404
from village.assist.words import HELP
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


@require_GET
@page(scope=None, door="helping")
def figures(request: PageRequest, v: str) -> HttpResponse:
    """Show everybody in a village what help has done there in a year, without names."""
    village = enter(request, v)
    found = figures_of(village.pk, at=timezone.now())
    shown = {
        "village": village,
        "at_least": PEOPLE_AT_LEAST,
        "lines": _lines(found),
        "acts": [(HELP[scope], number) for scope, number in found.acts.items()],
    }
    return render(request, "acting/figures.html", shown)


def _lines(found: Figures) -> list[tuple[str, str]]:
    """Give each figure with its words; what could name somebody is empty."""
    alone, wait = found.share_alone, found.median_wait
    return [
        (_("People who have a mandate now"), _number(found.people_with_a_mandate)),
        (
            _("Of all that people with a mandate did, they did by themselves"),
            "" if alone is None else f"{alone:.0%}",
        ),
        (
            _("From a request to the first act, in the middle"),
            "" if wait is None else _duration(wait),
        ),
        (_("Mandates ended before their time"), _number(found.mandates_revoked)),
        (
            _("Mandates that shrank because somebody does it herself now"),
            _number(found.graduated),
        ),
    ]


def _number(counted: int | None) -> str:
    return "" if counted is None else str(counted)


def _duration(wait: timedelta) -> str:
    minutes = round(wait.total_seconds() / 60)
    if minutes < 120:
        words = ngettext("%(number)d minute", "%(number)d minutes", minutes)
        return words % {"number": minutes}
    hours = round(minutes / 60)
    return ngettext("%(number)d hour", "%(number)d hours", hours) % {"number": hours}
