"""The entrance over HTTP: letters, invitations, showing where one lives."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Query, Status

from village.core.http import ActorRequest
from village.core.idempotency import show_once
from village.core.limits import Budget
from village.core.permissions import MEMBERS, Standing, may
from village.core.router import Router
from village.core.schemas import PageOut, PageQuery
from village.core.visitors import network_of
from village.entrance import actions, codes, paper, queries
from village.entrance.schemas import (
    CodeIn,
    IntroductionOut,
    InvitationIn,
    InvitationOut,
    LettersIn,
    NewIntroductionOut,
    NewInvitationOut,
    ResidencyOut,
    show_introduction,
    show_invitation,
    show_membership,
    show_new_invitation,
)
from village.journal.listing import listing
from village.residents.queries import member_of

router = Router()
DESK = (Standing.CLERK, Standing.COORDINATOR, Standing.STEWARD)
KNOWN = may(Standing.MEMBER, note="of whom the village knows that she lives there")
VOUCHES = may(Standing.SIGNED_IN, note="a known neighbour, with the code she is shown")
CARDS = may(
    Standing.COORDINATOR,
    Standing.STEWARD,
    seen_by=[Standing.MEMBER],
    never=[Standing.OWNER],
    note="for somebody without e-mail and phone",
)
LET_IN = may(
    Standing.COORDINATOR,
    Standing.STEWARD,
    seen_by=[Standing.MEMBER],
    never=[Standing.OWNER],
    note="the steward alone, when she holds a staff role",
)
# Whoever draws new accounts to try codes with still comes from somewhere.
VISITOR_TRIES = Budget("entrance.visitors", 30, 3600)


def _a_pdf() -> dict[str, Any]:
    """Describe an answer that is paper; each operation writes into its own."""
    shown = {
        "description": "A PDF to print. It can be had this once.",
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
    }
    return {"responses": {201: shown}}


@router.post(
    "/villages/{slug:v}/letters",
    scope=None,
    who=may(Standing.CLERK, Standing.STEWARD, seen_by=[Standing.MEMBER]),
    openapi_extra=_a_pdf(),
)
def print_letters(request: ActorRequest, v: str, payload: LettersIn) -> HttpResponse:
    """Print letters with codes for households of the village, and for those who have asked."""
    village, at = member_of(request.actor, v), timezone.now()
    letters = actions.print_letters(
        by=request.actor,
        village=village.pk,
        households=payload.as_households(),
        asked=payload.asked,
        at=at,
    )
    show_once(request)
    return _pdf(paper.print_letters(village, letters, at=at), "letters.pdf")


@router.get(
    "/villages/{slug:v}/invitations", response=PageOut[InvitationOut], scope=None, who=MEMBERS
)
def list_invitations(request: ActorRequest, v: str, query: Query[PageQuery]) -> dict[str, Any]:
    """List the invitations that I have made, newest first."""
    village = member_of(request.actor, v)
    return listing(
        lambda: queries.invitations_of(request.actor, village.pk),
        lambda invitations: [show_invitation(each) for each in invitations],
        query=query,
        order=("-created_at", "-id"),
    )


@router.post(
    "/villages/{slug:v}/invitations",
    response={201: NewInvitationOut},
    scope=None,
    who=KNOWN,
)
def invite_household(
    request: ActorRequest, v: str, payload: InvitationIn
) -> Status[NewInvitationOut]:
    """Invite the people I live with."""
    invitation, code = actions.invite_household(
        by=request.actor, village=v, people=payload.people, at=timezone.now()
    )
    show_once(request)
    return Status(201, show_new_invitation(invitation, code))


@router.delete(
    "/invitations/{uuid:invitation_id}",
    response={204: None},
    scope=None,
    who=may(Standing.OWNER, Standing.STEWARD),
)
def withdraw_invitation(request: ActorRequest, invitation_id: UUID) -> Status[None]:
    """Take an invitation back."""
    actions.withdraw_invitation(by=request.actor, invitation_id=invitation_id, at=timezone.now())
    return Status(204, None)


@router.post(
    "/invitations/accept",
    response={201: ResidencyOut},
    scope=None,
    who=may(Standing.SIGNED_IN, note="with its code"),
)
def accept_invitation(request: ActorRequest, payload: CodeIn) -> Status[ResidencyOut]:
    """Come into a village by the code of a letter or an invitation."""
    VISITOR_TRIES.spend(network_of(request))
    membership = actions.accept_invitation(by=request.actor, code=payload.code, at=timezone.now())
    return Status(201, show_membership(membership))


@router.post(
    "/villages/{slug:v}/introductions", response={201: NewIntroductionOut}, scope=None, who=MEMBERS
)
def introduce_oneself(request: ActorRequest, v: str) -> Status[NewIntroductionOut]:
    """Get a code to show to two neighbours or at the desk."""
    introduction, code = actions.introduce_oneself(by=request.actor, village=v, at=timezone.now())
    show_once(request)
    return Status(
        201,
        NewIntroductionOut(village=v, code=codes.spoken(code), expires_at=introduction.expires_at),
    )


@router.post(
    "/introductions/look",
    response=IntroductionOut,
    scope=None,
    who=may(Standing.SIGNED_IN, note="with the code that a neighbour shows"),
)
def look_at_introduction(request: ActorRequest, payload: CodeIn) -> IntroductionOut:
    """See who shows a code, before vouching."""
    return show_introduction(
        actions.look_at(by=request.actor, code=payload.code, at=timezone.now())
    )


@router.post(
    "/introductions/vouch",
    response={201: ResidencyOut},
    scope=None,
    who=may(
        Standing.SIGNED_IN, note="with the code that a neighbour shows, once known to live there"
    ),
)
def vouch_for(request: ActorRequest, payload: CodeIn) -> Status[ResidencyOut]:
    """Vouch that the neighbour who shows this code lives here."""
    membership = actions.vouch_for(by=request.actor, code=payload.code, at=timezone.now())
    return Status(201, show_membership(membership))


@router.post(
    "/introductions/check",
    response={201: ResidencyOut},
    scope=None,
    who=may(*DESK, seen_by=[Standing.MEMBER]),
)
def check_introduced(request: ActorRequest, payload: CodeIn) -> Status[ResidencyOut]:
    """Confirm, at a desk, that whoever shows this code has shown where she lives."""
    membership = actions.check_introduced(by=request.actor, code=payload.code, at=timezone.now())
    return Status(201, show_membership(membership))


@router.post(
    "/villages/{slug:v}/members/{uuid:resident_id}/check",
    response={201: ResidencyOut},
    scope=None,
    who=may(*DESK, seen_by=[Standing.MEMBER], never=[Standing.OWNER]),
)
def check_at_desk(request: ActorRequest, v: str, resident_id: UUID) -> Status[ResidencyOut]:
    """Confirm, at a desk, that somebody has shown where she lives."""
    membership = actions.check_at_desk(
        by=request.actor, village=v, resident_id=resident_id, at=timezone.now()
    )
    return Status(201, show_membership(membership))


@router.post(
    "/villages/{slug:v}/members/{uuid:resident_id}/card",
    scope=None,
    who=CARDS,
    openapi_extra=_a_pdf(),
)
def print_card(request: ActorRequest, v: str, resident_id: UUID) -> HttpResponse:
    """Print a sign-in card for somebody without e-mail or phone; an older one dies."""
    village, at = member_of(request.actor, v), timezone.now()
    card = actions.print_card(by=request.actor, village=v, resident_id=resident_id, at=at)
    show_once(request)
    return _pdf(paper.print_card(village, card, at=at), "card.pdf")


@router.post(
    "/villages/{slug:v}/members/{uuid:resident_id}/let-in",
    scope=None,
    who=LET_IN,
    openapi_extra=_a_pdf(),
)
def let_in_at_desk(request: ActorRequest, v: str, resident_id: UUID) -> HttpResponse:
    """Let somebody in again who has lost every way in and has shown at the desk who she is."""
    village, at = member_of(request.actor, v), timezone.now()
    card = actions.let_in_at_desk(by=request.actor, village=v, resident_id=resident_id, at=at)
    show_once(request)
    return _pdf(paper.print_card(village, card, at=at), "card.pdf")


@router.delete(
    "/residents/{uuid:resident_id}/card",
    response={204: None},
    scope=None,
    who=may(Standing.OWNER, Standing.COORDINATOR, Standing.STEWARD),
)
def revoke_card(request: ActorRequest, resident_id: UUID) -> Status[None]:
    """Let a sign-in card open nothing any more: one's own, or one that was lost."""
    actions.revoke_card(by=request.actor, resident_id=resident_id, at=timezone.now())
    return Status(204, None)


def _pdf(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        status=201,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
