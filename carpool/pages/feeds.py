"""The rides as a feed that journey planners read."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from carpool import gtfs, gtfs_realtime
from village.core import walls
from village.core.errors import NotFound
from village.residents.queries import village_or_404


@require_GET
@walls.lifted()
def rides_feed(request: HttpRequest, v: str) -> HttpResponse:
    """Give a village's rides from stop to stop as GTFS; everybody may read it."""
    try:
        village = village_or_404(v)
    except NotFound:
        raise Http404 from None
    answer = HttpResponse(gtfs.feed(village, at=timezone.now()), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{village.pk}-rides.zip"'
    answer["Cache-Control"] = "public, max-age=300"
    return answer


@require_GET
@walls.lifted()
def rides_now(request: HttpRequest, v: str) -> HttpResponse:
    """Give how those rides are now as GTFS Realtime; everybody may read it."""
    try:
        village = village_or_404(v)
    except NotFound:
        raise Http404 from None
    written = gtfs_realtime.feed(village, at=timezone.now())
    answer = HttpResponse(written, content_type="application/x-protobuf")
    answer["Cache-Control"] = "public, max-age=30"
    return answer
