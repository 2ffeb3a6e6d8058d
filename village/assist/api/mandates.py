"""Mandates over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Query, Status

from village.assist import actions, paper, queries
from village.assist.actions import Proof
from village.assist.schemas.mandates import (
    ConsentIn,
    MandateIn,
    MandateOut,
    MandateTextOut,
    MyMandateOut,
    VolunteerNamedIn,
    show_mandate,
    show_mandates,
    show_my_mandates,
    show_text,
)
from village.core.http import ActorRequest
from village.core.permissions import SIGNED_IN, Standing, may
from village.core.router import Router
from village.core.schemas import PageOut, PageQuery
from village.journal.listing import listing

router = Router()
DESK = may(Standing.VOLUNTEER, Standing.COORDINATOR)
# A volunteer sees those that she carries out.
SEEN = may(Standing.OWNER, Standing.VOLUNTEER, Standing.COORDINATOR)
ENDED = may(Standing.OWNER, Standing.COORDINATOR, seen_by=[Standing.VOLUNTEER])
REGISTERED = may(
    Standing.COORDINATOR,
    seen_by=[Standing.OWNER, Standing.VOLUNTEER],
    never=[Standing.OWNER],
)
NEWEST_FIRST = ("-created_at", "-id")


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
        lambda mandates: show_mandates(mandates, at=at),
        query=query,
        order=NEWEST_FIRST,
        address=f"centres/{centre.pk}/desk",
    )


@router.post("/centres/{uuid:centre_id}/mandates", response={201: MandateOut}, scope=None, who=DESK)
def propose_mandate(
    request: ActorRequest, centre_id: UUID, payload: MandateIn
) -> Status[MandateOut]:
    """
    Draft a mandate; a coordinator who sends the person's consent registers it at once.

    Nothing is done under a draft, and only a coordinator puts it before the person.
    """
    at = timezone.now()
    wish: dict[str, Any] = {
        "by": request.actor,
        "centre_id": centre_id,
        "person_id": payload.person,
        "scopes": payload.scopes,
        "levels": payload.levels,
        "term": payload.days,
        "volunteers": payload.volunteers,
        "at": at,
    }
    if payload.consent is None:
        mandate = actions.propose_mandate(**wish)
    else:
        mandate = actions.grant_mandate(**wish, consent=_proof(payload.consent))
    return Status(201, show_mandate(mandate, at=at))


@router.post(
    "/mandates/{uuid:mandate_id}/put-forward", response=MandateOut, scope=None, who=REGISTERED
)
def put_forward(request: ActorRequest, mandate_id: UUID) -> MandateOut:
    """Put a draft before the person, as a coordinator: its words no longer change."""
    at = timezone.now()
    mandate = actions.put_forward(by=request.actor, mandate_id=mandate_id, at=at)
    return show_mandate(mandate, at=at)


@router.get("/mandates/{uuid:mandate_id}/text", response=MandateTextOut, scope=None, who=SEEN)
def show_mandate_text(request: ActorRequest, mandate_id: UUID) -> MandateTextOut:
    """Show the exact words of a mandate, and their hash."""
    found = queries.visible_mandate(request.actor, mandate_id, at=timezone.now())
    return show_text(found)


@router.get(
    "/mandates/{uuid:mandate_id}/paper",
    scope=None,
    who=SEEN,
    openapi_extra={
        "responses": {200: {"description": "One page of A4.", "content": {"application/pdf": {}}}}
    },
)
def print_mandate(request: ActorRequest, mandate_id: UUID) -> HttpResponse:
    """Print a mandate on one page to sign, with a code that leads to what is valid now."""
    at = timezone.now()
    found = paper.put_forward_or_refuse(request.actor, mandate_id, at=at)
    return HttpResponse(paper.print_mandate(found, at=at), content_type="application/pdf")


@router.post("/mandates/{uuid:mandate_id}/consent", response=MandateOut, scope=None, who=ENDED)
def give_consent(request: ActorRequest, mandate_id: UUID, payload: ConsentIn) -> MandateOut:
    """
    Answer as the person herself, or register her answer as a coordinator.

    Anything but a clear yes declines the mandate for good.
    """
    at = timezone.now()
    mandate = actions.give_consent(
        by=request.actor, mandate_id=mandate_id, proof=_proof(payload), at=at
    )
    return show_mandate(mandate, at=at)


@router.get("/mandates/{uuid:mandate_id}", response=MandateOut, scope=None, who=SEEN)
def get_mandate(request: ActorRequest, mandate_id: UUID) -> MandateOut:
    """Show a mandate."""
    at = timezone.now()
    return show_mandate(queries.visible_mandate(request.actor, mandate_id, at=at), at=at)


@router.post("/mandates/{uuid:mandate_id}/revoke", response=MandateOut, scope=None, who=ENDED)
def revoke_mandate(request: ActorRequest, mandate_id: UUID) -> MandateOut:
    """End a mandate at once: as the person who gave it, or as a coordinator."""
    at = timezone.now()
    mandate = actions.revoke_mandate(by=request.actor, mandate_id=mandate_id, at=at)
    return show_mandate(mandate, at=at)


@router.delete(
    "/mandates/{uuid:mandate_id}/scopes/{scope}", response=MandateOut, scope=None, who=ENDED
)
def revoke_scope(request: ActorRequest, mandate_id: UUID, scope: str) -> MandateOut:
    """Take one thing out of a mandate at once; without the last one the mandate ends."""
    at = timezone.now()
    mandate = actions.revoke_scope(by=request.actor, mandate_id=mandate_id, scope=scope, at=at)
    return show_mandate(mandate, at=at)


@router.post(
    "/mandates/{uuid:mandate_id}/suspend",
    response=MandateOut,
    scope=None,
    who=may(Standing.COORDINATOR, seen_by=[Standing.OWNER, Standing.VOLUNTEER]),
)
def suspend_mandate(request: ActorRequest, mandate_id: UUID) -> MandateOut:
    """Stop a mandate for the time being, as a coordinator."""
    at = timezone.now()
    mandate = actions.suspend_mandate(by=request.actor, mandate_id=mandate_id, at=at)
    return show_mandate(mandate, at=at)


@router.post("/mandates/{uuid:mandate_id}/resume", response=MandateOut, scope=None, who=REGISTERED)
def resume_mandate(request: ActorRequest, mandate_id: UUID) -> MandateOut:
    """Let a suspended mandate go on, as a coordinator."""
    at = timezone.now()
    mandate = actions.resume_mandate(by=request.actor, mandate_id=mandate_id, at=at)
    return show_mandate(mandate, at=at)


@router.post(
    "/mandates/{uuid:mandate_id}/volunteers", response=MandateOut, scope=None, who=REGISTERED
)
def assign_volunteer(
    request: ActorRequest, mandate_id: UUID, payload: VolunteerNamedIn
) -> MandateOut:
    """Name one more volunteer to carry a mandate out, as a coordinator."""
    at = timezone.now()
    actions.assign_volunteer(
        by=request.actor, mandate_id=mandate_id, volunteer_id=payload.volunteer, at=at
    )
    return show_mandate(queries.visible_mandate(request.actor, mandate_id, at=at), at=at)


@router.delete(
    "/mandates/{uuid:mandate_id}/volunteers/{uuid:volunteer_id}",
    response=MandateOut,
    scope=None,
    who=ENDED,
)
def release_volunteer(request: ActorRequest, mandate_id: UUID, volunteer_id: UUID) -> MandateOut:
    """Take a mandate out of a volunteer's hands: as the person, or as a coordinator."""
    at = timezone.now()
    actions.release_volunteer(
        by=request.actor, mandate_id=mandate_id, volunteer_id=volunteer_id, at=at
    )
    return show_mandate(queries.visible_mandate(request.actor, mandate_id, at=at), at=at)


@router.get("/me/mandates", response=PageOut[MyMandateOut], scope=None, who=SIGNED_IN)
def list_my_mandates(request: ActorRequest, query: Query[PageQuery]) -> dict[str, Any]:
    """List the mandates I have given (``given``) and those I may act under now (``held``)."""
    at, me = timezone.now(), request.actor.principal_id
    return listing(
        lambda: queries.mandates_given_or_held(request.actor, at=at),
        lambda mandates: show_my_mandates(mandates, me=me, at=at),
        query=query,
        order=NEWEST_FIRST,
        address=f"residents/{me}",
    )


def _proof(payload: ConsentIn) -> Proof:
    return Proof(
        kind=payload.kind,
        witness=payload.witness or "",
        said=payload.said or "",
        first_witness=payload.first_witness,
        second_witness=payload.second_witness,
        number=payload.number or "",
        code=payload.code or "",
        text_hash=payload.text_hash or "",
    )
