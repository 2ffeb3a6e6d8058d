"""Institutions and their badges over HTTP."""

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
from village.institutions import actions, queries
from village.institutions.schemas import (
    InstitutionOut,
    VerificationIn,
    VerificationOut,
    show_institution,
    show_verification,
)
from village.journal.listing import listing
from village.residents.queries import member_of
from village.stewardship.policies import may_steward

router = Router()
STEWARDS = may(Standing.STEWARD, seen_by=[Standing.MEMBER])
BADGES = "/villages/{slug:v}/badges"
BADGE = "/badges/{uuid:badge_id}"


@router.get(
    "/villages/{slug:v}/institutions",
    response=list[InstitutionOut],
    scope=EVERY_MANDATE,
    who=MEMBERS,
)
def list_institutions(request: ActorRequest, v: str) -> list[InstitutionOut]:
    """List the outlets, departments and centres of the village, each with its badge."""
    return [show_institution(each) for each in queries.institutions_of(request.actor, v)]


@router.get(
    "/institutions/{uuid:institution_id}",
    response=InstitutionOut,
    scope=EVERY_MANDATE,
    who=MEMBERS,
)
def get_institution(request: ActorRequest, institution_id: UUID) -> InstitutionOut:
    """Show an institution: who speaks for it, who has verified it, and until when."""
    return show_institution(queries.institution_or_404(request.actor, institution_id))


@router.get(BADGES, response=PageOut[VerificationOut], scope=None, who=STEWARDS)
def list_badges(request: ActorRequest, v: str, query: Query[PageQuery]) -> dict[str, Any]:
    """List the badges that were proposed or given, newest first, those that are over too."""
    village = member_of(request.actor, v)
    may_steward(request.actor, v).enforce()
    return listing(
        lambda: queries.badges_in(village),
        lambda badges: [show_verification(each) for each in badges],
        query=query,
        order=("-created_at", "-id"),
    )


@router.post(BADGES, response={201: VerificationOut}, scope=None, who=STEWARDS)
def propose_badge(
    request: ActorRequest, v: str, payload: VerificationIn
) -> Status[VerificationOut]:
    """Say, as a steward, that an institution is what it says; a second steward agrees."""
    badge = actions.propose_badge(
        by=request.actor,
        village=v,
        institution_id=payload.institution,
        until=payload.until,
        at=timezone.now(),
    )
    return Status(201, show_verification(queries.badge_or_404(badge.pk)))


@router.post(
    BADGE + "/confirm",
    response=VerificationOut,
    scope=None,
    who=may(
        Standing.STEWARD, seen_by=[Standing.MEMBER], note="another one than who has proposed it"
    ),
)
def confirm_badge(request: ActorRequest, badge_id: UUID) -> VerificationOut:
    """Agree, as the second steward."""
    actions.confirm_badge(by=request.actor, badge_id=badge_id, at=timezone.now())
    return show_verification(queries.badge_or_404(badge_id))


@router.delete(BADGE, response={204: None}, scope=None, who=STEWARDS)
def withdraw_badge(request: ActorRequest, badge_id: UUID) -> Status[None]:
    """Take a badge back at once, or drop a proposal."""
    actions.withdraw_badge(by=request.actor, badge_id=badge_id, at=timezone.now())
    return Status(204, None)
