"""What the news serves outside of the API: pictures to members, feeds to everybody."""

from __future__ import annotations

from uuid import UUID

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from news import queries
from news.syndication import AtomNews, RssNews, json_feed
from village.core import walls
from village.core.errors import DomainError, NotFound
from village.core.http import ActorRequest
from village.residents.queries import village_or_404

# A copy never changes: another picture has another id.
FOR_GOOD = "private, max-age=31536000, immutable"


@require_safe
def show_copy(request: ActorRequest, picture_id: UUID, width: int) -> FileResponse:
    """Show one copy of a picture, to whoever may read its article."""
    try:
        if request.actor is None:
            raise NotFound
        name = queries.copy_or_404(request.actor, picture_id, width)
        copy = default_storage.open(name)
    except (DomainError, FileNotFoundError) as error:
        raise Http404 from error
    response = FileResponse(copy, content_type="image/webp")
    response["Cache-Control"] = FOR_GOOD
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@conditional_page
@cache_control(public=True, max_age=300)
@walls.lifted()
def show_feed(request: HttpRequest, v: str, suffix: str) -> HttpResponse:
    """Show the published news of a village to any feed reader, in the village's language."""
    try:
        village = village_or_404(v)
    except NotFound as error:
        raise Http404 from error
    with translation.override(village.language):
        if suffix == "json":
            return JsonResponse(json_feed(village), content_type="application/feed+json")
        syndication = AtomNews() if suffix == "atom" else RssNews()
        return syndication(request, v=v)
