"""What riding together saved in a year: for oneself, and for the village's report."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from carpool import queries
from carpool.savings import CENTS_PER_KM, GRAMS_PER_KM
from village.core.actor import Scope
from village.core.errors import NotFound
from village.core.pages import PageRequest, page
from village.residents.pages import enter


@require_GET
@page(scope=Scope.RIDES_REQUEST, door="rides")
def saved(request: PageRequest, v: str, year: int | None = None) -> HttpResponse:
    """Show what one saved by riding together in a year, and what the village did."""
    village = enter(request, v)
    this_year = timezone.localtime().year
    shown_year = this_year if year is None else year
    first_year = queries.first_year(village.pk) or this_year
    if not first_year <= shown_year <= this_year:
        raise NotFound
    shown = {
        "village": village,
        "year": shown_year,
        "before": shown_year - 1 if shown_year > first_year else None,
        "after": shown_year + 1 if shown_year < this_year else None,
        "mine": queries.saved_by(request.actor.principal_id, village.pk, shown_year),
        "all": queries.saved_in(village.pk, shown_year),
        "fewest": queries.FEWEST,
        "grams": GRAMS_PER_KM,
        "cents": CENTS_PER_KM,
    }
    return render(request, "carpool/saved.html", shown)
