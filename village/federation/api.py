"""Federation over HTTP: what a village shows of others, and others of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Query, Status

from village.core.actor import EVERY_MANDATE
from village.core.http import ActorRequest
from village.core.permissions import MEMBERS, Standing, may
from village.core.router import Router
from village.core.schemas import PageOut, PageQuery
from village.federation import actions, queries
from village.federation.schemas import SharingIn, SharingOut, show_sharing
from village.journal.listing import listing
from village.residents.queries import member_of

router = Router()
STEWARDS = may(Standing.STEWARD, seen_by=[Standing.MEMBER])
SHARING = "/villages/{slug:v}/sharing"


@router.get(SHARING, response=PageOut[SharingOut], scope=EVERY_MANDATE, who=MEMBERS)
def list_sharing(request: ActorRequest, v: str, query: Query[PageQuery]) -> dict[str, Any]:
    """List what the village shows of others and others of it, and what waits for a yes."""
    village = member_of(request.actor, v)
    return listing(
        lambda: queries.agreements_of(village.pk),
        lambda agreements: [show_sharing(each, village.pk) for each in agreements],
        query=query,
        order=("created_at", "id"),
    )


@router.post(SHARING, response={201: SharingOut}, scope=None, who=STEWARDS)
def agree_to_share(request: ActorRequest, v: str, payload: SharingIn) -> Status[SharingOut]:
    """Say the village's yes, as steward; the other village's begins it."""
    agreement = actions.agree_to_share(
        by=request.actor,
        village=v,
        other=payload.other,
        what=payload.what,
        reads=payload.shows,
        at=timezone.now(),
    )
    return Status(201, show_sharing(queries.agreement_or_404(agreement.pk), v))


@router.delete(
    "/sharing/{uuid:agreement_id}",
    response={204: None},
    scope=None,
    who=may(Standing.STEWARD, seen_by=[Standing.MEMBER], note="of one of the two villages"),
)
def end_sharing(request: ActorRequest, agreement_id: UUID) -> Status[None]:
    """End it at once, or drop what was asked, as a steward of one of the two."""
    actions.end_sharing(by=request.actor, agreement_id=agreement_id, at=timezone.now())
    return Status(204, None)
