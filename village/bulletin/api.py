"""The bulletin over HTTP."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone

from village.bulletin import paper, queries
from village.bulletin.schemas import BulletinOut, show_bulletin
from village.core.actor import Scope
from village.core.http import ActorRequest
from village.core.permissions import MEMBERS
from village.core.router import Router
from village.residents.queries import member_of

router = Router()
_A_PDF = {
    "responses": {
        200: {"description": "A sheet for the board.", "content": {"application/pdf": {}}}
    }
}


@router.get("/villages/{slug:v}/bulletin", response=BulletinOut, scope=Scope.NEWS_READ, who=MEMBERS)
def get_bulletin(request: ActorRequest, v: str) -> BulletinOut:
    """Show the bulletin of this week."""
    village = member_of(request.actor, v)
    day = queries.this_week(village, timezone.now())
    return show_bulletin(queries.edition(village, day))


@router.get(
    "/villages/{slug:v}/bulletin.pdf", scope=Scope.NEWS_READ, who=MEMBERS, openapi_extra=_A_PDF
)
def print_bulletin(request: ActorRequest, v: str) -> HttpResponse:
    """Print the bulletin of this week in large type, for the notice board."""
    village, at = member_of(request.actor, v), timezone.now()
    edition = queries.edition(village, queries.this_week(village, at))
    return HttpResponse(paper.print_bulletin(edition, at=at), content_type="application/pdf")
