"""What people of a centre do by hand: calls, and letters on paper."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Status

from notifications import actions, handing
from notifications.paper import call_sheet, letters_of
from notifications.schemas import (
    CallMadeIn,
    CallsOut,
    CarriedIn,
    CarriedOut,
    show_call,
)
from village.assist.queries import coordinated_or_404
from village.core.http import ActorRequest
from village.core.permissions import Standing, may
from village.core.router import Router

router = Router()
BY_A_COORDINATOR = may(Standing.COORDINATOR, seen_by=[Standing.VOLUNTEER])


def _a_pdf() -> dict[str, Any]:
    """Describe an answer that is paper; each operation writes into its own."""
    content = {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}
    return {"responses": {200: {"description": "A PDF to print.", "content": content}}}


@router.get("/centres/{uuid:centre_id}/calls", response=CallsOut, scope=None, who=BY_A_COORDINATOR)
def list_calls(request: ActorRequest, centre_id: UUID) -> CallsOut:
    """List whom this centre is to call now, and what to say; emergencies come first."""
    now = timezone.now()
    centre = coordinated_or_404(request.actor, centre_id, at=now)
    calls = handing.calls(centre, at=now)
    return CallsOut(items=[show_call(call) for call in calls])


@router.post(
    "/centres/{uuid:centre_id}/calls",
    response={204: None},
    scope=None,
    who=BY_A_COORDINATOR,
)
def note_call(request: ActorRequest, centre_id: UUID, payload: CallMadeIn) -> Status[None]:
    """Note how a call ended; whoever was not reached is on the list again later."""
    actions.note_call(
        by=request.actor,
        centre_id=centre_id,
        notification_id=payload.notification,
        outcome=payload.outcome,
        at=timezone.now(),
    )
    return Status(204, None)


@router.get(
    "/centres/{uuid:centre_id}/calls.pdf",
    scope=None,
    who=BY_A_COORDINATOR,
    openapi_extra=_a_pdf(),
)
def print_calls(request: ActorRequest, centre_id: UUID) -> HttpResponse:
    """Print the calls to make, with a script for each, in large type."""
    now = timezone.now()
    centre = coordinated_or_404(request.actor, centre_id, at=now)
    sheet = call_sheet(centre.name, handing.calls(centre, at=now), at=now)
    return HttpResponse(sheet, content_type="application/pdf")


@router.get(
    "/centres/{uuid:centre_id}/letters.pdf",
    scope=None,
    who=BY_A_COORDINATOR,
    openapi_extra=_a_pdf(),
)
def print_letters(request: ActorRequest, centre_id: UUID) -> HttpResponse:
    """Print today's letters in large type, after a list to tick from door to door."""
    now = timezone.now()
    centre = coordinated_or_404(request.actor, centre_id, at=now)
    sheet = letters_of(centre.name, handing.letters(centre, at=now), at=now)
    return HttpResponse(sheet, content_type="application/pdf")


@router.post(
    "/centres/{uuid:centre_id}/letters/carried",
    response=CarriedOut,
    scope=None,
    who=BY_A_COORDINATOR,
)
def note_carried(request: ActorRequest, centre_id: UUID, payload: CarriedIn) -> CarriedOut:
    """Note which letters were put into their boxes."""
    carried = actions.note_carried(
        by=request.actor,
        centre_id=centre_id,
        notification_ids=payload.notifications,
        at=timezone.now(),
    )
    return CarriedOut(carried=carried)
