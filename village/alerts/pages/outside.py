"""What everybody in the world may read of a village's warnings."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from village.alerts import cap, queries, syndication
from village.core import walls
from village.core.errors import NotFound
from village.residents.models import Village
from village.residents.queries import village_or_404

ATOM = "application/atom+xml; charset=utf-8"
# A warning is not kept from anybody for long by a cache in between.
FRESH_SECONDS = 15


@require_safe
@conditional_page
@cache_control(public=True, max_age=FRESH_SECONDS)
@walls.lifted()
def show_latest(request: HttpRequest, v: str) -> HttpResponse:
    """Show the newest message that counts, in the Common Alerting Protocol."""
    document = syndication.latest(_village(v), timezone.now())
    return HttpResponse(document, content_type=cap.MEDIA_TYPE)


@require_safe
@conditional_page
@cache_control(public=True, max_age=FRESH_SECONDS)
@walls.lifted()
def show_atom(request: HttpRequest, v: str) -> HttpResponse:
    """Show the newest messages in Atom."""
    village = _village(v)
    with translation.override(village.language):
        document = syndication.atom(village, timezone.now())
    return HttpResponse(document, content_type=ATOM)


@require_safe
@conditional_page
@cache_control(public=True, max_age=86400, immutable=True)
@walls.lifted()
def show_document(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """Show one message, which never changes."""
    try:
        found = queries.public_document(alert_id)
    except NotFound as error:
        raise Http404 from error
    return HttpResponse(found.document.encode(), content_type=cap.MEDIA_TYPE)


def _village(slug: str) -> Village:
    try:
        return village_or_404(slug)
    except NotFound as error:
        raise Http404 from error
