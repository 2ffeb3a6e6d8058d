"""Mandates over HTTP. Nothing here is ever done in somebody else's name."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Query, Status

from village.assist import actions, queries
from village.assist.models import Consent
from village.assist.schemas import (
    CentreOut,
    MandateIn,
    MandateOut,
    MyMandateOut,
    show_centre,
    show_mandate,
    show_my_mandate,
)
from village.core.http import ActorRequest
from village.core.permissions import SIGNED_IN, Standing, may
from village.core.router import Router
from village.core.schemas import PageOut, PageQuery
from village.journal.listing import listing
from village.residents.models import Role

router = Router()
DESK = may(Standing.VOLUNTEER, Standing.COORDINATOR)
NEWEST_FIRST = ("-created_at", "-id")


@router.get("/centres", response=PageOut[CentreOut], scope=None, who=SIGNED_IN)
def list_centres(request: ActorRequest, query: Query[PageQuery]) -> dict[str, Any]:
    """List the centres where I work, and as what."""
    places = {
        Role.COORDINATOR: queries.coordinated_centres(request.actor),
        Role.VOLUNTEER: queries.accredited_centres(request.actor, at=timezone.now()),
    }
    return listing(
        lambda: queries.centres_among(set().union(*places.values())),
        lambda centres: [
            show_centre(each, [role for role, where in places.items() if each.pk in where])
            for each in centres
        ],
        query=query,
        order=("name", "id"),
    )


@router.get(
    "/centres/{uuid:centre_id}/mandates", response=PageOut[MandateOut], scope=None, who=DESK
)
def list_mandates(
    request: ActorRequest, centre_id: UUID, query: Query[PageQuery]
) -> dict[str, Any]:
    """
    List the mandates of a centre, newest first.

    A coordinator sees all of them, a volunteer those under which she may act now.
    """
    at = timezone.now()
    centre = queries.desk_or_404(request.actor, centre_id, at=at)
    return listing(
        lambda: queries.mandates_visible_to(request.actor, at=at).filter(centre=centre),
        lambda mandates: [show_mandate(each, at=at) for each in mandates],
        query=query,
        order=NEWEST_FIRST,
        address=f"centres/{centre.pk}/desk",
    )


@router.post(
    "/centres/{uuid:centre_id}/mandates",
    response={201: MandateOut},
    scope=None,
    who=may(Standing.COORDINATOR, seen_by=[Standing.VOLUNTEER]),
)
def grant_mandate(request: ActorRequest, centre_id: UUID, payload: MandateIn) -> Status[MandateOut]:
    """Register, as a coordinator, that a person lets the centre act for her."""
    at = timezone.now()
    mandate = actions.grant_mandate(
        by=request.actor,
        centre_id=centre_id,
        person_id=payload.person,
        scopes=payload.scopes,
        term=payload.days,
        consent=Consent(payload.consent.kind, payload.consent.witness),
        at=at,
    )
    return Status(201, show_mandate(mandate, at=at))


@router.get(
    "/mandates/{uuid:mandate_id}",
    response=MandateOut,
    scope=None,
    who=may(Standing.OWNER, Standing.VOLUNTEER, Standing.COORDINATOR),
)
def get_mandate(request: ActorRequest, mandate_id: UUID) -> MandateOut:
    """Show a mandate."""
    at = timezone.now()
    return show_mandate(queries.visible_mandate(request.actor, mandate_id, at=at), at=at)


@router.post(
    "/mandates/{uuid:mandate_id}/revoke",
    response=MandateOut,
    scope=None,
    who=may(Standing.OWNER, Standing.COORDINATOR, seen_by=[Standing.VOLUNTEER]),
)
def revoke_mandate(request: ActorRequest, mandate_id: UUID) -> MandateOut:
    """End a mandate at once: as the person who gave it, or as a coordinator."""
    at = timezone.now()
    mandate = actions.revoke_mandate(by=request.actor, mandate_id=mandate_id, at=at)
    return show_mandate(mandate, at=at)


@router.get("/me/mandates", response=PageOut[MyMandateOut], scope=None, who=SIGNED_IN)
def list_my_mandates(request: ActorRequest, query: Query[PageQuery]) -> dict[str, Any]:
    """List the mandates I have given (``given``) and those I may act under now (``held``)."""
    at, me = timezone.now(), request.actor.principal_id
    return listing(
        lambda: queries.mandates_given_or_held(request.actor, at=at),
        lambda mandates: [show_my_mandate(each, me=me, at=at) for each in mandates],
        query=query,
        order=NEWEST_FIRST,
        address=f"residents/{me}",
    )
