"""What waits for a yes, and what was done in my name, over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Query, Status

from village.acting import actions, queries
from village.acting.replay import ask
from village.acting.schemas.acts import (
    LedgerLineOut,
    PreparedOut,
    SessionIn,
    SessionOut,
    show_ledger,
    show_prepared,
    show_session,
)
from village.assist import queries as mandates
from village.assist.queries import desk_or_404
from village.core.actor import EVERY_MANDATE
from village.core.http import ActorRequest
from village.core.permissions import SIGNED_IN, Standing, may
from village.core.router import Router
from village.core.schemas import PageOut, PageQuery
from village.journal.listing import listing

router = Router()
NEWEST_FIRST = ("-created_at", "-id")
# The person, and the volunteer who was with her.
_THE_TWO = may(Standing.OWNER, Standing.PARTNER)
_SETTLES = may(
    Standing.OWNER,
    Standing.VOLUNTEER,
    in_person=[Standing.OWNER],
    note="a volunteer, when it takes a second one; a helper, at the desk, when it does not",
)


@router.post(
    "/mandates/{uuid:mandate_id}/sessions",
    response={201: SessionOut},
    scope=None,
    who=may(
        Standing.VOLUNTEER,
        seen_by=[Standing.OWNER, Standing.COORDINATOR],
        never=[Standing.OWNER],
    ),
)
def begin_session(
    request: ActorRequest, mandate_id: UUID, payload: SessionIn
) -> Status[SessionOut]:
    """Begin to act for somebody who is with me, or on the phone: one person at a time."""
    at = timezone.now()
    mandates.visible_mandate(request.actor, mandate_id, at=at)
    session = actions.begin_session(
        by=request.actor,
        mandate_id=mandate_id,
        place=payload.place,
        purpose=payload.purpose,
        code=payload.code,
        at=at,
    )
    return Status(201, show_session(queries.visible_session(request.actor, session.pk)))


@router.get("/sessions/{uuid:session_id}", response=SessionOut, scope=None, who=_THE_TWO)
def get_session(request: ActorRequest, session_id: UUID) -> SessionOut:
    """Show a session that I have or had, as the volunteer or as the person."""
    return show_session(queries.visible_session(request.actor, session_id))


@router.post("/sessions/{uuid:session_id}/end", response=SessionOut, scope=None, who=_THE_TWO)
def end_session(request: ActorRequest, session_id: UUID) -> SessionOut:
    """End a session; what the person takes home is at its ``slip``."""
    at = timezone.now()
    return show_session(actions.end_session(by=request.actor, session_id=session_id, at=at))


@router.get("/me/prepared", response=PageOut[PreparedOut], scope=EVERY_MANDATE, who=SIGNED_IN)
def list_prepared(request: ActorRequest, query: Query[PageQuery]) -> dict[str, Any]:
    """List what waits for my yes; in assisted mode what waits for the person's."""
    at = timezone.now()
    return listing(
        lambda: queries.waiting_for(request.actor, at=at),
        lambda acts: [show_prepared(each) for each in acts],
        query=query,
        order=NEWEST_FIRST,
    )


@router.get(
    "/centres/{uuid:centre_id}/prepared",
    response=PageOut[PreparedOut],
    scope=None,
    who=may(Standing.VOLUNTEER, Standing.COORDINATOR),
)
def list_prepared_at_centre(
    request: ActorRequest, centre_id: UUID, query: Query[PageQuery]
) -> dict[str, Any]:
    """List what waits at my centre for a second volunteer, without what I prepared myself."""
    at = timezone.now()
    centre = desk_or_404(request.actor, centre_id, at=at)
    return listing(
        lambda: queries.waiting_at(centre, request.actor, at=at),
        lambda acts: [show_prepared(each) for each in acts],
        query=query,
        order=NEWEST_FIRST,
    )


@router.post(
    "/prepared/{uuid:act_id}/carry-out", response=PreparedOut, scope=EVERY_MANDATE, who=_SETTLES
)
def carry_out(request: ActorRequest, act_id: UUID) -> PreparedOut:
    """
    Say yes to what was prepared: it is done now, as if the helper asked for it now.

    When it turns out to take two volunteers, the answer still waits: ``waits_for`` is ``second``.
    """
    at = timezone.now()
    return show_prepared(actions.carry_out(by=request.actor, act_id=act_id, ask=ask, at=at))


@router.post(
    "/prepared/{uuid:act_id}/drop", response=PreparedOut, scope=EVERY_MANDATE, who=_SETTLES
)
def drop(request: ActorRequest, act_id: UUID) -> PreparedOut:
    """Decide that what was prepared is not done."""
    return show_prepared(actions.drop(by=request.actor, act_id=act_id, at=timezone.now()))


@router.get("/me/ledger", response=PageOut[LedgerLineOut], scope=None, who=SIGNED_IN)
def list_ledger(request: ActorRequest, query: Query[PageQuery]) -> dict[str, Any]:
    """List what helpers did in my name, newest first, in words."""
    return listing(
        lambda: queries.ledger_of(request.actor.principal_id),
        show_ledger,
        query=query,
        order=("-id",),
    )
