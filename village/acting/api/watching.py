"""What a coordinator keeps an eye on, and what the village counts, over HTTP."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from village.acting import watching
from village.acting.figures import figures_of
from village.acting.graduating import open_graduations
from village.acting.schemas.watching import (
    FiguresOut,
    GraduationOut,
    WatchOut,
    show_figures,
    show_graduations,
    show_watch,
)
from village.assist import queries
from village.core.http import ActorRequest
from village.core.permissions import MEMBERS, SIGNED_IN, Standing, may
from village.core.router import Router
from village.residents.queries import member_of

router = Router()
SHOWN_AT_MOST = 200


@router.get(
    "/centres/{uuid:centre_id}/watch",
    response=WatchOut,
    scope=None,
    who=may(Standing.COORDINATOR, seen_by=[Standing.VOLUNTEER]),
)
def watch(request: ActorRequest, centre_id: UUID) -> WatchOut:
    """Show, as a coordinator, which mandates end soon, who does much or at night, and every no."""
    at = timezone.now()
    centre = queries.coordinated_or_404(request.actor, centre_id, at=at)
    ending = watching.near_their_end(centre, at=at).order_by("ends_at", "pk")
    return show_watch(
        centre.pk,
        ending=list(ending[:SHOWN_AT_MOST]),
        unusual=watching.unusual_volunteers(centre, at=at),
        refusals=list(watching.refusals_at(centre, at=at)[:SHOWN_AT_MOST]),
        graduations=open_graduations(at).filter(mandate__centre=centre)[:SHOWN_AT_MOST],
        at=at,
    )


@router.get("/me/graduations", response=list[GraduationOut], scope=None, who=SIGNED_IN)
def list_my_graduations(request: ActorRequest) -> list[GraduationOut]:
    """List what I do by myself now, so that it can be taken out of a mandate of mine."""
    mine = open_graduations(timezone.now()).filter(mandate__person=request.actor.principal_id)
    return show_graduations(mine[:SHOWN_AT_MOST])


@router.get("/villages/{slug:v}/assisted", response=FiguresOut, scope=None, who=MEMBERS)
def count_assisted(request: ActorRequest, v: str) -> FiguresOut:
    """Show what assisted mode does for my village, without names."""
    village = member_of(request.actor, v)
    return show_figures(village.pk, figures_of(village.pk, at=timezone.now()))
