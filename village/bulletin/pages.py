"""The bulletin in a browser."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from village.bulletin import paper, queries
from village.core.actor import Scope
from village.core.pages import PageRequest, page
from village.residents.pages import enter


@require_GET
@page(scope=Scope.NEWS_READ, door="news")
def bulletin(request: PageRequest, v: str) -> HttpResponse:
    """Show the bulletin of this week."""
    village = enter(request, v)
    edition = queries.edition(village, queries.this_week(village, timezone.now()))
    return render(request, "bulletin/bulletin.html", {"village": village, "edition": edition})


@require_GET
@page(scope=Scope.NEWS_READ, door="news")
def print_bulletin(request: PageRequest, v: str) -> HttpResponse:
    """Print it in large type."""
    village, at = enter(request, v), timezone.now()
    edition = queries.edition(village, queries.this_week(village, at))
    return HttpResponse(
        paper.print_bulletin(edition, at=at),
        content_type="application/pdf",
        headers={"Content-Disposition": 'inline; filename="bulletin.pdf"'},
    )
