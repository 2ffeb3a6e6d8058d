"""What is told of rides, over HTTP: by those who rode, to those who moderate."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Query, Status

from carpool import actions, policies, queries
from carpool.api.addresses import BOOKING, EITHER_IN_PERSON, VILLAGE, router
from carpool.models import FeedbackKind
from carpool.schemas import FeedbackIn, FeedbackOut, feedback_out
from village.core.actor import Scope
from village.core.http import ActorRequest
from village.core.permissions import Standing, may
from village.core.schemas import PageOut, PageQuery
from village.journal.listing import listing

ALL = f"{VILLAGE}/feedback"


@router.post(
    BOOKING + "/feedback",
    response={201: FeedbackOut},
    scope=Scope.RIDES_REQUEST,
    who=EITHER_IN_PERSON,
)
def give_feedback(
    request: ActorRequest, booking_id: UUID, payload: FeedbackIn
) -> Status[FeedbackOut]:
    """Tell the moderator how a ride went, or report somebody; the other side never sees it."""
    told = actions.give_feedback(
        by=request.actor,
        booking_id=booking_id,
        kind=FeedbackKind(payload.kind),
        text=payload.text,
        at=timezone.now(),
    )
    return Status(201, feedback_out(told))


@router.get(
    ALL,
    response=PageOut[FeedbackOut],
    scope=None,
    who=may(Standing.MODERATOR, seen_by=[Standing.MEMBER]),
)
def list_feedback(request: ActorRequest, v: str, query: Query[PageQuery]) -> dict[str, Any]:
    """List what was told of rides, the latest first, as a moderator; nothing about oneself."""
    policies.may_read_feedback(request.actor, v).enforce()
    return listing(
        lambda: queries.feedback_visible_to(request.actor).filter(village=v),
        lambda found: [feedback_out(each) for each in found],
        query=query,
        order=("-created_at", "-id"),
    )


@router.post(
    "/carpool/feedback/{uuid:feedback_id}/settle",
    response=FeedbackOut,
    scope=None,
    who=may(Standing.MODERATOR),
)
def settle_feedback(request: ActorRequest, feedback_id: UUID) -> FeedbackOut:
    """Say, as a moderator, that it was seen to."""
    told = actions.settle_feedback(by=request.actor, feedback_id=feedback_id, at=timezone.now())
    return feedback_out(told)
